"""What a crash may have left at the end of a journal is cut off, before the first document is written."""

from __future__ import annotations

import os

from lowtide.intake.journal.folder import JournalFolder, Torn, check_header, damaged, frames_of
from lowtide.intake.journal.frame import FILE_HEADER, ROWS, Synced
from lowtide.operation.log import logger


def recovered(folder: JournalFolder) -> Synced | None:
    """Where the journal ends, after what is not whole was cut off and the rest was synced; None: it holds no file.

    Cut off are bytes that are not a frame, and the frames of a document that nobody was told of and whose end is missing.
    Raises InputError where bytes that had been synced are not what was written, and OSError.
    """
    files = folder.files()
    mark = folder.synced()
    while files and files[-1][1].stat().st_size < FILE_HEADER.size:
        if mark is not None and mark.first >= files[-1][0]:
            raise damaged(files[-1][1], 0, "its header is not whole")
        files[-1][1].unlink()
        files.pop()
    if not files:
        return None
    first, path = files[-1]
    with path.open("rb") as file:
        header_first = check_header(path, file.read(FILE_HEADER.size))
    if header_first != first:
        raise damaged(path, 8, f"it begins with place {header_first:,}")
    safe = mark.length if mark is not None and mark.first == first else FILE_HEADER.size
    end = whole = Synced(first, FILE_HEADER.size, first)
    size = path.stat().st_size
    if size < safe:
        raise damaged(path, size, f"{safe - size:,} bytes are missing that had been synced")
    try:
        for placed in frames_of(path):
            if placed.frame.first != end.next:
                if mark is not None and placed.at >= safe:
                    break  # the rest of a document that the disk refused
                raise damaged(path, placed.at, f"place {end.next:,} is missing")
            end = Synced(first, placed.end, placed.frame.next)
            if placed.frame.kind != ROWS or placed.end <= safe:
                whole = end
    except Torn as torn:
        if torn.at < safe or (mark is None and not torn.is_last):
            raise damaged(path, torn.at, "the checksum of a frame is wrong") from None
    with path.open("r+b") as file:
        if whole.length < size:
            file.truncate(whole.length)
            logger("intake").warning("journal_cut", file=path.name, bytes=size - whole.length)
        os.fsync(file.fileno())
    return whole
