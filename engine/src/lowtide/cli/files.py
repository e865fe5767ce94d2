"""A file that a command was asked to write is there completely, or not at all."""

from __future__ import annotations

from pathlib import Path

from lowtide.errors import SettingsError


def write_whole(file: Path, data: bytes) -> None:
    """Write a file completely or not at all. Raises SettingsError if it cannot be written."""
    draft = file.with_name(f".{file.name}.part")
    try:
        draft.write_bytes(data)
        draft.replace(file)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise SettingsError(f"`{file}` cannot be written: {error.strerror}", "Give another file.") from error
