"""Secrets of targets stand in files: one line each, which no error repeats."""

from __future__ import annotations

from pathlib import Path

from lowtide.errors import SettingsError
from lowtide.secret import Secret

_LARGEST = 8192


def read(path: Path, target: str) -> Secret[bytes]:
    """The content of a file without its line end. Raises SettingsError, which names the file and not its content."""
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST + 1)
    except OSError as error:
        raise SettingsError(
            f"target `{target}`: the file `{path}` cannot be read: {error.strerror or error}",
            "Write the address or the secret into that file, and let only the user of the desk read it (mode 0600).",
        ) from None
    bare = content.removesuffix(b"\n").removesuffix(b"\r")
    if not bare or len(content) > _LARGEST or not _is_text(bare):
        raise SettingsError(
            f"target `{target}`: the file `{path}` must hold one line of UTF-8 text, and at most {_LARGEST} bytes",
            "Write the address or the secret alone into that file.",
        )
    return Secret(bare)


def _is_text(content: bytes) -> bool:
    try:
        return content.decode().isprintable()
    except UnicodeDecodeError:
        return False
