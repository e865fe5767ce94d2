"""Identifiers of GS1 in every spelling: EPC URIs, Digital Links, and the names of the vocabulary.

>>> class_of("urn:epc:id:sgtin:9521141.012345.1001"), class_of("https://id.gs1.org/01/09521141123454/21/1001")
('09521141123454', '09521141123454')
>>> place("urn:epc:id:sgln:0614141.07346.1234")
'0614141073467.1234'
>>> word("urn:epcglobal:cbv:bizstep:shipping"), word("https://ref.gs1.org/cbv/BizStep-shipping"), word("shipping")
('shipping', 'shipping', 'shipping')
"""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import unquote

_CACHE = 1 << 16
_PREFIX_LENGTHS = range(6, 13)
_URN = "urn:epc:"
_WORDS = ("https://ref.gs1.org/cbv/", "http://ref.gs1.org/cbv/", "https://ns.gs1.org/cbv/", "cbv:")


def class_of(uri: str) -> str:
    """The class of an item, a lot or a class: its GTIN-14, else the URI of the class.

    A thing without a class (a pallet, an asset), and what is not understood, is a class of its own.
    """
    if uri.startswith(_URN):
        parts = uri.split(".", 2)
        return (_class(parts[0], parts[1], len(parts) == 3) if len(parts) > 1 else None) or uri
    return _padded(_link(uri).get("01", "")) or uri


@lru_cache(_CACHE)
def _class(start: str, item: str, serial: bool) -> str | None:
    """The class that `urn:epc:SPACE:SCHEME:PREFIX` and an item reference name; None where they do not name one."""
    space, scheme, prefix = _urn_parts(start)
    if scheme in ("sgtin", "lgtin", "upui"):
        return _gtin(prefix, item)
    if scheme in ("grai", "gdti", "gcn", "gid", "cpi") and space == "id" and serial:
        return f"urn:epc:idpat:{scheme}:{prefix}.{item}.*"
    return None


@lru_cache(_CACHE)
def place(uri: str) -> str:
    """A location or a party: its GLN, with `.EXTENSION` unless that is 0, else the URI."""
    if uri.startswith(_URN):
        _, scheme, value = _urn_parts(uri)
        parts = value.split(".", 2)
        if scheme not in ("sgln", "pgln") or len(parts) < 2:
            return uri
        digits = parts[0] + parts[1]
        if len(digits) != 12 or not _digits(digits) or len(parts[0]) not in _PREFIX_LENGTHS:
            return uri
        return _extended(
            digits + check_digit(digits), parts[2] if len(parts) == 3 and scheme == "sgln" else ""
        )
    links = _link(uri)
    gln = links.get("414") or links.get("417") or ""
    if len(gln) != 13 or not _digits(gln) or check_digit(gln[:-1]) != gln[-1]:
        return uri
    return _extended(gln, links.get("254", ""))


def _extended(gln: str, extension: str) -> str:
    return gln if extension in ("", "0") else f"{gln}.{unquote(extension)}"


@lru_cache(_CACHE)
def word(text: str) -> str:
    """The short name of a word of the vocabulary (a step, a disposition, a type); another text stays as it is."""
    if text.startswith("urn:epcglobal:cbv:"):
        return text.rpartition(":")[2]
    for start in _WORDS:
        if text.startswith(start):
            return text[len(start) :].partition("-")[2] or text
    return text


def check_digit(digits: str) -> str:
    """The digit that GS1 puts after these.

    >>> check_digit("629104150021")
    '3'
    """
    total = sum(int(digit) * (3 if at % 2 == 0 else 1) for at, digit in enumerate(reversed(digits)))
    return str(-total % 10)


def _urn_parts(uri: str) -> tuple[str, str, str]:
    """`id`, `sgtin` and the value of `urn:epc:id:sgtin:VALUE`."""
    parts = uri.split(":", 4)
    return (parts[2], parts[3], parts[4]) if len(parts) == 5 else ("", "", "")


def _gtin(prefix: str, item: str) -> str | None:
    """GTIN-14 from company prefix, and indicator with item reference."""
    digits = item[:1] + prefix + item[1:]
    if len(digits) != 13 or not _digits(digits) or len(prefix) not in _PREFIX_LENGTHS:
        return None
    return digits + check_digit(digits)


def _padded(gtin: str) -> str | None:
    """A GTIN of 8, 12, 13 or 14 digits as 14; None where it is not one, or its check digit is wrong."""
    if len(gtin) not in (8, 12, 13, 14) or not _digits(gtin) or check_digit(gtin[:-1]) != gtin[-1]:
        return None
    return gtin.zfill(14)


def _digits(text: str) -> bool:
    return text.isascii() and text.isdecimal()


_KEYS = frozenset(["00", "01", "253", "255", "414", "417", "8003", "8004", "8006", "8010", "8017", "8018"])


def _link(uri: str) -> dict[str, str]:
    """The keys and values of a Digital Link (`https://id.gs1.org/01/…/21/…?10=…`); empty where it is not one."""
    if not uri.startswith(("https://", "http://")):
        return {}
    path, _, query = uri.partition("#")[0].partition("?")
    parts = path.split("/")[3:]
    start = next((at for at, part in enumerate(parts) if part in _KEYS), None)
    if start is None:
        return {}
    parts = parts[start:]
    links = dict(zip(parts[::2], map(unquote, parts[1::2]), strict=False))
    for pair in query.split("&"):
        key, _, value = pair.partition("=")
        if key.isdecimal():
            links.setdefault(key, unquote(value))
    return links
