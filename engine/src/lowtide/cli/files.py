"""What a command writes: files, and documents on standard output."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from lowtide.errors import SettingsError


def opened_to_write(path: Path) -> BinaryIO:
    """A file to write into, empty at first. Raises SettingsError if it cannot be opened."""
    try:
        return path.open("wb")
    except OSError as error:
        hint = "Give a file in a folder that is there and may be written to."
        raise SettingsError(f"`{path}` cannot be written: {error.strerror}", hint) from None


def write_whole(file: Path, data: bytes) -> None:
    """Write a file completely or not at all. Raises SettingsError if it cannot be written."""
    draft = file.with_name(f".{file.name}.part")
    try:
        draft.write_bytes(data)
        draft.replace(file)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise SettingsError(f"`{file}` cannot be written: {error.strerror}", "Give another file.") from error


def print_document(document: dict[str, Any]) -> None:
    """Write a JSON document to standard output, indented."""
    sys.stdout.buffer.write(orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
