"""The journal: nothing that was acknowledged is lost, nothing damaged is read in silence, one process writes."""

from __future__ import annotations

import errno
import os
import shutil
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from lowtide.core import Digest
from lowtide.errors import InputError, JournalInUseError, JournalWriteError
from lowtide.intake.journal import (
    LAST_ROWS,
    ROWS,
    WATERMARK,
    Document,
    Journal,
    JournalFolder,
    JournalReader,
    RowTooLong,
    bodies_of,
    document_hash,
    frames,
)  # fmt: skip
from lowtide.intake.journal import disk as disk_module
from lowtide.intake.journal.frame import FILE_HEADER, MAX_BODY, NO_MAP, Frame
from lowtide.intake.journal.known import KnownFiles
from lowtide.intake.journal.listing import listings
from lowtide.intake.journal.readers import note, readers
from lowtide.intake.keeping import remove_old

from .documents import document, journal_of, lines

DAY = 86_400_000


def rows(path: Path, next_: int | None = None) -> bytes:
    return b"".join(frame.body for frame in frames(JournalFolder(path), next_))


def only_file(path: Path) -> Path:
    (file,) = path.glob("*.ltj")
    return file


def test_documents_stand_one_after_another_and_are_read_from_any_frame(tmp_path: Path) -> None:
    with Journal.open(tmp_path / "j") as journal:
        receipts = [journal.append(document(*numbers)) for numbers in ((1, 2, 3), (4,), (5, 6))]
    assert [(receipt.first, receipt.places) for receipt in receipts] == [(0, 3), (3, 1), (4, 2)]
    assert rows(tmp_path / "j") == lines(1, 2, 3, 4, 5, 6)
    assert rows(tmp_path / "j", 3) == lines(4, 5, 6)
    assert rows(tmp_path / "j", 6) == b""
    with Journal.open(tmp_path / "j") as journal:
        assert journal.next == 6
        assert journal.append(document(7)).first == 6


def test_senders_at_the_same_time_share_syncs_and_none_is_lost(tmp_path: Path, monkeypatch) -> None:
    syncs = []
    monkeypatch.setattr(disk_module.os, "fdatasync", lambda handle: syncs.append(handle))
    with Journal.open(tmp_path / "j") as journal:
        syncs.clear()

        def send(sender: int) -> None:
            futures = [journal.submit(document(sender * 100 + number)) for number in range(50)]
            assert all(future.result().places == 1 for future in futures)

        threads = [threading.Thread(target=send, args=(sender,)) for sender in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(rows(tmp_path / "j").splitlines()) == sorted(
        line for sender in range(8) for line in lines(*range(sender * 100, sender * 100 + 50)).splitlines()
    )
    assert len(syncs) < 200


def test_a_long_document_is_cut_between_rows_and_only_its_last_frame_ends_it(tmp_path: Path) -> None:
    many = [b'{"n":%d,"t":"%s"}' % (number, b"x" * 1000) for number in range(2500)]
    whole = Document(document_hash(b"long"), list(bodies_of(many, [2] * len(many))))
    journal_of(tmp_path / "j", whole)
    found = list(frames(JournalFolder(tmp_path / "j")))
    assert [frame.kind for frame in found] == [ROWS, ROWS, LAST_ROWS]
    assert all(len(frame.body) <= MAX_BODY for frame in found)
    assert found[-1].next == 5000 and sum(frame.rows for frame in found) == 2500
    assert b"".join(frame.body for frame in found).splitlines() == many
    with pytest.raises(RowTooLong):
        list(bodies_of([b"x" * MAX_BODY]))


def test_a_torn_end_is_cut_off_and_the_next_document_takes_its_place(tmp_path: Path) -> None:
    path = journal_of(tmp_path / "j", document(1), document(2))
    whole = only_file(path).read_bytes()
    (path / "synced").unlink()  # as after a copy
    torn = Frame(2, 0, 1, 1, LAST_ROWS, NO_MAP, bytes(16), lines(3)).to_bytes()
    for rest in (b"\x01", torn[:60], bytes(4096), torn[:-1], torn[:-1] + b"?"):
        only_file(path).write_bytes(whole + rest)
        with Journal.open(path) as journal:
            assert journal.next == 2
        assert only_file(path).read_bytes() == whole and rows(path) == lines(1, 2)
        (path / "synced").unlink()


def test_a_document_whose_end_is_missing_is_cut_off_unless_it_was_synced(tmp_path: Path) -> None:
    path = journal_of(tmp_path / "j", document(1))
    mark = (path / "synced").read_bytes()
    part = Document(document_hash(b"x"), list(bodies_of(lines(2).splitlines())), is_last=False)
    with Journal.open(path) as journal:
        journal.append(part)
    kept = (path / "synced").read_bytes()
    (path / "synced").write_bytes(mark)  # as if the machine had died before the sync
    with Journal.open(path) as journal:
        assert journal.next == 1
        journal.append(part)
    assert (path / "synced").read_bytes() == kept
    with Journal.open(path) as journal:
        assert journal.next == 2


def test_damage_anywhere_else_ends_writer_and_reader_and_verify_names_the_place(tmp_path: Path) -> None:
    path = journal_of(tmp_path / "j", document(1), document(2), document(3))
    data = bytearray(only_file(path).read_bytes())
    data[FILE_HEADER.size + 80] ^= 1
    only_file(path).write_bytes(bytes(data))
    with pytest.raises(InputError, match="at byte 24"):
        rows(path)
    with pytest.raises(InputError, match="checksum"):
        Journal.open(path)
    (listing,) = listings(JournalFolder(path))
    assert listing.damage == "at byte 24: the checksum of a frame is wrong"


def test_bytes_that_were_synced_and_are_missing_are_damage(tmp_path: Path) -> None:
    path = journal_of(tmp_path / "j", document(1), document(2))
    data = only_file(path).read_bytes()
    only_file(path).write_bytes(data[:-1])
    with pytest.raises(InputError, match="missing that had been synced"):
        Journal.open(path)
    with pytest.raises(InputError):
        rows(path)


def test_a_reader_never_sees_what_is_not_synced(tmp_path: Path, monkeypatch) -> None:
    """Otherwise a power cut could take back what a run has counted already, and give its places to other rows."""
    seen: list[bytes] = []
    with Journal.open(tmp_path / "j") as journal:
        journal.append(document(1))
        monkeypatch.setattr(disk_module.os, "fdatasync", lambda handle: seen.append(rows(tmp_path / "j")))
        journal.append(document(2))
        assert seen == [lines(1)]
        assert rows(tmp_path / "j") == lines(1, 2)


def test_a_second_writer_is_refused(tmp_path: Path) -> None:
    with Journal.open(tmp_path / "j"), pytest.raises(JournalInUseError, match=f"process {os.getpid()}"):
        Journal.open(tmp_path / "j")
    Journal.open(tmp_path / "j").close()


@pytest.mark.parametrize("fails", ["write", "sync"])
def test_a_full_disk_refuses_a_document_as_a_whole_and_the_next_is_tried_anew(
    tmp_path: Path, monkeypatch, fails
) -> None:
    real_write, real_sync, room = os.pwrite, os.fdatasync, [150]

    def write(handle: int, data: bytes, at: int) -> int:
        if room[0] <= 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        done = real_write(handle, data[: max(28, min(room[0], len(data) // 2))], at)
        room[0] -= done
        return done

    def sync(handle: int) -> None:
        if room[0] <= 0:
            raise OSError(errno.EIO, "Input/output error")
        real_sync(handle)

    with Journal.open(tmp_path / "j") as journal:
        journal.append(document(1))
        if fails == "write":
            monkeypatch.setattr(disk_module.os, "pwrite", write)
        else:
            room[0] = 0
            monkeypatch.setattr(disk_module.os, "fdatasync", sync)
        with pytest.raises(JournalWriteError, match="cannot be written"):
            journal.append(document(2, 3, 4))
        assert journal.failure and journal.next == 1 and rows(tmp_path / "j") == lines(1)
        room[0] = 1 << 30
        assert journal.append(document(5)).first == 1
        assert journal.failure is None
    assert rows(tmp_path / "j") == lines(1, 5)
    assert Journal.open(tmp_path / "j").next == 2


def test_a_new_file_begins_when_one_is_large_or_a_day_old(tmp_path: Path) -> None:
    now = [1_795_339_800_000]
    with Journal.open(tmp_path / "j", file_bytes=400, clock=lambda: now[0]) as journal:
        for number in range(6):
            journal.append(document(number))
        now[0] += DAY
        journal.append(document(6))
        reader = JournalReader(journal.folder, 5)
        assert [frame.first for frame in reader.frames()] == [5, 6]
        journal.append(document(7))
        now[0] += DAY
        journal.append(document(8))
        assert [frame.first for frame in reader.frames()] == [7, 8]
    firsts = [first for first, _ in JournalFolder(tmp_path / "j").files()]
    assert firsts == [0, 2, 4, 6, 8]
    assert rows(tmp_path / "j") == lines(*range(9))
    assert [listing.damage for listing in listings(JournalFolder(tmp_path / "j"))] == [""] * 5
    (tmp_path / "j" / "00000000000000000004.ltj").unlink()
    with pytest.raises(InputError, match="has lost"):
        rows(tmp_path / "j")


def test_old_files_go_once_every_run_has_stored_them(tmp_path: Path) -> None:
    now = [1_795_339_800_000]
    with Journal.open(tmp_path / "j", clock=lambda: now[0]) as journal:
        for number in range(4):
            journal.append(document(number))
            now[0] += DAY
        folder = journal.folder
        assert remove_old(folder, DAY, now[0]) == 0, "nobody has read anything"
        note(folder, "lowtide-a", 3)
        note(folder, "lowtide-b", 1)
        assert remove_old(folder, DAY, now[0]) == 1
        assert remove_old(folder, 0, now[0]) == 0, "b has not read more"
        note(folder, "lowtide-b", 4)
        assert remove_old(folder, DAY, now[0]) == 1, "the last file but one is younger than a day"
        assert [(place.name, place.next) for place in readers(folder)] == [("lowtide-a", 3), ("lowtide-b", 4)]
    assert rows(tmp_path / "j") == lines(2, 3)
    with pytest.raises(InputError, match="were removed"):
        rows(tmp_path / "j", 0)


def test_maps_are_kept_before_the_first_frame_that_names_them(tmp_path: Path) -> None:
    compiled = b'{"format":1,"name":"x"}'
    with Journal.open(tmp_path / "j") as journal:
        receipt = journal.append(Document(document_hash(b"a"), document(1).bodies, compiled))
        assert receipt.places == 1
        (frame,) = frames(journal.folder)
        assert journal.folder.map_document(frame.map) == compiled
        (journal.folder.maps / f"{frame.map.hex()}.json").unlink()
        with pytest.raises(InputError, match="names the map"):
            journal.folder.map_document(frame.map)
    (listing,) = listings(JournalFolder(tmp_path / "j"))
    assert "is missing" in listing.damage


def test_a_watermark_takes_no_place_and_a_file_is_known_after_its_last_frame(tmp_path: Path) -> None:
    half = Document(document_hash(b"half"), document(1).bodies, is_last=False, is_file=True)
    with Journal.open(tmp_path / "j") as journal:
        journal.append(half)
        assert not journal.known(half.hash)
        journal.append(Document(half.hash, document(2).bodies, is_file=True))
        assert journal.known(half.hash)
        mark = journal.append(Document.watermark(document_hash(b"w"), b'{"table":"t"}\n'))
        assert (mark.first, mark.places) == (2, 0)
    with Journal.open(tmp_path / "j") as journal:
        assert journal.known(half.hash) and not journal.known(document_hash(b"w"))
        assert [frame.kind for frame in frames(journal.folder)] == [ROWS, LAST_ROWS, WATERMARK]


def test_frames_without_places_are_read_wherever_they_stand(tmp_path: Path) -> None:
    marks = [Document.watermark(document_hash(b"w"), b'{"n":%d}\n' % number) for number in range(3)]
    path = journal_of(tmp_path / "j", marks[0], document(1), marks[1], document(2), marks[2])
    kinds = [WATERMARK, LAST_ROWS, WATERMARK, LAST_ROWS, WATERMARK]
    assert [frame.kind for frame in frames(JournalFolder(path))] == kinds
    assert [frame.kind for frame in frames(JournalFolder(path), 0)] == kinds
    assert [frame.kind for frame in frames(JournalFolder(path), 1)] == kinds[2:]
    assert [frame.kind for frame in frames(JournalFolder(path), 2)] == kinds[4:]


def test_a_writer_whose_folder_was_replaced_acknowledges_nothing(tmp_path: Path) -> None:
    """Its documents would go into files without a name, and readers would find only those of the other journal."""
    with Journal.open(tmp_path / "j") as journal:
        assert all(journal.append(document(number)).first == number for number in range(30))
        shutil.rmtree(tmp_path / "j")
        with pytest.raises(JournalWriteError, match="removed or replaced"):
            journal.append(document(30))
        with Journal.open(tmp_path / "j") as other:
            assert [other.append(document(number)).first for number in range(11)] == [*range(11)]
            with pytest.raises(JournalWriteError, match="removed or replaced"):
                journal.append(document(31))
            journal.look_again()
            assert journal.failure
            assert other.append(document(11)).first == 11, "the other one is left alone"
    assert rows(tmp_path / "j") == lines(*range(12))


def test_a_folder_that_is_replaced_during_the_sync_is_seen(tmp_path: Path, monkeypatch) -> None:
    with Journal.open(tmp_path / "j") as journal:
        journal.append(document(1))
        monkeypatch.setattr(
            disk_module.os, "fdatasync", lambda handle: shutil.move(tmp_path / "j", tmp_path / "k")
        )
        with pytest.raises(JournalWriteError, match="removed or replaced"):
            journal.append(document(2))
    assert rows(tmp_path / "k") == lines(1)


def test_a_reader_goes_on_when_the_next_file_begins_while_it_reads(tmp_path: Path) -> None:
    now = [1_795_339_800_000]
    with Journal.open(tmp_path / "j", clock=lambda: now[0]) as journal:
        journal.append(document(0))
        journal.append(document(1))
        reader = JournalReader(journal.folder)
        reading = reader.frames()
        assert next(reading).first == 0
        journal.append(document(2))  # in the file that is read, behind what the reader takes for its end
        now[0] += DAY
        journal.append(document(3))
        assert [frame.first for frame in reading] == [1]
        assert [frame.first for frame in reader.frames()] == [2, 3]


def test_a_new_file_is_never_seen_without_its_header(tmp_path: Path, monkeypatch) -> None:
    """A run that begins at its first place must not take it for a damaged one."""
    now, seen = [1_795_339_800_000], []
    with Journal.open(tmp_path / "j", clock=lambda: now[0]) as journal:
        journal.append(document(0))
        real = os.fsync
        monkeypatch.setattr(os, "fsync", lambda handle: (seen.append(rows(tmp_path / "j", 1)), real(handle)))
        now[0] += DAY
        journal.append(document(1))
    assert seen and set(seen) == {b""} and rows(tmp_path / "j", 1) == lines(1)


def test_files_are_known_after_a_crash_and_requests_take_no_memory(tmp_path: Path) -> None:
    """The table of files may be missing, torn, behind or of a later journal: the journal says the rest."""
    path = tmp_path / "j"

    def file(number: int) -> Document:
        return replace(document(number), is_file=True)

    with Journal.open(path) as journal:
        assert not journal.known(file(1).hash)
        journal.append(file(1))
        (files,) = path.glob("files-*")
        table = files.read_bytes()
        journal.append(document(2))
        assert files.read_bytes() == table
        assert journal.known(file(1).hash) and not journal.known(document(2).hash)
        journal.append(file(3))
        later = files.read_bytes()
    beyond = table + Digest(file(4).hash + NO_MAP).digest() + (4).to_bytes(8, "little") + bytes(8)
    for kept in (b"", table, table + later[:7], later, later + bytes(9), bytes(64), beyond, None):
        if kept is None:
            files.unlink()
        else:
            files.write_bytes(kept)
        with Journal.open(path) as journal:
            assert journal.known(file(1).hash) and journal.known(file(3).hash)
            assert not journal.known(file(4).hash)
            assert not journal.known(file(1).hash, b"m" * 16)
    known = KnownFiles(JournalFolder(path), most=2)
    known.add([(bytes([number]) * 16, NO_MAP) for number in range(3)], 3)
    assert [known.holds(bytes([number]) * 16, NO_MAP) for number in range(3)] == [False, True, True]
