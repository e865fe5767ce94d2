"""One term: its key, what it is called, and what it means, in each language."""

from __future__ import annotations

from typing import NamedTuple


class Term(NamedTuple):
    """A word that stands on a page or in a message, and a sentence or two that a newcomer understands."""

    key: str
    """Its address in the glossary: `/help#KEY`."""
    english: str
    chinese: str
    meaning: str
    meaning_chinese: str
