"""A person: how they are reached, when, how often, and who stands above them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from lowtide.words import Lang

USUAL_BUDGET = 6
"""Messages in any 60 minutes that a person can bear."""


@dataclass(frozen=True)
class Person:
    """One person of the file. Minutes are counted from the local midnight."""

    key: str
    name: str
    lead: str | None = None
    lang: Lang = "en"
    calendar: str | None = None
    contacts: tuple[str, ...] = ()
    """Names of targets, or `mail:ADDRESS`, `file:PATH`, `console`; the first is tried first."""
    quiet: tuple[int, int] | None = None
    """First and last minute of the quiet hours; the last is smaller where they pass midnight."""
    digest: tuple[int, ...] = ()
    budget: int | None = USUAL_BUDGET
    approve_up_to: float | None = None
    deputy: str | None = None


def mark(key: str) -> bytes:
    """The four bytes that stand for a person in a link: the beginning of the SHA-256 of the key."""
    return hashlib.sha256(key.encode()).digest()[:4]
