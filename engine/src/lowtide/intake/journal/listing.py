"""What is in a journal, and whether it is whole: for people and for copies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lowtide.errors import InputError
from lowtide.intake.journal.folder import JournalFolder, Torn, check_header, frames_of
from lowtide.intake.journal.frame import FILE_HEADER, LAST_ROWS, NO_MAP, WATERMARK


@dataclass
class FileListing:
    """One file of a journal."""

    name: str
    first: int
    next: int
    """The place after its last row."""
    frames: int = 0
    rows: int = 0
    documents: int = 0
    watermarks: int = 0
    bytes: int = 0
    damage: str = ""
    """The first place that is not what was written; empty: it is whole."""
    maps: frozenset[str] = frozenset()
    """Hashes of the maps that its frames name."""


def listings(folder: JournalFolder) -> Iterator[FileListing]:
    """Every file of a journal, read from its first byte to its last. Raises InputError if there is not a journal."""
    folder.identity()
    mark, files, expected = folder.synced(), folder.files(), None
    for number, (first, path) in enumerate(files):
        listing = FileListing(path.name, first, first, bytes=path.stat().st_size)
        maps = set()
        is_last = number == len(files) - 1
        bound = mark.length if mark is not None and mark.first == first else None
        try:
            if expected is not None and first != expected:
                listing.damage = f"a file is missing: places {expected:,} to {first:,} are not there"
            with path.open("rb") as file:
                check_header(path, file.read(FILE_HEADER.size))
            for placed in frames_of(path, bound=bound):
                frame = placed.frame
                if frame.first != listing.next and not listing.damage:
                    listing.damage = f"at byte {placed.at:,}: place {listing.next:,} is missing"
                listing.next = frame.next
                listing.frames += 1
                listing.rows += frame.rows
                listing.documents += frame.kind == LAST_ROWS
                listing.watermarks += frame.kind == WATERMARK
                if frame.map != NO_MAP:
                    maps.add(frame.map.hex())
        except Torn as torn:
            if bound is not None or not is_last or not torn.is_last:
                listing.damage = listing.damage or f"at byte {torn.at:,}: the checksum of a frame is wrong"
        except InputError as error:
            listing.damage = error.message
        listing.maps = frozenset(maps)
        for hash_ in sorted(maps):
            if not listing.damage and not (folder.maps / f"{hash_}.json").exists():
                listing.damage = f"the map {hash_} is missing in `{folder.maps}`"
        expected = listing.next
        yield listing
