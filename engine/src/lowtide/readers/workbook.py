"""Spreadsheets (xlsx, xls, ods) become rows in a child process with limits, so that no file can end the program.

The library that reads them takes memory for every cell between the first and the last one, and ends its process where
there is none left. So the child may have 1 GiB of addresses and 60 s of processor time, writes at most 1 GiB, and opens
nothing: before it reads the document it gives up the right to open files and sockets (`confinement`). It gets
the document as its standard input, and its standard output is a file without a name. One child works at a time.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import orjson

from lowtide.readers.archive import check_archive
from lowtide.readers.confinement import REFUSED
from lowtide.readers.reading import BadDocument, Reading
from lowtide.readers.rows import CHUNK_BYTES

MOST_BYTES = 256 << 20
"""A spreadsheet is at most this large; the limit is that of an unpacked one."""
MOST_WAIT_S = 600.0
"""So long a child may take by the clock of the wall; its processor time is limited far below."""
_ZIP = b"PK\x03\x04"
_COMPOUND = bytes.fromhex("d0cf11e0a1b11ae1")
_ONE_AT_A_TIME = threading.Lock()


def workbook_rows(source: Path | bytes, reading: Reading, name: str) -> Iterator[bytes]:
    """The rows of one sheet as chunks of lines. Raises BadDocument before the first one, or never."""
    with tempfile.TemporaryFile() as rows:
        with _opened(source) as document:
            _check(document, name)
            with _ONE_AT_A_TIME:
                _run_child(document, rows, reading, name)
        rows.seek(0)
        rest = b""
        while data := rows.read(CHUNK_BYTES - len(rest)):
            whole, end, rest = (rest + data).rpartition(b"\n")
            yield whole + end


def _opened(source: Path | bytes) -> IO[bytes]:
    """The document as a file, which the caller closes."""
    if isinstance(source, Path):
        return source.open("rb", buffering=0)
    file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115
    for at in range(0, len(source), CHUNK_BYTES):
        file.write(source[at : at + CHUNK_BYTES])
    file.seek(0)
    return file


def _check(document: IO[bytes], name: str) -> None:
    size = os.fstat(document.fileno()).st_size
    if size > MOST_BYTES:
        raise BadDocument(f"`{name}` is larger than {MOST_BYTES >> 20} MiB")
    start = document.read(8)
    if start.startswith(_ZIP):
        check_archive(document, size, name)
    elif start != _COMPOUND:
        raise BadDocument(f"`{name}` is not a spreadsheet: it is neither xlsx, ods nor xls")


def _run_child(document: IO[bytes], rows: IO[bytes], reading: Reading, name: str) -> None:
    document.seek(0)
    arguments = orjson.dumps({"sheet": reading.sheet, "header": reading.header}).decode()
    environment = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "LC_ALL": "C.UTF-8"}
    try:
        child = subprocess.run(
            [sys.executable, "-s", "-P", "-m", "lowtide.readers.workbook_child", arguments],
            stdin=document,
            stdout=rows,
            stderr=subprocess.PIPE,
            env=environment,
            timeout=MOST_WAIT_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise BadDocument(f"`{name}` takes longer than {MOST_WAIT_S:.0f} s to read") from None
    if child.returncode == REFUSED:
        raise BadDocument(f"`{name}`: {child.stderr.decode('utf-8', 'replace')}")
    if child.returncode != 0:
        raise BadDocument(
            f"`{name}` cannot be read within 1 GiB of memory, 60 s and 1 GiB of rows: "
            "save the sheet alone, without empty cells far from its data, or as CSV"
        )
