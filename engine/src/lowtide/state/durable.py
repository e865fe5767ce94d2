"""Files and folders whose content and name survive a power cut, and the errors of those that cannot be used now."""

from __future__ import annotations

import os
from pathlib import Path

from lowtide.errors import JobError, StateAccessError
from lowtide.operation.durable import make_folder, sync_folder

__all__ = ["inaccessible", "make_folder", "sync_folder", "unwritable", "write_durably"]


def unwritable(folder: Path, error: Exception) -> JobError:
    """The error for a folder of the state that cannot be written."""
    return JobError(
        f"the state cannot be written to `{folder}`: {getattr(error, 'strerror', None) or error}",
        "Nothing is lost: make room, or mend the folder, and run again; it goes on from the last checkpoint.",
    )


def inaccessible(path: Path, error: Exception) -> StateAccessError:
    """The error for a file of the state that cannot be opened now, which says nothing about its content."""
    why = getattr(error, "strerror", None) or error
    return StateAccessError(f"`{path}` of the state cannot be opened: {why}")


def write_durably(path: Path, data: bytes) -> None:
    """Writes a new file. When this returns, the file is complete, even after a power cut."""
    try:
        make_folder(path.parent)
        with path.open("xb", buffering=0) as file:
            left = memoryview(data)
            while left:
                left = left[file.write(left) :]
            os.fsync(file.fileno())
        sync_folder(path.parent)
    except OSError as error:
        path.unlink(missing_ok=True)
        raise unwritable(path.parent, error) from error
