"""Rows of an XML document are kept until all of it was read: nothing of a refused document is used."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from lowtide.readers.reading import BadDocument
from lowtide.readers.rows import CHUNK_BYTES, reject
from lowtide.readers.xml.elements import BrokenXml, Elements, Stream

_IN_MEMORY = 16 << 20


class Spool:
    """Lines that wait; above 16 MiB in a file without a name, which `lines` closes."""

    def __init__(self) -> None:
        self._file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115
        self.count = 0

    def write(self, line: bytes) -> None:
        self._file.write(line)
        self.count += 1

    def lines(self) -> Iterator[bytes]:
        """All lines in order, in pieces of whole ones."""
        with self._file as file:
            file.seek(0)
            rest = b""
            while data := file.read(CHUNK_BYTES - len(rest)):
                whole, end, rest = (rest + data).rpartition(b"\n")
                yield whole + end


def fill(spool: Spool, elements: Elements, source: Path | bytes, encoding: str | None, name: str) -> None:
    """Reads a document to its end; `elements` writes its rows to `spool`. A document that breaks off ends with a reject.

    Raises BadDocument where a limit is broken, and where a broken document has no row at all.
    """
    try:
        Stream(elements, name, encoding).read(source)
    except BrokenXml as broken:
        if not spool.count:
            raise BadDocument(f"`{name}`: {broken.message} (line {broken.line})") from None
        message = f"the document ends at line {broken.line}: {broken.message}"
        spool.write(reject(broken.line, "bad_document", message, b""))
