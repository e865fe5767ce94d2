"""A file that people keep is read correctly, or refused with the line and the column of the mistake."""

from __future__ import annotations

from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lowtide.catalogue import load_catalogue, load_files, load_locations
from lowtide.catalogue.files import CATALOGUE, LANES, LOCATIONS, SUPPLIERS
from lowtide.core import Job
from lowtide.errors import PolicyError
from lowtide.settings import Settings
from tests.readers.sheets import xlsx


def csv(tmp_path, text: str | bytes, name: str = "items.csv"):
    path = tmp_path / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def test_a_spreadsheet_is_read_like_a_table_of_text(tmp_path):
    rows = [["Articles of Monday"], ["SKU", "Name", "Pack"], ["007", "Milk", 12], [8, "Salt", None]]
    path = tmp_path / "items.xlsx"
    path.write_bytes(xlsx(("Sheet", rows)))
    first, second = load_catalogue(path).to_pylist()
    assert (first["sku"], first["name"], first["pack"]) == ("007", "Milk", 12.0)
    assert (second["sku"], second["pack"]) == ("8", None)
    path.write_bytes(xlsx(("Sheet", [["SKU", "Pack"], ["7", "a dozen"]])))
    assert "items.xlsx:2: column `pack`" in refused(path)
    path.write_bytes(xlsx(("Sheet", [["Artikel", "Preis"], ["7", 2]])))
    assert "no row names a column that is known" in refused(path)


def refused(path, load=load_catalogue) -> str:
    with pytest.raises(PolicyError) as caught:
        load(path)
    assert caught.value.exit_code == 2 and caught.value.hint
    return caught.value.message


def test_what_a_file_leaves_out_is_null_and_what_it_adds_is_an_attribute(tmp_path):
    batch = load_catalogue(
        csv(tmp_path, "name,sku,unit_cost,category,shelf\nMilk,007,1.25,DAIRY,A 3\nSalt,8,,,\n")
    )
    first, second = batch.to_pylist()
    assert list(first) == [*CATALOGUE.cells, "attributes"]
    given = {
        "sku": "007",
        "name": "Milk",
        "category": "DAIRY",
        "unit_cost": 1.25,
        "attributes": [("shelf", "A 3")],
    }
    assert {name: value for name, value in first.items() if value is not None} == given
    assert second["unit_cost"] is None and second["category"] is None and second["attributes"] == []
    assert len(Job.of(catalogue=batch).group()) == 0, "the core takes it as it is"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be"])
def test_the_header_says_what_stands_between_columns_and_a_mark_says_the_encoding(
    tmp_path, delimiter, encoding
):
    rows = [delimiter.join(names) for names in (("SKU", "Name", "Unit_Price"), ("7", "香蕉", "2.5"))]
    text = "\r\n".join(["Articles of Monday", *rows, ""])
    mark = b"\xfe\xff" if encoding == "utf-16-be" else b""
    (row,) = load_catalogue(csv(tmp_path, mark + text.encode(encoding))).to_pylist()
    assert (row["sku"], row["name"], row["unit_price"]) == ("7", "香蕉", 2.5)


def test_between_semicolons_a_comma_is_a_decimal_point(tmp_path):
    batch = load_catalogue(csv(tmp_path, "sep=;\nsku;unit_price;margin\n7;2,5;-0,25\n8;2.5;\n"))
    assert batch.column("unit_price").to_pylist() == [2.5, 2.5]
    assert batch.column("margin").to_pylist() == [-0.25, None]
    assert "column `unit_price`" in refused(csv(tmp_path, 'sku,unit_price\n7,"2,5"\n'))


def test_a_file_of_another_encoding_or_kind_is_refused_with_what_it_is(tmp_path):
    said = refused(csv(tmp_path, "sku,name\n1,Salt\n2,香蕉牛奶\n".encode("gb18030")))
    assert "line 3 looks like GB18030" in said and "iconv -f GB18030 -t UTF-8" in said
    assert "Windows-1252" in refused(csv(tmp_path, b"sku,name\n1,caf\xe9\n"))
    assert "is not a whole spreadsheet" in refused(csv(tmp_path, b"PK\x03\x04rest"))


def test_a_row_without_its_empty_cells_at_the_end_is_whole(tmp_path):
    batch = load_catalogue(csv(tmp_path, "sku,name,pack,,\n7\n\n8,Milk,6,,,,\n"))
    assert batch.column("sku").to_pylist() == ["7", "8"] and batch.column("pack").to_pylist() == [None, 6.0]
    assert batch.column("attributes").to_pylist() == [[], []]


def test_skus_and_categories_that_look_like_something_else_stay_themselves(tmp_path):
    """`NA` may be a shop in Namibia, and `null` may be a name: they must stay texts."""
    batch = load_catalogue(csv(tmp_path, "sku,category\nNA,null\nnan,N/A\n1e3,true\n0123,2026-01-01\n"))
    assert batch.column("sku").to_pylist() == ["NA", "nan", "1e3", "0123"]
    assert batch.column("category").to_pylist() == ["null", "N/A", "true", "2026-01-01"]


def test_an_attribute_can_hold_anything(tmp_path):
    rows = "".join(f"{n},{n}\n" for n in range(200_000)) + "x,no number\n"
    assert load_catalogue(csv(tmp_path, "sku,shelf\n" + rows)).num_rows == 200_001


def test_texts_are_compared_after_nfc_and_a_byte_order_mark_is_no_part_of_a_name(tmp_path):
    batch = load_catalogue(csv(tmp_path, b"\xef\xbb\xbfsku,category\ncafe\xcc\x81,x\n"))
    assert batch.column("sku").to_pylist() == ["caf\u00e9"]
    assert "items.csv:3: sku `caf\u00e9` is in " in refused(csv(tmp_path, "sku\ncafe\u0301\ncaf\u00e9\n"))


def test_parquet_of_any_type_is_read(tmp_path):
    path = tmp_path / "items.parquet"
    columns = {"sku": pa.array([7, 8]), "unit_price": pa.array([Decimal("1.50"), None]), "other": [[1], [2]]}
    pq.write_table(pa.table(columns), path)
    batch = load_catalogue(path)
    assert batch.column("sku").to_pylist() == ["7", "8"]
    assert batch.column("unit_price").to_pylist() == [1.5, None]
    assert batch.column("attributes").to_pylist() == [[("other", "[1]")], [("other", "[2]")]]
    assert load_catalogue(str(path)).equals(batch)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name\nMilk\n", "has no column `sku`"),
        ("a;b\n1;2\n", "has no header: its first line is `a;b`"),
        ("sku,sku\na,b\n", "has the column `sku` twice"),
        ("sku,x,x\na,b,c\n", "has the column `x` twice"),
        ("sku\na\nb\na\n", "items.csv:4: sku `a` is in"),
        ("sku,pack\na,1\n,2\n", "items.csv:3: column `sku` is empty"),
        (
            'sku,name,unit_cost\na,"two\nlines",1\nb,c,1_000\n',
            "items.csv:4: column `unit_cost`: write a number from 0 up",
        ),
        ("sku,unit_cost\na,1\nb,-1\n", "items.csv:3: column `unit_cost`"),
        ("sku,pack\na,nan\n", "items.csv:2: column `pack`"),
        ("sku,shelf_life\na,soon\n", "write a number of days"),
        ("", "has no header"),
        ("sku,category\na,b,c\n", "items.csv:2: the row has 3 cells and the header 2"),
        ('sku,name\na,"b\nc,d\n', "cannot be read from line 2 on"),
    ],
)
def test_a_fault_names_its_line(tmp_path, text, words):
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


def test_places_have_regions_zones_and_names_in_other_systems(tmp_path):
    text = "Location,Name,Region,time_zone,display_min,alias_kingdee,Floor\n330,Nord,East,Asia/Shanghai,2,A01,1\n331,,,,,,\n"
    first, second = load_locations(csv(tmp_path, text)).to_pylist()
    assert list(first) == [*LOCATIONS.cells, "alias_*", "attributes"]
    assert (first["region"], first["time_zone"], first["display_min"]) == ("East", "Asia/Shanghai", 2.0)
    assert (first["alias_*"], first["attributes"]) == ([("kingdee", "A01")], [("Floor", "1")])
    assert second["region"] is None and second["alias_*"] == []
    twice = "location,alias_erp\n1,A\n2,B\n3,A\n"
    assert "places.csv:4: column `alias_erp`: `A` is in" in refused(
        csv(tmp_path, twice, "places.csv"), load_locations
    )
    wrong = "location,time_zone\n1,Mars/Olympus\n"
    assert "such as Europe/Paris (it is `Mars/Olympus`)" in refused(csv(tmp_path, wrong), load_locations)


def test_suppliers_and_lanes(tmp_path):
    text = (
        'supplier,order_days,cut_off,delivery_days,lead_time,expedite_cost\nacme,"thu,Mon",9:30,daily,2d,15\n'
    )
    (row,) = SUPPLIERS.load(csv(tmp_path, text)).to_pylist()
    assert (row["order_days"], row["cut_off"], row["delivery_days"]) == ("mon,thu", "09:30", "daily")
    assert (row["lead_time"], row["expedite_to"], row["expedite_cost"]) == (2.0, None, 15.0)
    assert "write weekdays" in refused(csv(tmp_path, "supplier,order_days\na,sometimes\n"), SUPPLIERS.load)
    assert "write a time of day" in refused(csv(tmp_path, "supplier,cut_off\na,25:00\n"), SUPPLIERS.load)
    (lane,) = LANES.load(csv(tmp_path, "from,to,hours\n330,331,1.5\n")).to_pylist()
    assert (lane["from"], lane["to"], lane["hours"], lane["cost"]) == ("330", "331", 1.5, None)
    assert "from `1` to `2` is in" in refused(csv(tmp_path, "from,to\n1,2\n2,1\n1,2\n"), LANES.load)


def test_the_settings_name_the_files(tmp_path):
    items, lanes = csv(tmp_path, "sku\n1\n"), csv(tmp_path, "from,to\n1,2\n", "lanes.csv")
    files = load_files(Settings(catalogue=str(items), lanes=str(lanes)))
    assert {table: batch.num_rows for table, batch in files.items()} == {"catalogue": 1, "lane": 1}
