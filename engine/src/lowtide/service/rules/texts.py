"""The text of the rules in force: what a change starts from, and which file or change it came from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from lowtide.catalogue import load_locations
from lowtide.desk import people_versions
from lowtide.errors import LowtideError, PeopleError, SettingsError
from lowtide.people import Book
from lowtide.people.loading import read_over
from lowtide.people.source import Source
from lowtide.people.written import text_of
from lowtide.policy import compile_policy, load_policy, places_of, policy_text, read_policy_text
from lowtide.policy.places import Places
from lowtide.service.answer import Answer
from lowtide.service.context import Context
from lowtide.service.rules import reach
from lowtide.settings import Settings
from lowtide.strict import plain
from lowtide.warehouse import Warehouse, rule_changes

Kind = Literal["policy", "people"]
KINDS: tuple[Kind, ...] = ("policy", "people")


@dataclass(frozen=True)
class RuleText(Answer):
    """The text of a policy or of people that a change starts from."""

    kind: Kind
    text: str
    version: str
    """What the text makes: 12 hex digits."""
    origin: Literal["change", "file", "version", "defaults"]
    """A change that was approved here, the file, written anew from the version in force, or nothing but the defaults.
    `rules.from.KIND.ORIGIN` says it in a sentence."""
    name: str
    """The name of the file, for messages with line and column."""
    differs: str
    """The version that the file on disk makes, or that the newest entry names, if it is another one; else empty."""

    @property
    def value(self) -> Any:
        """What the text says, every scalar as its text."""
        return plain(self.text) or {}


def text_in_force(context: Context, warehouse: Warehouse, kind: Kind) -> RuleText:
    """The text in force. Raises PolicyError, PeopleError or WarehouseError."""
    return _policy(context, warehouse) if kind == "policy" else _people(context, warehouse)


def version_of(context: Context, warehouse: Warehouse, kind: Kind, text: str, name: str) -> str:
    """The version that a text makes. Raises PolicyError or PeopleError, which list every mistake."""
    if kind == "policy":
        return policy_version(text, name, places(context.settings))
    return book_of(context, warehouse, text, name).version


def policy_version(text: str, name: str, where: Places | None) -> str:
    """The version of a policy over these places. Raises PolicyError."""
    return str(compile_policy(read_policy_text(text, name, where))["version"])


def places(settings: Settings) -> Places | None:
    """The places of the locations file of the settings."""
    return places_of(load_locations(settings.locations) if settings.locations else None)


def book_of(context: Context, warehouse: Warehouse, text: str, name: str) -> Book:
    """The people of a changed text, over the lists and places of the version in force.

    Raises PeopleError, and SettingsError for a text that opens a way out of the desk (see `reach`).
    """
    before = source_in_force(context, warehouse)
    after = read_over(text, name, before)
    reach.check(before, after)
    return Book.of(after)


def source_in_force(context: Context, warehouse: Warehouse) -> Source:
    """The version of people in force. Raises PeopleError if it cannot be read."""
    there = people_versions.in_force(warehouse)
    return Source.of(there.document if there else context.book().document)


def _policy(context: Context, warehouse: Warehouse) -> RuleText:
    """The text whose version the newest entry names, or else the likeliest; a change that no run has met yet comes first."""
    where, newest = places(context.settings), rule_changes.policy_of_newest_entry(warehouse)
    known = list(_policies(context, warehouse, where, newest))
    first = known[0]
    is_new = first[2] == "change" and not rule_changes.policy_of_version(warehouse, first[1])
    text, version, origin, name = first if is_new else next((one for one in known if one[1] == newest), first)
    return RuleText("policy", text, version, origin, name, newest if newest not in ("", version) else "")


_Found = tuple[str, str, Literal["change", "file", "version", "defaults"], str]


def _policies(context: Context, warehouse: Warehouse, where: Places | None, newest: str) -> Iterator[_Found]:
    """The texts that may be in force, the likeliest first: the last change, the file; without a file the version that the
    newest entry names, the defaults."""
    path = context.settings.policy
    name = Path(path).name if path else "policy.yaml"
    for row in rule_changes.changes(warehouse, "policy", "applied", 1):
        try:
            yield row["document"], policy_version(row["document"], name, where), "change", name
        except SettingsError:  # it was made for other places
            continue
    if path:
        text = Path(path).read_text("utf-8-sig") if Path(path).is_file() else ""
        yield text, str(compile_policy(load_policy(path, where))["version"]), "file", name
        return
    stored = rule_changes.policy_of_version(warehouse, newest)
    if stored and newest != policy_version("", name, where):
        try:
            text = policy_text(stored, where)
            yield text, policy_version(text, name, where), "version", name
        except (SettingsError, ValueError, KeyError):  # another program wrote it
            pass
    yield "", policy_version("", name, where), "defaults", name


def _people(context: Context, warehouse: Warehouse) -> RuleText:
    source = source_in_force(context, warehouse)
    version, file = Book.of(source).version, context.people_file
    name = file.name if file else "people.yaml"
    on_disk = _on_disk(context)
    differs = on_disk[1] if on_disk and on_disk[1] != version else ""
    for row in rule_changes.changes(warehouse, "people", "applied", 1):
        try:
            if Book.of(read_over(row["document"], name, source)).version == version:
                return RuleText("people", row["document"], version, "change", name, differs)
        except PeopleError:  # it was made over other lists
            continue
    if on_disk and not differs:
        return RuleText("people", on_disk[0], version, "file", name, "")
    return RuleText("people", text_of(source), version, "version", name, differs)


def _on_disk(context: Context) -> tuple[str, str] | None:
    """The file of people and the version that it makes; None: there is no file, or it cannot be read."""
    file = context.people_file
    if file is None or not file.is_file():
        return None
    path = context.settings.locations
    try:
        book = Book.load(file, load_locations(path) if path else None)
        return file.read_text("utf-8-sig"), book.version
    except (LowtideError, OSError):
        return None
