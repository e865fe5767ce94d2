"""What HTTP has to know about a statement: its first word, where its data begin, and the format of its answer.

>>> read("INSERT INTO t (a) FORMAT TSV\\n1\\n")
Shape(verb='INSERT', format='TSV', statement='INSERT INTO t (a)', data_at=29, settings='')
>>> read("/* all */ SELECT ')' AS `FORMAT` FORMAT JSON;").format
'JSON'

Anybody may send any text, so the time is proportional to its length: a quote or a comment that does not end is one token
up to the end of the text, and nothing is read twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""(?P<skip> \s++ | [,.;=*+<>!?:%&|^~@]++ | --[^\n]*+ | \#[ !][^\n]*+ )
      | (?P<comment> /\* )
      | (?P<quoted> '(?:[^'\\]++|\\.|'')*+(?:'|\\?\Z) | `(?:[^`\\]++|\\.|``)*+(?:`|\\?\Z)
                  | "(?:[^"\\]++|\\.|"")*+(?:"|\\?\Z) )
      | (?P<heredoc> \$\w*+\$ )
      | (?P<word> \w++ )
      | (?P<other> . )""",
    re.VERBOSE | re.DOTALL,
)
_COMMENT = re.compile(r"/\*|\*/")
_HEREDOC = re.compile(r"\$(?=(\w*+)\$)")
_AFTER_FORMAT = re.compile(r"[ \t\r]*+\n?")
_LAST = re.compile(r"[ \t\r\n;]*+(?:\Z|SETTINGS\b|--|/\*|\#)", re.IGNORECASE)
_NAME = re.compile(r"\w+")
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
    for kind, start, end in _tokens(text):
        if kind == "other":
            depth += (text[start] in "([{") - (text[start] in ")]}")
            continue
        if kind == "word" and not verb:
            verb = text[start:end].upper()
        if depth == 0:
            words.append((text[start:end], start, end))
            if verb == "INSERT" and (found := _insert(text, words)):
                return found
    return Shape(verb, _format(text, words), text)


def _tokens(text: str) -> Iterator[tuple[str, int, int]]:
    """Words, quoted texts and other signs in order, each with where it begins and ends."""
    at, closing = 0, None
    while found := _TOKEN.match(text, at):
        kind, start, at = str(found.lastgroup), at, found.end()
        if kind == "comment":
            at = _comment_end(text, at)
        elif kind == "heredoc":
            closing = closing or {each[1]: each.start() for each in _HEREDOC.finditer(text)}
            if closing[text[start + 1 : at - 1]] >= at:
                at = text.index(text[start:at], at) + at - start
                yield "quoted", start, at
            else:
                at = start + 1
        elif kind != "skip":
            yield kind, start, at


def _comment_end(text: str, at: int) -> int:
    """Where a comment ends that is open at a place; comments may stand in one another."""
    depth = 1
    for sign in _COMMENT.finditer(text, at):
        depth += 1 if sign[0] == "/*" else -1
        if depth == 0:
            return sign.end()
    return len(text)


def _insert(text: str, words: list[tuple[str, int, int]]) -> Shape | None:
    """An INSERT ends where its data begin, or with the SELECT that makes them."""
    word, start, end = words[-1]
    if len(words) > 1 and words[-2][0].upper() == "FORMAT" and _NAME.fullmatch(word):
        after = _AFTER_FORMAT.match(text, end)
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
        name, _, end = words[at + 1]
        if words[at][0].upper() == "FORMAT" and _NAME.fullmatch(name) and _LAST.match(text, end):
            return name
    return None
