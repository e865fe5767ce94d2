"""A catalogue is read correctly, or refused with the row of the mistake."""

from __future__ import annotations

from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lowtide.catalogue import NUMBERS, TEXTS, load_catalogue
from lowtide.core import Job
from lowtide.errors import PolicyError


def csv(tmp_path, text: str | bytes):
    path = tmp_path / "items.csv"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def refused(path) -> str:
    with pytest.raises(PolicyError) as caught:
        load_catalogue(path)
    assert caught.value.exit_code == 2 and caught.value.hint
    return caught.value.message


def test_what_a_file_leaves_out_is_null_and_what_it_adds_is_ignored(tmp_path):
    batch = load_catalogue(csv(tmp_path, "name,sku,unit_cost,category\nMilk,007,1.25,DAIRY\nSalt,8,,\n"))
    assert tuple(batch.schema.names) == TEXTS + NUMBERS
    assert batch.to_pylist()[0] == {
        "sku": "007", "category": "DAIRY", "department": None, "supplier": None, "abc": None,
        "unit_cost": 1.25, "unit_price": None, "pack": None,
    }  # fmt: skip
    assert batch.to_pylist()[1]["unit_cost"] is None and batch.to_pylist()[1]["category"] is None
    assert len(Job.of(catalogue=batch).group()) == 0, "the core takes it as it is"


def test_skus_and_categories_that_look_like_something_else_stay_themselves(tmp_path):
    """`NA` may be a shop in Namibia, and `null` may be a name: they must stay texts."""
    batch = load_catalogue(csv(tmp_path, "sku,category\nNA,null\nnan,N/A\n1e3,true\n0123,2026-01-01\n"))
    assert batch.column("sku").to_pylist() == ["NA", "nan", "1e3", "0123"]
    assert batch.column("category").to_pylist() == ["null", "N/A", "true", "2026-01-01"]


def test_a_column_that_is_ignored_can_hold_anything(tmp_path):
    rows = "".join(f"{n},{n}\n" for n in range(200_000)) + "x,no number\n"
    assert load_catalogue(csv(tmp_path, "sku,shelf\n" + rows)).num_rows == 200_001


def test_texts_are_compared_after_nfc_and_a_byte_order_mark_is_no_part_of_a_name(tmp_path):
    batch = load_catalogue(csv(tmp_path, b"\xef\xbb\xbfsku,category\ncafe\xcc\x81,x\n"))
    assert batch.column("sku").to_pylist() == ["caf\u00e9"]
    assert "`caf\u00e9` is in row 1 too" in refused(csv(tmp_path, "sku\ncafe\u0301\ncaf\u00e9\n"))


def test_parquet_of_any_type_is_read(tmp_path):
    path = tmp_path / "items.parquet"
    columns = {"sku": pa.array([7, 8]), "unit_price": pa.array([Decimal("1.50"), None]), "other": [[1], [2]]}
    pq.write_table(pa.table(columns), path)
    batch = load_catalogue(path)
    assert batch.column("sku").to_pylist() == ["7", "8"]
    assert batch.column("unit_price").to_pylist() == [1.5, None]
    assert load_catalogue(str(path)).equals(batch)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name\nMilk\n", "has no column `sku`"),
        ("sku,sku\na,b\n", "has the column `sku` twice"),
        ("sku\na\nb\na\n", "row 3: sku `a` is in row 1 too"),
        ("sku,pack\na,1\n,2\n", "row 2: `sku` is empty"),
        ('sku,unit_cost\na,"1,25"\n', "row 1: `unit_cost` is not a number"),
        ("sku,unit_cost\na,1\nb,-1\n", "row 2: `unit_cost` is not a number from 0 up"),
        ("sku,pack\na,nan\n", "row 1: `pack` is not a number"),
        ("", "cannot be read"),
        ("sku,category\na,b,c\n", "cannot be read"),
        (b"sku\ncaf\xe9\n", "cannot be read"),
    ],
)
def test_a_fault_names_its_row(tmp_path, text, words):
    assert words in refused(csv(tmp_path, text))


def test_one_fault_of_each_kind_is_said_at_once(tmp_path):
    message = refused(csv(tmp_path, "sku,unit_cost,pack\na,x,1\na,y,-3\n"))
    assert len(message.splitlines()) == 3


def test_what_is_not_there_or_no_table_is_an_error(tmp_path):
    assert "there is no catalogue" in refused(tmp_path / "none.csv")
    assert "there is no catalogue" in refused(tmp_path / "none.parquet")
    (tmp_path / "broken.parquet").write_bytes(b"PAR1")
    assert "cannot be read" in refused(tmp_path / "broken.parquet")
    assert "cannot be read" in refused(tmp_path)


def test_a_header_alone_is_an_empty_catalogue(tmp_path):
    assert load_catalogue(csv(tmp_path, "sku,category\n")).num_rows == 0
