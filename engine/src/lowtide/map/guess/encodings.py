"""Which encoding a text has: that of its byte order mark, else UTF-8, else the one that makes the most plausible text."""

from __future__ import annotations

import codecs
import re
from typing import NamedTuple

from lowtide.map.guess.draft import Reason, reason
from lowtide.map.guess.header_words import WORDS, plain

_MARKS = (
    (codecs.BOM_UTF8, "utf-8", "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16", "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "utf-16"),
)
_CANDIDATES = {"gb18030": "gb18030", "shift_jis": "cp932", "big5": "cp950", "windows-1252": "cp1252"}
"""By name in a map: the codec that also reads what Windows added."""
_KANA = re.compile("[\u3041-\u30ff]")
_HALF_KANA = re.compile("[\uff61-\uff9f]")
_HAN = re.compile("[\u4e00-\u9fff]")
_LETTERS = re.compile('[a-zA-Z][äöüßéèêëàâáçñóíúôûîïœæãõ]|[ÄÖÜÉÈÀÁÇÑÓÚŒ][a-z]|[äöüßéèêàáçñóíú][a-z;,. \t"]')
_ODD = re.compile("[\u0080-\u009f\ue000-\uf8ff¤¦¨¬­¯±²³¶·¸¹¼½¾×÷ÐÞðþ]")
_SPLIT = re.compile(r"[,;\t|\r\n\"]+")


class Encoding(NamedTuple):
    """The encoding of a text, by its name in a map; why; and the text."""

    name: str
    why: Reason | None
    text: str


def encoding_of(data: bytes) -> Encoding | None:
    """The encoding of the beginning of a file; None if it does not look like text.

    >>> encoding_of("Größe;Menge".encode("cp1252")).name
    'windows-1252'
    """
    for mark, name, codec in _MARKS:
        if data.startswith(mark):
            return Encoding(name, reason("encoding_mark"), _decoded(data, codec) or "")
    if (text := _decoded(data, "utf-8")) is not None and "\0" not in text:
        return Encoding("utf-8", None, text)
    if b"\0" in data[:64]:
        return None
    texts = {name: _decoded(data, codec) for name, codec in _CANDIDATES.items()}
    points = {name: _plausible(name, text, data) for name, text in texts.items() if text is not None}
    best = max(points, key=lambda name: points[name], default=None)
    if best is None:
        return None
    return Encoding(best, reason("encoding_best"), texts[best] or "")


def _decoded(data: bytes, codec: str) -> str | None:
    """The text; the last character may be cut off. None if another byte does not fit."""
    decoder = codecs.getincrementaldecoder(codec)("strict")
    try:
        return decoder.decode(data)
    except UnicodeDecodeError:
        return None


def _plausible(name: str, text: str, data: bytes) -> float:
    """Points for a reading: words of exports, letters that stand where letters do, few odd characters."""
    head = text[:4000]
    words = sum(plain(cell) in WORDS for cell in _SPLIT.split(head) if cell and not cell.isascii())
    high = max(1, sum(byte > 127 for byte in data[:8000]))
    odd = len(_ODD.findall(text[:8000])) + 2 * len(_HALF_KANA.findall(text[:8000]))
    if name == "windows-1252":
        good = 2.0 * len(_LETTERS.findall(text[:8000]))
    elif name == "shift_jis":
        good = 2 * len(_KANA.findall(text[:8000])) + len(_HAN.findall(text[:8000]))
    elif name == "gb18030":
        good = 2 * len(re.findall(rb"[\xb0-\xd7][\xa1-\xfe]", data[:8000]))
    else:
        good = 2 * len(re.findall(rb"[\xa4-\xc6][\x40-\x7e\xa1-\xfe]", data[:8000])) * 0.9
    return (good - odd) / high + 2 * words
