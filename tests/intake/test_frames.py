"""The bytes of a journal are a format: what version 1 has written is read for good."""

from __future__ import annotations

from pathlib import Path

from lowtide.intake.journal import JournalFolder, frame, frames
from lowtide.intake.journal.frame import FILE_HEADER, MAGIC, VERSION, Frame, Synced

DOCS = Path(__file__).parents[2] / "docs"
DOCUMENT, MAP = bytes(range(16)), bytes(range(16, 32))
FIRST = Frame(7, 1_795_339_800_000, 2, 3, 1, MAP, DOCUMENT, b'{"a":1}\n{"a":2}\n')
PINNED_FILE = "4c544a31010000000700000000000000c04d9702a2010000"
PINNED_FRAME = (
    "4c000000" "affb7c5e" "0700000000000000" "c04d9702a2010000" "02000000" "03000000" "01000000"
    "101112131415161718191a1b1c1d1e1f" "000102030405060708090a0b0c0d0e0f"
    "7b2261223a317d0a7b2261223a327d0a"
)  # fmt: skip
PINNED_SYNCED = "07000000000000006c000000000000000a000000000000008db45646"


def test_a_frame_is_written_and_read_as_it_is_drawn() -> None:
    assert FILE_HEADER.pack(MAGIC, VERSION, 0, 7, 1_795_339_800_000).hex() == PINNED_FILE
    assert FIRST.to_bytes().hex() == PINNED_FRAME
    assert Synced(7, 108, 10).to_bytes().hex() == PINNED_SYNCED


def test_what_version_1_wrote_is_read(tmp_path: Path) -> None:
    (tmp_path / "00000000000000000007.ltj").write_bytes(bytes.fromhex(PINNED_FILE + PINNED_FRAME))
    (tmp_path / "synced").write_bytes(bytes.fromhex(PINNED_SYNCED))
    assert list(frames(JournalFolder(tmp_path))) == [FIRST]


def test_every_changed_byte_of_a_frame_is_seen(tmp_path: Path) -> None:
    whole = bytes.fromhex(PINNED_FRAME)
    for at in range(4, len(whole)):
        changed = whole[:at] + bytes([whole[at] ^ 0x10]) + whole[at + 1 :]
        assert frame.read_frame(changed, 0, len(whole)) is None, at


def test_the_page_draws_the_bytes_as_the_code_does() -> None:
    drawing = [line.strip() for line in (frame.__doc__ or "").splitlines() if line.startswith("    ")]
    page = (DOCS / "intake.md").read_text("utf-8")
    assert drawing and [line for line in drawing if line not in page] == []
