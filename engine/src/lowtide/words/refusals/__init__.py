"""Why something was refused, for a reader of Chinese: errors are raised in English, and a page says them in its own words.

    chinese("`erp` is empty", words)     the sentence of the table whose English one has the same shape

An error is raised where no reader is known, and problem+json and commands show it as it is. A sentence without a
counterpart is shown in English behind a Chinese one which says so.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from string import Formatter

from lowtide.words.refusals.asking import ASKING
from lowtide.words.refusals.data import DATA
from lowtide.words.refusals.files import FILES
from lowtide.words.refusals.people import PEOPLE
from lowtide.words.refusals.proposals import PROPOSALS
from lowtide.words.refusals.rules import RULES
from lowtide.words.refusals.targets import TARGETS

TABLES = (ASKING, DATA, FILES, PEOPLE, PROPOSALS, RULES, TARGETS)
_CHINESE, _QUOTED = re.compile("[\u4e00-\u9fff]"), re.compile("`[^`]*`")
_PLACE = re.compile(r"(\S+:\d+:\d+): (.*)", re.DOTALL)
"""A mistake in a file: its name, line and column before the sentence."""


_LONGEST, _DEEPEST = 1000, 3
"""A longer sentence, or one with more sentences inside each other, is not looked for: a stranger may have written a part."""


def chinese(said: str, word: Callable[[str, str], str], depth: int = 0) -> str | None:
    """Translate the English sentence of an error; None: no table has it. `word` translates the value of a column."""
    if _CHINESE.search(_QUOTED.sub("", said)):
        return said  # the page raised it in the words of its reader
    lines = said.split("\n")
    if len(lines) > 1:
        found = [chinese(line, word, depth) for line in lines]
        return None if None in found else "\n".join(map(str, found))
    if place := _PLACE.fullmatch(said):
        inside = chinese(place[2], word, depth)
        return None if inside is None else f"{place[1]}：{inside}"
    said = said.rstrip(".")
    if len(said) > _LONGEST or depth > _DEEPEST:
        return None
    for shape, text in _shapes():
        if match := shape.fullmatch(said):
            gaps = {name: _gap(name, value, word, depth + 1) for name, value in match.groupdict().items()}
            if None not in gaps.values():
                return text.format(**gaps)
    return None


def _gap(name: str, value: str, word: Callable[[str, str], str], depth: int) -> str | None:
    if name == "said":
        return chinese(value, word, depth)
    if name == "why":  # what another program said
        return chinese(value, word, depth) or value
    return word("state", value.replace(" ", "_")) if name == "state" else value


@cache
def _shapes() -> tuple[tuple[re.Pattern[str], str], ...]:
    """The English sentences as patterns; of two that fit, the one with more text of its own comes first."""
    whole = {english: text for table in TABLES for english, text in table.items()}
    return tuple((_pattern(english), whole[english]) for english in sorted(whole, key=_own, reverse=True))


def _own(english: str) -> int:
    return sum(len(text) for text, _, _, _ in Formatter().parse(english))


def _pattern(english: str) -> re.Pattern[str]:
    parts = [
        re.escape(text) + (f"(?P<{name}>.+?)" if name else "")
        for text, name, _, _ in Formatter().parse(english)
    ]
    return re.compile("".join(parts).removesuffix(re.escape(".")), re.DOTALL)
