"""The elements of an XML document as a stream, and what ends it: a document type, an unknown entity, a depth over 64.

The library that parses (expat) knows the five entities of XML and characters by number. Without a document type a
document cannot define others, so nothing in it can grow.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol
from xml.parsers import expat

from lowtide.readers.reading import BadDocument
from lowtide.readers.source import pieces

DEEPEST = 64
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_NATIVE = frozenset(["utf-8", "utf-16", "iso8859-1", "ascii"])
"""What the parser decodes itself."""
_CODES = expat.errors.codes
_UNKNOWN_ENTITIES = frozenset(
    [_CODES[expat.errors.XML_ERROR_UNDEFINED_ENTITY], _CODES[expat.errors.XML_ERROR_PARAM_ENTITY_REF]]
)


class Elements(Protocol):
    """What takes the elements of a document. Names are `NAMESPACE NAME`, or NAME alone without a namespace."""

    def start(self, name: str, attributes: dict[str, str], line: int) -> None: ...
    def end(self, name: str) -> None: ...
    def text(self, text: str) -> None: ...


class BrokenXml(Exception):
    """The document is not well-formed from a line on: what came before it stands."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.message = message
        self.line = line


class Stream:
    """Hands the elements of one document on."""

    def __init__(self, elements: Elements, name: str, encoding: str | None) -> None:
        self._elements = elements
        self._name = name
        self._encoding = encoding
        self._depth = 0

    def read(self, source: Path | bytes) -> None:
        """Reads the whole document. Raises BadDocument where a limit is broken, BrokenXml where it is not well-formed."""
        parts, decoder = self._decoded(source)
        self._parser = expat.ParserCreate("utf-8" if decoder else None, " ")
        self._parser.buffer_text = True
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._elements.text
        try:
            for part in parts:
                self._parser.Parse(decoder.decode(part).encode() if decoder else part, False)
            if decoder:
                self._parser.Parse(decoder.decode(b"", True).encode(), False)
            self._parser.Parse(b"", True)
        except expat.ExpatError as error:
            if error.code in _UNKNOWN_ENTITIES:
                raise BadDocument(
                    f"`{self._name}` line {error.lineno} uses an entity that XML does not have"
                ) from None
            raise BrokenXml(
                f"it is not well-formed: {expat.errors.messages[error.code]}", error.lineno
            ) from None
        except (UnicodeError, ValueError, LookupError) as error:
            raise BrokenXml(
                f"it is not in the encoding that it states: {error}", self._parser.CurrentLineNumber
            ) from None

    def _decoded(self, source: Path | bytes) -> tuple[Iterator[bytes], codecs.IncrementalDecoder | None]:
        """The bytes of the document, and a decoder for an encoding that the parser does not have."""
        parts = pieces(source)
        first = next(parts, b"")
        declared = _DECLARED.match(first[:1024])
        name = self._encoding or (declared[1].decode() if declared else "utf-8")
        try:
            known = codecs.lookup(name).name
        except LookupError:
            raise BadDocument(f"`{self._name}` names the encoding {name[:40]}, which is not one") from None
        marked = first.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        by_parser = marked or (known in _NATIVE and self._encoding is None)
        decoder = None if by_parser else _text_decoder(known, self._name)
        return _before(first, parts), decoder

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise BadDocument(
                f"`{self._name}` has elements that stand more than {DEEPEST} deep in one another"
            )
        self._elements.start(name, attributes, self._parser.CurrentLineNumber)

    def _end(self, name: str) -> None:
        self._depth -= 1
        self._elements.end(name)

    def _doctype(self, *_: object) -> None:
        raise BadDocument(
            f"`{self._name}` has a document type (<!DOCTYPE …>): documents with one are not read"
        )


def _text_decoder(encoding: str, name: str) -> codecs.IncrementalDecoder:
    try:
        decoder = codecs.getincrementaldecoder(encoding)("strict")
        if not isinstance(decoder.decode(b"", False), str):
            raise LookupError
    except (LookupError, TypeError, ValueError):
        raise BadDocument(f"`{name}` names the encoding {encoding}, which is not one of text") from None
    return decoder


def _before(first: bytes, parts: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from parts


def local(name: str) -> str:
    """The name of an element or attribute without its namespace."""
    return name.rpartition(" ")[2]
