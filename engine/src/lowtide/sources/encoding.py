"""Text of any encoding becomes UTF-8 before it is cut into records: a file is read as a whole, or not at all.

A byte order mark decides. Text without one is UTF-8 if all of it is, and else in the encoding that the setting `encoding`
names, so that files of several encodings can be read together. A file that is not in its encoding is refused, with the
encoding that it seems to have.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import NamedTuple

from lowtide.sources.stream import Damage

AUTO = "auto"
_UTF8 = (AUTO, "utf-8", "utf8")
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CHINESE = re.compile(rb"[\xa1-\xfe]{2}")
"""A common Chinese character in GB18030; in Western text two such bytes seldom stand side by side."""


class WrongEncoding(Damage):
    """Text is not in the encoding that a mark or the setting names; the text says where."""


def as_utf8(chunks: Iterator[bytes], encoding: str = AUTO) -> Iterator[bytes]:
    """Chunks of text as chunks of UTF-8 without a byte order mark. Raises WrongEncoding where a byte does not fit."""
    head = next(chunks, b"")
    for mark, name in _MARKS:
        if head.startswith(mark):
            yield from _decoded(preceded(head[len(mark) :], chunks), name)
            return
    if is_utf8(head, encoding):
        yield head
        yield from chunks
    else:
        yield from _decoded(preceded(head, chunks), encoding)


def has_mark(head: bytes) -> bool:
    """Whether text begins with a byte order mark of UTF-16 or UTF-32."""
    return any(head.startswith(mark) for mark, _ in _MARKS)


def is_utf8(head: bytes, encoding: str) -> bool:
    """Whether text with this beginning is read as UTF-8: it has no mark, and the setting does not name another encoding."""
    return encoding.lower() in _UTF8 and not has_mark(head)


def encoding_of(chunks: Iterator[bytes], encoding: str) -> str:
    """The encoding in which to read a file: UTF-8 if all of it is, and else the one of the setting.

    UTF-16 and UTF-32 are as the setting says, because their text may look like UTF-8. Raises Damage.
    """
    if encoding.lower() in _UTF8 or "a".encode(encoding) != b"a":
        return encoding
    return encoding if first_foreign(chunks) else AUTO


def why_not(chunks: Iterator[bytes], encoding: str) -> str | None:
    """None where all of it is in its encoding; else a sentence that names the line. Raises Damage."""
    try:
        for _ in as_utf8(chunks, encoding):
            pass
    except WrongEncoding as error:
        return str(error)
    return None


def why_not_utf8(chunks: Iterator[bytes]) -> str | None:
    """None where all of it is UTF-8; else a sentence that names the line and the encoding that it seems to have."""
    foreign = first_foreign(chunks)
    if foreign is None:
        return None
    return (
        f"line {foreign.line} is not UTF-8; it looks like {foreign.name}: give `--encoding {foreign.option}`, "
        f"or convert it with `iconv -f {foreign.option.upper()} -t UTF-8`"
    )


class Foreign(NamedTuple):
    """Where text stops being UTF-8: the line, and the encoding that it seems to have, for people and for programs."""

    line: int
    name: str
    option: str


def first_foreign(chunks: Iterator[bytes]) -> Foreign | None:
    """Where text stops being UTF-8, or None where all of it is."""
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    line = 1
    for chunk in chunks:
        try:
            decoder.decode(chunk)
        except UnicodeDecodeError as error:
            line += chunk.count(b"\n", 0, error.start)
            around = chunk[max(0, error.start - 2000) : error.start + 2000]
            return Foreign(line, _guess(around), _option(around))
        line += chunk.count(b"\n")
    return None


def _decoded(chunks: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    line = 1
    for chunk in chunks:
        try:
            text = decoder.decode(chunk)
        except UnicodeDecodeError as error:
            line += error.object[: error.start].decode(encoding, "ignore").count("\n")
            raise WrongEncoding(f"line {line:,} is not {encoding}: give its right `--encoding`") from None
        except UnicodeError as error:
            raise WrongEncoding(f"it is not {encoding} ({error}): give its right `--encoding`") from None
        line += text.count("\n")
        yield text.encode()
    try:
        decoder.decode(b"", final=True)
    except UnicodeError:
        raise WrongEncoding(
            f"it ends in the middle of a character of {encoding}: copy it again from where it came"
        ) from None


def preceded(head: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    """The first chunk of a stream, put before the others again."""
    yield head
    yield from rest


def _is_chinese(data: bytes) -> bool:
    """Whether most bytes that are not ASCII stand in pairs, as in Chinese text in GB18030."""
    high = sum(byte > 127 for byte in data)
    return 3 * len(_CHINESE.findall(data)) >= high


def _guess(data: bytes) -> str:
    return "GB18030 (a Chinese Windows)" if _is_chinese(data) else "Windows-1252 (a Western Windows)"


def _option(data: bytes) -> str:
    return "gb18030" if _is_chinese(data) else "cp1252"
