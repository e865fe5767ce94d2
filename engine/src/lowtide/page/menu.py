"""The menu: which pages it names, in which order, and which of them stand on the phone's bar."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lowtide.page.ask import Page
from lowtide.service import Caller
from lowtide.words import Language

SECTIONS: dict[str, tuple[str, ...]] = {
    "work": ("queue", "proposals", "board"),
    "look": ("signs", "heatmap", "trends", "kpi", "suppliers", "calibration"),
    "desk": ("people", "silences", "messages", "policy", "rules", "add", "audit"),
    "me": ("help", "account"),
}
"""Names of pages by section; a page that is not here is reached from others."""
BOTTOM = ("queue", "proposals", "board", "kpi")
"""On the phone, beside `more`."""


@dataclass(frozen=True)
class Entry:
    """One line of the menu."""

    name: str
    path: str
    text: str
    current: bool


@dataclass(frozen=True)
class Section:
    """Lines under one word."""

    text: str
    pages: tuple[Entry, ...]


def sections(
    pages: Mapping[str, Page],
    caller: Caller,
    tell: Language,
    current: str,
    names: Mapping[str, tuple[str, ...]],
) -> tuple[Section, ...]:
    """The menu for a reader: only what the role may read."""
    made = []
    for section, wanted in names.items():
        entries = _entries(pages, caller, tell, current, wanted)
        if entries:
            made.append(Section(tell.say(f"frame.section.{section}"), entries))
    return tuple(made)


def bottom(pages: Mapping[str, Page], caller: Caller, tell: Language, current: str) -> tuple[Entry, ...]:
    """The phone's bar."""
    return _entries(pages, caller, tell, current, BOTTOM)


def _entries(
    pages: Mapping[str, Page], caller: Caller, tell: Language, current: str, names: tuple[str, ...]
) -> tuple[Entry, ...]:
    return tuple(
        Entry(name, pages[name].path, tell.say(f"page.{name}"), name == current)
        for name in names
        if name in pages and caller.role.includes(pages[name].role)
    )
