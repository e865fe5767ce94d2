"""A watched folder from the file to the journal, and to the folder where the file goes afterwards."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from lowtide.core import Job
from lowtide.intake.batch import Batch
from lowtide.intake.folder import FolderWatch, Inbox
from lowtide.intake.folder.arrival import Arrival
from lowtide.intake.folder.reading import FileReader
from lowtide.intake.journal import NO_MAP, Document, Frame, Journal, frames
from lowtide.intake.journal.disk import Disk
from lowtide.intake.memory import Snapshots
from lowtide.map import load_map
from lowtide.words import Language
from tests.intake.folder.kills import battery

TILL = """\
lowtide_map: 1
name: till
read: {format: csv, encoding: gb18030, delimiter: ";"}
zone: UTC
source: till
skip:
  - {单号: [合计]}
movements:
  - {id: "{单号}", kind: sale, sku: "{品}", location: "330", quantity: {from: "{数}", decimal: ","}, event_time: "{时}"}
"""
STOCK = """\
lowtide_map: 1
name: stock
read: {format: csv}
source: u8
movements:
  - {sku: "{sku}", location: "{shop}", quantity: "{n}", event_time: "{at}"}
snapshot: {of: location, absent: zero, max_absent: MOST}
"""


class Shop:
    """Three watched folders and a journal."""

    def __init__(self, folder: Path, most: str = "1") -> None:
        (folder / "till.yaml").write_text(TILL)
        (folder / "stock.yaml").write_text(STOCK.replace("MOST", most))
        self.till, self.stock, self.own = (folder / "in" / name for name in ("till", "stock", "own"))
        self.journal = Journal.open(folder / "journal")
        self.snapshots = Snapshots(self.journal)
        self.map = load_map(folder / "till.yaml")
        inboxes = [
            Inbox(self.till, self.map),
            Inbox(self.stock, load_map(folder / "stock.yaml")),
            Inbox(self.own),
        ]
        self.watch = FolderWatch(inboxes, self.snapshots, Job.of(), language=Language("en"), settle_s=0)

    def look(self) -> list[str]:
        """Look once: what became of each file."""
        return [arrival.state for arrival in self.watch.look(self.journal, 0.0)]

    def frames(self) -> list[Frame]:
        return list(frames(self.journal.folder))

    def rows(self, key: str) -> list[Any]:
        """A column of all rows in the journal, in their order."""
        return [orjson.loads(line).get(key) for frame in self.frames() for line in frame.body.splitlines()]

    def files(self, inbox: Path) -> list[str]:
        return sorted(path.relative_to(inbox).as_posix() for path in inbox.rglob("*") if path.is_file())


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    made = Shop(tmp_path)
    yield made
    made.journal.close()


def own(number: int, at: str, quantity: object = 1) -> str:
    record = {
        "id": f"m{number}",
        "source": "t",
        "kind": "sale",
        "sku": "A",
        "location": "330",
        "quantity": quantity,
    }
    return orjson.dumps({**record, "event_time": f"2026-11-22T{at}:00Z"}).decode()


def till(path: Path, *lines: str) -> None:
    path.write_bytes("\n".join(["单号;品;数;时", *lines, ""]).encode("gb18030"))


def test_a_file_with_bad_rows(shop: Shop) -> None:
    till(shop.till / "a.csv", "x1;A;2,5;2026-11-22 09:30:00", "合计;;2,5;", "x2;A;many;2026-11-22 09:31:00")
    assert shop.look() == ["read"]
    assert shop.files(shop.till) == ["done/a.csv", "done/a.csv.errors.csv"]
    table = (shop.till / "done" / "a.csv.errors.csv").read_text("utf-8-sig").splitlines()
    assert table[0] == "line,column,code,sentence"
    assert table[1].startswith("4,数,bad_quantity,") and "many" in table[1]
    assert shop.rows("单号") == ["x1", "合计", "x2"]
    (frame,) = shop.frames()
    assert (frame.rows, frame.places, frame.kind) == (3, 3, 1)


def test_the_same_bytes_again(shop: Shop) -> None:
    for name in ("a.csv", "b.csv"):
        till(shop.till / name, "x1;A;2,5;2026-11-22 09:30:00")
    assert shop.look() == ["read", "duplicate"]
    till(shop.till / "a.csv", "x1;A;2,5;2026-11-22 09:30:00")
    assert shop.look() == ["duplicate"]
    assert shop.files(shop.till) == ["done/a.csv", "done/a.csv.duplicate", "done/b.csv.duplicate"]
    assert len(shop.frames()) == 1


def test_a_crash_before_the_move_tells_the_bad_rows_all_the_same(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    till(shop.till / "a.csv", "x1;A;2,5;2026-11-22 09:30:00", "x2;A;many;2026-11-22 09:31:00")
    with monkeypatch.context() as patch:
        patch.setattr(shop.watch, "_put_away", lambda _: None)
        shop.look()
    (shop.till / "done").mkdir()
    (shop.till / "done" / ".a.csv.errors.csv.part").touch()
    again = FolderWatch([Inbox(shop.till, shop.map)], shop.snapshots, Job.of(), settle_s=0)
    assert [one.state for one in again.look(shop.journal, 0)] == ["duplicate"]
    assert shop.files(shop.till) == ["done/a.csv.duplicate", "done/a.csv.duplicate.errors.csv"]
    assert len(shop.frames()) == 1


def test_what_became_of_the_records_is_counted(shop: Shop) -> None:
    counted: dict[str, dict[str, int]] = {}
    shop.watch.count = lambda name, codes: counted.update({name: dict(codes)})
    till(shop.till / "a.csv", "x1;A;2,5;2026-11-22 09:30:00", "合计;;2,5;", "x2;A;many;2026-11-22 09:31:00")
    (shop.own / "a.jsonl").write_text(own(1, "09:00") + "\nnot json\n")
    shop.look()
    assert counted == {
        "till": {"good": 1, "skipped": 1, "bad_quantity": 1},
        "none": {"good": 1, "not_json": 1},
    }


def test_a_corrected_map_reads_the_file_again(shop: Shop, tmp_path: Path) -> None:
    till(shop.till / "a.csv", "x1;A;2,5;2026-11-22 09:30:00")
    shop.look()
    (tmp_path / "till.yaml").write_text(TILL.replace('location: "330"', 'location: "331"'))
    watch = FolderWatch(
        [Inbox(shop.till, load_map(tmp_path / "till.yaml"))], shop.snapshots, Job.of(), settle_s=0
    )
    till(shop.till / "a.csv", "x1;A;2,5;2026-11-22 09:30:00")
    assert [one.state for one in watch.look(shop.journal, 0)] == ["read"]
    assert shop.files(shop.till) == ["done/a.csv", "done/a.csv.2"]


def test_files_of_one_look_are_merged_in_order_of_event_time(shop: Shop) -> None:
    till(shop.till / "b.csv", "x1;A;1;2026-11-22 09:10:00", "x2;A;1;2026-11-22 09:30:00")
    (shop.own / "a.jsonl").write_text(
        "\n".join([own(1, "09:20"), own(2, "09:00"), "not json", own(3, "09:40")])
    )
    head = "ID,Source,Kind,SKU,Location,Quantity,Event_Time"
    (shop.own / "c.csv").write_text(f"{head}\nm9,t,sale,A,330,1,2026-11-22T09:25:00Z\n")
    assert shop.look() == ["read", "read", "read"]
    order = [
        orjson.loads(line).get("单号") or orjson.loads(line)["id"] if line.startswith(b"{") else "not json"
        for frame in shop.frames()
        for line in frame.body.splitlines()
    ]
    assert order == ["m2", "not json", "x1", "m1", "m9", "x2", "m3"]
    kinds = {frame.document: frame.kind for frame in shop.frames()}
    assert set(kinds.values()) == {1}, "the last frame of each document says that it is whole"
    assert any(frame.map == NO_MAP for frame in shop.frames())


def test_what_cannot_be_read_goes_to_failed(shop: Shop) -> None:
    (shop.own / "a.jsonl").write_text(own(1, "09:00"))
    shop.look()
    (shop.till / "columns.csv").write_text("a;b\n1;2\n")
    (shop.own / "notes.docx").write_bytes(b"PK")
    (shop.own / "broken.json").write_text('[{"id": 1},')
    (shop.own / "empty.jsonl").touch()
    assert shop.look() == ["unreadable", "unreadable", "read", "unreadable"]
    assert shop.files(shop.till) == ["failed/columns.csv", "failed/columns.csv.errors.csv"]
    assert "done/empty.jsonl" in shop.files(shop.own)
    said = (shop.till / "failed" / "columns.csv.errors.csv").read_text("utf-8-sig")
    assert "bad_document" in said and "单号" in said
    assert [frame.rows for frame in shop.frames()] == [1, 0], "the empty file is known"


def test_a_link_is_never_followed(shop: Shop, tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    till(secret, "x1;A;1;2026-11-22 09:30:00")
    (shop.till / "a.csv").symlink_to(secret)
    os.mkfifo(shop.till / "b.csv")
    assert shop.look() == []
    assert shop.frames() == []


def test_a_link_that_comes_between_look_and_open_is_not_followed(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = tmp_path / "secret.csv"
    till(secret, "x1;A;1;2026-11-22 09:30:00")
    till(shop.till / "a.csv", "x1;A;1;2026-11-22 09:30:00")
    take = shop.watch._take

    def swapped(*arguments: Any) -> None:
        (shop.till / "a.csv").unlink()
        (shop.till / "a.csv").symlink_to(secret)
        take(*arguments)

    monkeypatch.setattr(shop.watch, "_take", swapped)
    assert shop.look() == ["changing"]
    assert shop.frames() == []


def test_a_file_that_grows_while_it_is_read_is_read_later(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = shop.own / "a.jsonl"
    path.write_text(own(1, "09:00") + "\n")
    read = shop.watch._reader.read

    def growing(*arguments: Any) -> None:
        read(*arguments)
        with path.open("a") as file:
            file.write(own(2, "09:01") + "\n")
        monkeypatch.undo()

    monkeypatch.setattr(shop.watch._reader, "read", growing)
    assert shop.look() == ["changing"]
    assert shop.frames() == []
    assert shop.look() == ["read"]
    assert shop.rows("id") == ["m1", "m2"]


def test_a_full_disk_leaves_files_where_they_are(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    (shop.own / "a.jsonl").write_text(own(1, "09:00"))

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("lowtide.intake.journal.disk.Disk.write", full)
        assert shop.look() == []
        assert "No space left" in (shop.watch.failure or "")
    assert shop.files(shop.own) == ["a.jsonl"]
    assert shop.look() == ["read"]
    assert shop.watch.failure is None


def test_a_file_that_cannot_be_moved_is_left_alone(shop: Shop) -> None:
    (shop.own / "done").write_text("a file where the folder should be")
    (shop.own / "a.jsonl").write_text(own(1, "09:00"))
    assert shop.look() == ["read", "unreadable"]
    assert shop.look() == []
    assert "a.jsonl" in shop.files(shop.own)


def test_stock_lists_of_one_look_follow_one_another(shop: Shop) -> None:
    """Monday's and Tuesday's list lie in the folder in the wrong order of names."""
    (shop.stock / "z-monday.csv").write_text(
        "sku,shop,n,at\nA,330,5,2026-11-23T08:00:00Z\nB,330,3,2026-11-23T08:00:00Z\n"
    )
    (shop.stock / "a-tuesday.csv").write_text("sku,shop,n,at\nA,330,4,2026-11-24T08:00:00Z\n")
    assert shop.look() == ["read", "read"]
    made = [(one["sku"], one["quantity"], one["event_time"][8:10]) for one in shop.rows("_movement")]
    assert made == [("A", "5", "23"), ("B", "3", "23"), ("A", "4", "24"), ("B", "0", "24")]
    assert all(frame.places == 2 for frame in shop.frames())


def test_a_list_that_is_cut_off_goes_to_failed(tmp_path: Path) -> None:
    shop = Shop(tmp_path, most="0.3")
    (shop.stock / "monday.csv").write_text(
        "sku,shop,n,at\nA,330,5,2026-11-23T08:00:00Z\nB,330,3,2026-11-23T08:00:00Z\n"
    )
    shop.look()
    (shop.stock / "tuesday.csv").write_text("sku,shop,n,at\nA,330,4,2026-11-24T08:00:00Z\n")
    assert shop.look() == ["unreadable"]
    said = (shop.stock / "failed" / "tuesday.csv.errors.csv").read_text("utf-8-sig")
    assert "lacks 1 of the 2 articles" in said
    assert len(shop.frames()) == 1
    shop.journal.close()


def test_a_torn_batch_is_written_again(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk takes the first document and not the second: the first is known, and the second comes again."""
    (shop.own / "a.jsonl").write_text(own(1, "09:00"))
    (shop.own / "b.jsonl").write_text(own(2, "09:01"))
    submit, submitted = shop.journal.submit, 0

    def failing(*documents: Document) -> Any:
        nonlocal submitted
        submitted += 1
        if submitted == 2:
            raise OSError(errno.ENOSPC, "No space left on device")
        return submit(*documents)

    monkeypatch.setattr("lowtide.intake.batch._PIECE_FRAMES", 1)
    monkeypatch.setattr(shop.journal, "submit", failing)
    assert shop.look() == []
    monkeypatch.undo()
    shop.journal.append(Document.watermark(b"\x01" * 16, b"{}\n"))  # waits until the first is synced
    assert shop.look() == ["duplicate", "read"]
    assert [line for line in shop.rows("id") if line] == ["m1", "m2"]


def test_the_end_of_a_file_is_not_written_where_a_part_before_it_was_not(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its last frame says that a document is whole: it must never stand in the journal without the others."""
    monkeypatch.setattr("lowtide.intake.batch._PIECE_BYTES", 100)
    monkeypatch.setattr("lowtide.intake.batch.MAX_BODY", 300)
    (shop.own / "a.jsonl").write_text("\n".join(own(number, f"09:{number:02d}") for number in range(20)))
    write, writes = Disk.write, 0

    def failing(*arguments: Any) -> None:
        nonlocal writes
        writes += 1
        if writes == 3:
            raise OSError(errno.ENOSPC, "No space left on device")
        write(*arguments)

    monkeypatch.setattr(Disk, "write", failing)
    assert shop.look() == []
    assert {frame.kind for frame in shop.frames()} == {0}
    assert shop.look() == ["read"]
    assert set(shop.rows("id")) == {f"m{number}" for number in range(20)}


def test_a_name_that_is_not_utf8_is_told_like_any_other(shop: Shop) -> None:
    name = os.fsdecode(b"\xff.csv")
    (shop.own / name).write_text("junk,1\n")
    (shop.own / os.fsdecode(b"\xff.xlsx")).write_text("junk")
    assert shop.look() == ["unreadable", "unreadable"]
    told = (shop.own / "failed" / os.fsdecode(b"\xff.xlsx.errors.csv")).read_text("utf-8-sig")
    assert "`\\udcff.xlsx` is not a spreadsheet" in told


def test_a_sender_cannot_have_other_files_written_through_links(shop: Shop, tmp_path: Path) -> None:
    """Who may write to a watched folder may make links there; intake has more rights than they."""
    secret, elsewhere = tmp_path / "secret", tmp_path / "elsewhere"
    secret.write_text("untouched")
    elsewhere.mkdir()
    (shop.own / "failed").mkdir()
    (shop.own / "failed" / ".a.csv.errors.csv.part").symlink_to(secret)
    (shop.own / "a.csv").write_text("junk,1\n")
    (shop.till / "done").symlink_to(elsewhere)
    (shop.till / "b.csv").write_text("单号;品;数;时\n1;A;2;2026-11-22T09:00:00Z\n", encoding="gb18030")
    assert shop.look() == ["read", "unreadable"]
    assert secret.read_text() == "untouched" and (shop.own / "failed" / "a.csv.errors.csv").is_file()
    assert not any(elsewhere.iterdir()) and (shop.till / "b.csv").exists()
    assert shop.look() == [], "it is named once, and left alone"


def test_a_file_that_nobody_thought_of_does_not_stop_the_others(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = FileReader.read

    def failing(self: FileReader, arrival: Arrival, handle: int, batch: Batch) -> None:
        read(self, arrival, handle, batch)
        if arrival.name == "a.jsonl":
            raise RecursionError

    monkeypatch.setattr(FileReader, "read", failing)
    for number, name in enumerate(("a.jsonl", "b.jsonl")):
        (shop.own / name).write_text(own(number, "09:00"))
    assert shop.look() == ["unreadable", "read"]
    assert shop.rows("id") == ["m1"] and (shop.own / "failed" / "a.jsonl").is_file()


def test_kills_around_the_move(tmp_path: Path) -> None:
    """The battery in short: `python -m tests.intake.folder.kills 100` has 100 kills."""
    outcome = battery(tmp_path, kills=6)
    assert (outcome.once, outcome.left, outcome.put_away) == (outcome.files, 0, outcome.files)
