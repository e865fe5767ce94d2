"""All that a version of people is made of: the file, its lists, the places, days of its own, checklists.

The document of a version is this as JSON, so that a stored version can be read without any file. Its hash is the name of the
version. Secrets are not in it: only the names of the files that hold them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import orjson

from lowtide.errors import PeopleError
from lowtide.people.model import PeopleFile
from lowtide.people.place import Places

_FORMAT = 1


@dataclass(frozen=True)
class Source:
    """A checked file with everything that it names."""

    value: Mapping[str, Any]
    """What the file says, its lists in place of their names."""
    places: Places = field(default_factory=Places)
    days: Mapping[str, Mapping[date, bool]] = field(default_factory=dict)
    """By calendar: days of its own file, True for a working day."""
    checklists: Mapping[str, str] = field(default_factory=dict)
    """By `TYPE.LANG`: what the shop does about such an alert, in Markdown."""

    @property
    def file(self) -> PeopleFile:
        """The file as its model."""
        return PeopleFile.model_validate(self.value)

    def document(self) -> str:
        """The version as JSON: the same content is the same text."""
        days = {
            calendar: {day.isoformat(): works for day, works in own.items()}
            for calendar, own in self.days.items()
        }
        content = {
            "format": _FORMAT, "file": self.value, "locations": self.places.as_rows(), "days": days,
            "checklists": self.checklists,
        }  # fmt: skip
        return orjson.dumps(content, option=orjson.OPT_SORT_KEYS).decode()

    @classmethod
    def of(cls, document: str) -> Source:
        """The version in a stored document. Raises PeopleError if another program wrote it."""
        try:
            content = orjson.loads(document)
            if content["format"] != _FORMAT:
                raise ValueError(f"its format is {content['format']}")
            days = {
                calendar: {date.fromisoformat(day): works for day, works in own.items()}
                for calendar, own in content["days"].items()
            }
            source = cls(content["file"], Places.of_rows(content["locations"]), days, content["checklists"])
            PeopleFile.model_validate(source.value)
        except (ValueError, KeyError, TypeError) as error:
            raise PeopleError(
                f"the stored version of people cannot be read: {error}",
                "Store the file again with `lowtide people apply F`, with the same version of `lowtide` as the desk.",
            ) from None
        return source


def version_of(document: str) -> str:
    """The name of a version: the first 12 hex digits of the SHA-256 of its document."""
    return hashlib.sha256(document.encode()).hexdigest()[:12]
