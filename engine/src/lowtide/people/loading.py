"""`people.yaml` is read once, and all its mistakes are reported together: file, line, column, what would be correct.

text ──▶ strict YAML ──▶ lists in place of their names ──▶ model (each value) ──▶ checks (values that depend on one another)
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
from pydantic import ValidationError

from lowtide import strict
from lowtide.catalogue import load_locations
from lowtide.errors import PeopleError, PolicyError
from lowtide.ledger import TYPES
from lowtide.people import checks, holiday_file, lists
from lowtide.people.model import PeopleFile
from lowtide.people.place import Places
from lowtide.people.sentences import sentence
from lowtide.people.source import Source
from lowtide.strict import Document, YamlFault

_ROOT = "the file of people is a mapping, such as `people:` and `routes:`"
_HINT = "Check it again with `lowtide people check`; docs/people.md has every key."
_LANGS = ("en", "zh")


@dataclass
class _Reading:
    """One file while it is read: what is wrong so far, and where the rows of its lists stand."""

    name: str
    folder: Path
    document: Document
    rows: dict[strict.Path, str] = field(default_factory=dict)
    faults: list[tuple[tuple[Any, ...], str]] = field(default_factory=list)

    def fault(self, path: strict.Path, message: str) -> None:
        """A mistake at a place of the file, or in the row of a list."""
        if path[:2] in self.rows:
            return self.beside(f"{self.rows[path[:2]]}: {message}")
        line, column = self.document.place(path)
        self.faults.append(((0, line, column), f"{self.name}:{line}:{column}: {message}"))
        return None

    def beside(self, text: str) -> None:
        """A mistake in another file; the text says where."""
        self.faults.append(((1, 0, 0), text))

    def close(self) -> None:
        """Raises PeopleError if anything is wrong."""
        if self.faults:
            raise PeopleError("\n".join(text for _, text in sorted(set(self.faults))), _HINT)


def load_source(path: Path, locations: pa.RecordBatch | None) -> Source:
    """The file with everything that it names. Raises PeopleError, which lists every mistake."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise PeopleError(
            f"there is no file of people `{path}`", "docs/people.md begins with one of 20 lines."
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise PeopleError(f"`{path}` cannot be read: {error}", "It is a YAML file in UTF-8.") from error
    return read_source(text, str(path), path.parent, locations)


def read_source(text: str, name: str, folder: Path, locations: pa.RecordBatch | None = None) -> Source:
    """The file in a text; messages contain `name`, other files are looked for in `folder`. Raises PeopleError."""
    try:
        document = strict.document(text, _ROOT, lambda path: True)
    except YamlFault as fault:
        line, column = fault.place
        raise PeopleError(f"{name}:{line}:{column}: {fault.message}", _HINT) from None
    reading = _Reading(name, folder, document)
    value = _with_lists(reading)
    places = _places(reading, locations)
    file = _checked(reading, value)
    days, checklists = _days(reading, file), _checklists(reading, file)
    for path, message in checks.faults(file, places):
        reading.fault(path, message)
    reading.close()
    return Source(value, places, days, checklists)


def read_over(text: str, name: str, before: Source) -> Source:
    """A changed text of a version, over what that version has beside its file: lists, places, own days, checklists.

    No file is opened. Raises PeopleError, which lists every mistake.
    """
    try:
        document = strict.document(text, _ROOT, lambda path: True)
    except YamlFault as fault:
        line, column = fault.place
        raise PeopleError(f"{name}:{line}:{column}: {fault.message}", _HINT) from None
    reading = _Reading(name, Path(), document)
    value = dict(document.value)
    for what in lists.KEY:
        if isinstance(value.get(what), str):
            value[what] = before.value.get(what, {})
    file = _checked(reading, value)
    days = {}
    for calendar, one in file.calendars.items():
        if one.holidays_file is None:
            continue
        if calendar not in before.days:
            place = ("calendars", calendar, "holidays_file")
            reading.fault(
                place, "a file cannot be added here: change the file of people and `lowtide people apply` it"
            )
            continue
        days[calendar] = before.days[calendar]
    for path, message in checks.faults(file, before.places):
        reading.fault(path, message)
    reading.close()
    return Source(value, before.places, days, before.checklists)


def _checked(reading: _Reading, value: dict[str, Any]) -> PeopleFile:
    """The file as its model. Unknown words are noted and left out, so that the rest is checked too. Raises PeopleError."""
    try:
        return PeopleFile.model_validate(value)
    except ValidationError as error:
        details = error.errors()
    for detail in details:
        reading.fault(*sentence(detail))
    if any(detail["type"] != "extra_forbidden" for detail in details):
        reading.close()
    known = deepcopy(value)
    for detail in details:
        holder: Any = known
        for part in detail["loc"][:-1]:
            holder = holder[part]
        del holder[detail["loc"][-1]]
    return PeopleFile.model_validate(known)


def _with_lists(reading: _Reading) -> dict[str, Any]:
    """What the file says, with the rows of a list in place of its name."""
    value = dict(reading.document.value)
    for what in lists.KEY:
        if not isinstance(value.get(what), str):
            continue
        try:
            value[what], places, faults = lists.rows(reading.folder / value[what], what)
        except PolicyError as error:
            value[what], places, faults = {}, {}, [error.message]
        reading.rows |= {(what, name): place for name, place in places.items()}
        for text in faults:
            reading.beside(text)
    return value


def _places(reading: _Reading, locations: pa.RecordBatch | None) -> Places:
    """The places of `--locations`, else of the file that `locations:` names."""
    named = reading.document.value.get("locations")
    try:
        if locations is None and isinstance(named, str):
            locations = load_locations(reading.folder / named)
    except PolicyError as error:
        reading.beside(error.message)
    return Places.of(locations)


def _days(reading: _Reading, file: PeopleFile) -> dict[str, dict[date, bool]]:
    """The days of each calendar that names a file of its own."""
    found = {}
    for name, calendar in file.calendars.items():
        if calendar.holidays_file is None:
            continue
        try:
            found[name] = holiday_file.days(reading.folder / calendar.holidays_file)
        except (OSError, ValueError) as error:
            reading.fault(
                ("calendars", name, "holidays_file"), f"`{calendar.holidays_file}` cannot be read: {error}"
            )
    return found


def _checklists(reading: _Reading, file: PeopleFile) -> dict[str, str]:
    """The texts of the folder of checklists by `TYPE.LANG`."""
    if file.checklists is None:
        return {}
    folder, found = reading.folder / file.checklists, {}
    if not folder.is_dir():
        reading.fault(("checklists",), f"there is no folder `{folder}`")
        return {}
    for path in sorted(folder.glob("*.md")):
        kind, _, lang = path.stem.rpartition(".")
        if kind not in TYPES or lang not in _LANGS:
            reading.beside(
                f"{path}: a checklist is named TYPE.LANG.md, such as {TYPES[0]}.zh.md; types are {', '.join(TYPES)}"
            )
            continue
        try:
            found[path.stem] = path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            reading.beside(f"{path}: cannot be read: {error}")
    return found
