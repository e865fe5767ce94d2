"""Cells of a file that a spreadsheet may open: text that it would take for a formula stays text.

>>> guarded("=1+1"), guarded("-12"), guarded("Milk")
("'=1+1", "'-12", 'Milk')

The apostrophe is what Excel itself writes before such text. Numbers of ours are not guarded: `-3` as a quantity is a number.
"""

from __future__ import annotations

import re

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""Excel takes the wide forms for formulas too."""
_NUMBER = re.compile(r"[-+]?\d+(\.\d+)?([eE][-+]?\d+)?")


def guarded(text: str) -> str:
    """The text, with an apostrophe before it if a spreadsheet would compute it."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def guarded_unless_number(text: str) -> str:
    """The same for a form that does not say which cells are numbers: what can only be a number stays as it is.

    >>> guarded_unless_number("-12.5"), guarded_unless_number("-12-5")
    ('-12.5', "'-12-5")
    """
    return text if _NUMBER.fullmatch(text) else guarded(text)
