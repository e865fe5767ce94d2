"""Cells of a file that a spreadsheet may open: text that it would take for a formula stays text.

>>> guarded("=1+1"), guarded("-12"), guarded("Milk")
("'=1+1", "'-12", 'Milk')

The apostrophe is what Excel itself writes before such text. Numbers of ours are not guarded: `-3` as a quantity is a number.
"""

from __future__ import annotations

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""Excel takes the wide forms for formulas too."""


def guarded(text: str) -> str:
    """The text, with an apostrophe before it if a spreadsheet would compute it."""
    return f"'{text}" if text.startswith(_FORMULA) else text
