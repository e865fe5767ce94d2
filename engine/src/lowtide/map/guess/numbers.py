"""Which marks the numbers of a sample have: the decimal mark and the one between thousands, told by the cells themselves."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

_NUMBER = re.compile(r"[+-]?\(?[+-]?[\d.,'’ \u00a0\u202f]*\d[.,]?\)?-?", re.ASCII)
_CURRENCY = re.compile(r"[€$£¥\uffe5\u5143\u5186]|EUR|USD|CNY|JPY|CHF")
_GROUPED = re.compile(r"\d{1,3}([.,]\d{3})+")
_GROUPS = {"'": "'", "’": "’", " ": " ", "\u00a0": "\u00a0", "\u202f": "\u202f"}


class Marks(NamedTuple):
    """The marks of numbers: `decimal` is `.` or `,`; `thousands` may be empty."""

    decimal: str = "."
    thousands: str = ""
    is_certain: bool = True
    """False where every cell could be read in both ways, such as `1,250`."""


def is_number(text: str) -> bool:
    """Whether a cell looks like a number, whatever its marks."""
    plain = text.strip()
    return bool(plain) and _NUMBER.fullmatch(plain) is not None


def share_of_numbers(cells: Iterable[str]) -> float:
    """The share of cells that look like numbers, of those that are not empty."""
    full = [cell for cell in cells if cell.strip()]
    return sum(map(is_number, full)) / len(full) if full else 0.0


def marks_of(cells: Iterable[str], others: Iterable[str] = ()) -> Marks:
    """The marks of the numbers in `cells`; where they leave it open, `others` of the same file decide."""
    own = _votes(cells)
    votes = own if own["."] != own[","] else own + _votes(others)
    if votes["."] or votes[","]:
        decimal = "," if votes[","] > votes["."] else "."
    elif own["?,"] or own["?."]:
        decimal = "." if own["?,"] else ","  # so that 1,250 is a thousand two hundred and fifty
    else:
        return Marks(thousands=_group(votes))
    other = "." if decimal == "," else ","
    thousands = other if votes[f"thousands{other}"] or own[f"?{other}"] else _group(votes)
    certain = bool(votes["."] or votes[","]) or not (own["?,"] or own["?."])
    return Marks(decimal, thousands, certain)


def value_of(text: str, marks: Marks) -> float:
    """A cell as a number, for counting signs; 0 if it is not a number."""
    plain = text.strip().replace(marks.thousands, "") if marks.thousands else text.strip()
    negative = plain.startswith(("-", "(")) or plain.endswith("-")
    digits = re.sub(r"[^\d.,]", "", plain).replace(marks.decimal, ".")
    try:
        return -float(digits) if negative else float(digits)
    except ValueError:
        return 0.0


def _group(votes: Counter[str]) -> str:
    return next((mark for mark in _GROUPS if votes[f"thousands{mark}"]), "")


def _votes(cells: Iterable[str]) -> Counter[str]:
    """Votes for each decimal mark (`.`, `,`), for marks of thousands, and cells that fit both (`?,`: a lone comma)."""
    votes: Counter[str] = Counter()
    for cell in cells:
        text = _CURRENCY.sub("", cell).strip().strip("()+-").strip()
        if not is_number(text):
            continue
        for group in _GROUPS:
            if re.fullmatch(rf"\d{{1,3}}(?:{group}\d{{3}})+(?:[.,]\d+)?", text):
                votes[f"thousands{group}"] += 1
                text = text.replace(group, "")
        points, commas = text.count("."), text.count(",")
        if points and commas:
            last = "." if text.rfind(".") > text.rfind(",") else ","
            votes[last] += 1
            votes["thousands" + ("," if last == "." else ".")] += 1
        elif points > 1 or commas > 1:
            if _GROUPED.fullmatch(text):  # dates have points too
                votes["," if points else "."] += 1
                votes["thousands" + ("." if points else ",")] += 1
        elif points or commas:
            mark = "." if points else ","
            whole, _, places = text.partition(mark)
            if len(places) == 3 and 1 <= len(whole) <= 3 and whole != "0":
                votes[f"?{mark}"] += 1
            else:
                votes[mark] += 1
    return votes
