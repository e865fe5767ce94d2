"""In a child: a first map of a file that somebody chose on the page, and what each column was taken for.

Arguments: `file`, `lang`, `answers` (zone, kind, source, location, columns, kinds).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from lowtide.map import find_map
from lowtide.map.guess import Answers, Guess, guess_map
from lowtide.words import Language

_EXAMPLES = 3
_MOST_TEXT = 60


def work(asked: Mapping[str, Any], tell: Callable[[Mapping[str, Any]], None]) -> dict[str, Any]:
    """The map as text, its columns with examples, and what is still open."""
    guessed = guess_map(Path(asked["file"]), Answers(**asked["answers"]), Language(asked["lang"]))
    sample, text = guessed.sample, guessed.text
    if not text and sample.shipped:
        text = find_map(sample.shipped, None).read_text("utf-8-sig")
    return {
        "map": text, "format": sample.format, "own": sample.own, "shipped": sample.shipped, "what": sample.what,
        "read": [[key, value] for key, value, _ in sample.read],
        "columns": [_column(guessed, name) for name in sample.columns], **_kinds(guessed),
        "missing": guessed.missing, "questions": guessed.questions, "open": [one.option for one in guessed.open],
        "has_stock": guessed.has_stock,
    }  # fmt: skip


def _column(guessed: Guess, name: str) -> dict[str, Any]:
    """One column: its name, what it was taken for, and its first different values."""
    cells = [row.get(name, "").strip() for row in guessed.sample.rows]
    different = list(dict.fromkeys(cell[:_MOST_TEXT] for cell in cells if cell))
    taken = guessed.columns.by_role if guessed.columns is not None else {}
    role = next((role for role, has in taken.items() if has == name), "")
    return {"name": name, "role": role, "examples": different[:_EXAMPLES], "filled": sum(map(bool, cells))}


def _kinds(guessed: Guess) -> dict[str, Any]:
    kinds = guessed.kinds
    if kinds is None:
        return {"kind": None, "kinds": {}}
    return {"kind": kinds.constant, "kinds": dict(kinds.values or {})}
