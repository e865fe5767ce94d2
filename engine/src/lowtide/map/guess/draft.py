"""The text of a guessed map: each line says why it was guessed, what was not found, or what a person has to decide."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple

import orjson
from rich.cells import cell_len

from lowtide.words import Language
from lowtide.words.visible import escaped

_PLAIN = re.compile(r"[^\W\d_][\w ./-]*", re.UNICODE)
_WORDS = {"null", "true", "false", "yes", "no", "on", "off", "y", "n"}
GUESSED, NOT_FOUND, QUESTION = "guessed", "NOT FOUND", "QUESTION"


def quoted(text: str) -> str:
    """A text as YAML, in quotes unless it is a plain word.

    >>> quoted("Größe"), quoted("12:00"), quoted("no")
    ('Größe', '"12:00"', '"no"')
    """
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS and text == text.strip():
        return text
    return escaped(orjson.dumps(text).decode())


def key(column: str) -> str:
    """A column as the key of a condition. A name that ends in a question mark gets one more, which makes it optional."""
    return quoted(f"{column}?" if column.endswith("?") else column)


def hole(column: str) -> str:
    """A column as a hole of a text.

    >>> hole("Menge"), hole("Paid?")
    ('{Menge}', '{Paid??}')
    """
    return "{" + column + ("?}" if column.endswith("?") else "}")


class Reason(NamedTuple):
    """Why a line is there: the key of a sentence, and what stands in its gaps."""

    key: str
    values: dict[str, object] = {}  # noqa: RUF012 - a tuple shares it, and nobody writes to it


def reason(key: str, **values: object) -> Reason:
    """A reason with its gaps filled."""
    return Reason(f"guess.{key}", values)


@dataclass
class Draft:
    """The lines of a map, and what is still open. Reasons are in one language, marks in English: one can search them."""

    language: Language
    lines: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    """Sentences: what was not found."""
    questions: list[str] = field(default_factory=list)
    """Sentences: what a person has to decide."""

    def say(self, why: Reason) -> str:
        """A reason as a sentence."""
        return self.language.say(why.key, **why.values)

    def note(self, why: Reason) -> None:
        """A comment on a line of its own."""
        self.lines.append(f"# {self.say(why)}")

    def add(self, text: str, mark: str = "", why: Reason | None = None) -> None:
        """A line, with a comment if there is a mark."""
        sentence = "" if why is None else self.say(why)
        comment = f"  # {mark}: {sentence}" if sentence else f"  # {mark}" if mark else ""
        gap = " " * (58 - cell_len(text)) if comment else ""
        self.lines.append(f"{text}{gap}{comment}")
        sentences = {NOT_FOUND: self.missing, QUESTION: self.questions}.get(mark)
        if sentences is not None and sentence not in sentences:
            sentences.append(sentence)

    @property
    def text(self) -> str:
        """The whole map."""
        return "\n".join(self.lines) + "\n"
