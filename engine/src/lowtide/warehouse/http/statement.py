"""What HTTP has to know about a statement: its first word, where its data begin, and the format of its answer.

>>> read("INSERT INTO t (a) FORMAT TSV\\n1\\n")
Shape(verb='INSERT', format='TSV', statement='INSERT INTO t (a)', data_at=29, settings='')
>>> read("/* all */ SELECT ')' AS `FORMAT` FORMAT JSON;").format
'JSON'
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""(?P<skip> \s+ | --[^\n]* | \#[ !][^\n]* | /\*.*?\*/ )
      | (?P<quoted> '(?:[^'\\]|\\.|'')*' | `(?:[^`\\]|\\.|``)*` | "(?:[^"\\]|\\.|"")*" | \$(?P<tag>\w*)\$.*?\$(?P=tag)\$ )
      | (?P<word> \w+ )
      | (?P<other> . )""",
    re.VERBOSE | re.DOTALL,
)
ANSWERS = frozenset(
    {"SELECT", "WITH", "FROM", "SHOW", "DESCRIBE", "DESC", "EXISTS", "EXPLAIN", "CHECK", "KILL"}
)
"""First words of statements that answer with rows."""


@dataclass(frozen=True)
class Shape:
    """A statement as HTTP sees it. `data_at` is where the data of an INSERT begin in the text, None if they do not.

    Of an INSERT with data, `statement` ends before the settings, which are in `settings`.
    """

    verb: str
    format: str | None
    statement: str
    data_at: int | None = None
    settings: str = ""

    @property
    def answers(self) -> bool:
        """Whether it answers with rows."""
        return self.verb in ANSWERS

    @property
    def takes_data(self) -> bool:
        """Whether it is an INSERT whose rows follow, in its text or in the body of the request."""
        return self.data_at is not None


def read(text: str) -> Shape:
    """The shape of a statement. ClickHouse checks whether it is valid."""
    verb, depth, words = "", 0, []
    for token in _TOKEN.finditer(text):
        kind, value = token.lastgroup, token.group()
        if kind == "other":
            depth += (value in "([{") - (value in ")]}")
        if kind == "word" and not verb:
            verb = value.upper()
        if kind in ("word", "quoted") and depth == 0:
            words.append((value, token.start(), token.end()))
            if verb == "INSERT" and (found := _insert(text, words)):
                return found
    return Shape(verb, _format(text, words), text)


def _insert(text: str, words: list[tuple[str, int, int]]) -> Shape | None:
    """An INSERT ends where its data begin, or with the SELECT that makes them."""
    word, start, end = words[-1]
    if len(words) > 1 and words[-2][0].upper() == "FORMAT" and re.fullmatch(r"\w+", word):
        after = re.compile(r"[ \t\r]*\n?|[ \t]*;?\s*$").match(text, end)
        return _with_data(text, words[:-2], words[-2][1], word, after.end() if after else end)
    if word.upper() == "VALUES" and len(words) > 2:
        return _with_data(text, words, start, "Values", end)
    if word.upper() in ("SELECT", "WITH", "INFILE") and len(words) > 2:
        return Shape("INSERT", None, text)
    return None


def _with_data(text: str, words: list[tuple[str, int, int]], stop: int, fmt: str, data_at: int) -> Shape:
    at = next((start for word, start, _ in words[2:] if word.upper() == "SETTINGS"), stop)
    return Shape("INSERT", fmt, text[:at].rstrip(), data_at, text[at:stop].strip())


def _format(text: str, words: list[tuple[str, int, int]]) -> str | None:
    """The name in the last `FORMAT name` outside of all brackets; only settings may follow it."""
    for at in range(len(words) - 2, -1, -1):
        if words[at][0].upper() == "FORMAT" and re.fullmatch(r"\w+", words[at + 1][0]):
            rest = text[words[at + 1][2] :].strip(" \t\r\n;")
            if not rest or re.match(r"(SETTINGS\b|--|/\*|#)", rest, re.IGNORECASE):
                return words[at + 1][0]
    return None
