"""The last stock lists beside a journal: they survive a crash, a removed folder, and a journal that was put back."""

from __future__ import annotations

import shutil
from decimal import Decimal
from pathlib import Path

import orjson
import pytest

from lowtide.intake.journal import Document, Journal, bodies_of, document_hash
from lowtide.intake.memory import Snapshots
from lowtide.intake.snapshot import ListRow, StockList
from lowtide.map import Map, load_map

MAP = """\
lowtide_map: 1
name: shelf
read: {format: csv}
source: u8
movements:
  - {sku: "{sku}", location: "{shop}", quantity: "{quantity}"}
snapshot: {of: location, absent: zero, as: AS, max_absent: 1}
"""
MONDAY, TUESDAY = 1_795_420_800_000, 1_795_507_200_000


@pytest.fixture(params=["count", "{decrease: sale, increase: receipt}"])
def shelf(request: pytest.FixtureRequest, tmp_path: Path) -> Map:
    path = tmp_path / "shelf.yaml"
    path.write_text(MAP.replace("AS", request.param))
    return load_map(path)


def row(sku: str, quantity: str, location: str) -> ListRow:
    movement = {
        "id": "x",
        "source": "u8",
        "kind": "count",
        "sku": sku,
        "location": location,
        "quantity": quantity,
    }
    return ListRow(orjson.dumps({"sku": sku, "quantity": quantity}), [{**movement, "event_time": "x"}])


def take(journal: Journal, snapshots: Snapshots, shelf: Map, time: int, *rows: ListRow) -> list[bytes]:
    """Take a list; the lines that the journal has of it."""
    with snapshots.list_of(shelf, rows, time) as list_:
        hash_ = document_hash(b"".join(list_.rows))
        journal.append(Document(hash_, list(bodies_of(list_.rows)), shelf.document))
    return list(list_.rows)


def both_lists(journal: Journal, snapshots: Snapshots, shelf: Map) -> None:
    take(journal, snapshots, shelf, MONDAY, row("A", "5", "330"), row("B", "3", "330"), row("A", "7", "3/31"))
    take(journal, snapshots, shelf, TUESDAY, row("A", "4", "330"), row("C", "1", "330"))


EXPECTED = {
    "330": StockList(TUESDAY, "u8", {"A": Decimal(4), "C": Decimal(1)}),
    "3/31": StockList(MONDAY, "u8", {"A": Decimal(7)}),
}


def test_lists_are_kept_in_files_with_safe_names(tmp_path: Path, shelf: Map) -> None:
    with Journal.open(tmp_path / "journal") as journal:
        both_lists(journal, Snapshots(journal), shelf)
        assert Snapshots(journal).last("shelf") == EXPECTED
    names = sorted(path.name for path in (tmp_path / "journal" / "snapshots").iterdir())
    assert names == ["shelf-3%2F31.json", "shelf-330.json"]


def test_a_crash_before_the_files_loses_no_list(tmp_path: Path, shelf: Map) -> None:
    folder = tmp_path / "journal" / "snapshots"
    with Journal.open(tmp_path / "journal") as journal:
        snapshots = Snapshots(journal)
        take(
            journal,
            snapshots,
            shelf,
            MONDAY,
            row("A", "5", "330"),
            row("B", "3", "330"),
            row("A", "7", "3/31"),
        )
        kept = {path.name: path.read_bytes() for path in folder.iterdir()}
        take(journal, snapshots, shelf, TUESDAY, row("A", "4", "330"), row("C", "1", "330"))
        for name, data in kept.items():
            (folder / name).write_bytes(data)
        assert Snapshots(journal).last("shelf") == EXPECTED
        shutil.rmtree(folder)
        assert Snapshots(journal).last("shelf") == EXPECTED
        (folder / "shelf-330.json").write_text('{"format":1,')
        assert Snapshots(journal).last("shelf") == EXPECTED


def test_a_list_that_the_journal_did_not_take_is_not_the_last_one(tmp_path: Path, shelf: Map) -> None:
    with Journal.open(tmp_path / "journal") as journal:
        snapshots = Snapshots(journal)
        both_lists(journal, snapshots, shelf)
        with pytest.raises(OSError), snapshots.list_of(shelf, [row("A", "1", "330")], TUESDAY + 1):
            raise OSError("the disk is full")
        assert snapshots.last("shelf") == EXPECTED
