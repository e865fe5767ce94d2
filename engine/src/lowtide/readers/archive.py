"""What a zip file says of itself, read before anything in it is unpacked."""

from __future__ import annotations

import zipfile
from typing import IO

from lowtide.readers.reading import BadDocument

MOST_UNPACKED = 256 << 20
MOST_RATIO = 100
MOST_MEMBERS = 1000
_MOST_DIRECTORY = 4 << 20
_END = b"PK\x05\x06"
_END_BYTES = 22
_MOST_COMMENT = 65535


def check_archive(file: IO[bytes], size: int, name: str) -> None:
    """Raises BadDocument where the directory of a zip file of `size` bytes breaks a limit, or cannot be read."""
    _check_directory(file, size, name)
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        OSError,
        ValueError,
        NotImplementedError,
        OverflowError,
    ) as error:
        raise BadDocument(f"`{name}` is not a whole spreadsheet: {error}") from None
    if len(members) > MOST_MEMBERS:
        raise _too_many(name)
    unpacked = sum(member.file_size for member in members)
    if unpacked > MOST_UNPACKED:
        raise BadDocument(f"`{name}` has more than {MOST_UNPACKED >> 20} MiB when it is unpacked")
    if unpacked > MOST_RATIO * size:
        raise BadDocument(f"`{name}` unpacks to more than {MOST_RATIO} times its size")
    for member in members:
        parts = member.orig_filename.replace("\\", "/").split("/")
        if not parts[0] or ".." in parts or ":" in parts[0] or "\0" in member.orig_filename:
            raise BadDocument(
                f"`{name}` holds a file with a path that leads out of it: `{member.orig_filename[:100]}`"
            )


def _check_directory(file: IO[bytes], size: int, name: str) -> None:
    """The number of members and the size of the directory, before the directory is loaded."""
    tail = min(size, _END_BYTES + _MOST_COMMENT)
    file.seek(size - tail)
    data = file.read(tail)
    at = data.rfind(_END)
    if at < 0 or len(data) - at < _END_BYTES:
        raise BadDocument(f"`{name}` is not a whole spreadsheet: the end of the zip file is missing")
    if int.from_bytes(data[at + 10 : at + 12], "little") > MOST_MEMBERS:
        raise _too_many(name)
    if int.from_bytes(data[at + 12 : at + 16], "little") > _MOST_DIRECTORY:
        raise BadDocument(f"`{name}` has a zip directory of more than {_MOST_DIRECTORY >> 20} MiB")


def _too_many(name: str) -> BadDocument:
    return BadDocument(f"`{name}` holds more than {MOST_MEMBERS} files")
