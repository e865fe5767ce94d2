"""What only a person knows about a sample, as options of the command or as answers on a terminal."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from lowtide.errors import SettingsError
from lowtide.map.guess.header_words import plain
from lowtide.map.rule import MAPPED_KINDS
from lowtide.map.value import time_zone

SKIP = "skip"
"""In place of a kind: rows to pass over."""


@dataclass(frozen=True)
class Answers:
    """Answers of a person; None where nothing was said."""

    zone: str | None = None
    kind: str | None = None
    source: str | None = None
    location: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    """Columns that a person chose, by role: `sku`, `location`, `quantity`, `time`, `kind` and so on; empty: it has none."""
    kinds: Mapping[str, str] = field(default_factory=dict)
    """Kinds that a person chose, by text of the column of kinds; `skip`: such rows are passed over."""

    def __post_init__(self) -> None:
        """Raises SettingsError for an answer that cannot be."""
        if self.zone is not None and self.zone != "locations":
            try:
                time_zone(self.zone)
            except ValueError as error:
                raise SettingsError(
                    f"not a time zone: `{self.zone}`", f"{str(error).capitalize()}."
                ) from None
        for kind in (self.kind, *(kind for kind in self.kinds.values() if kind not in ("", SKIP))):
            if kind is not None and kind not in (*MAPPED_KINDS, "transfer"):
                raise SettingsError(f"not a kind: `{kind}`", f"Kinds are {', '.join(MAPPED_KINDS)}.")

    def with_answer(self, name: str, answer: str) -> Answers:
        """The same answers with one more; an empty answer says nothing. Raises SettingsError."""
        said: dict[str, Any] = {name: answer.strip() or None}
        return replace(self, **said)


class Question(NamedTuple):
    """A question to a person: the option that answers it, and the key of its sentence."""

    option: str
    sentence: str


def name_of(stem: str) -> str:
    """A name of letters from that of a file, without dates and numbers; empty if nothing is left.

    >>> name_of("Orders_2026-11-22 (3)"), name_of("Verkäufe u8"), name_of("2026")
    ('orders', 'verkaufe-u8', '')
    """
    plain_letters = "".join(plain(character) if character.isalpha() else character for character in stem)
    return "-".join(re.findall(r"[a-z][a-z0-9]*", plain_letters, re.ASCII))[:64]
