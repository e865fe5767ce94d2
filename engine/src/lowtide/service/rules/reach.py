"""What a change of people on the page or in the API leaves alone: where messages go, and which files the file names.

A target has an address and files of secrets, and a contact such as `file:PATH` or `mail:ADDRESS` is a way out of the desk.
Whoever may edit the file of people on its machine may open one; who comes over HTTP chooses among those that are there.
"""

from __future__ import annotations

from lowtide.errors import SettingsError
from lowtide.people.model import PeopleFile
from lowtide.people.source import Source

_FIXED = ("targets", "public_url", "locations", "checklists")
_HINT = "Change the file of people on the machine of the desk, and `lowtide people apply` it."


def check(before: Source, after: Source) -> None:
    """Raises SettingsError, which names the key, if a change opens a way out or names a file."""
    old, new = before.file, after.file
    for key in _FIXED:
        if getattr(new, key) != getattr(old, key):
            raise SettingsError(f"`{key}` cannot be changed here", _HINT)
    known = {*_contacts(old), *old.targets, "console"}
    for contact in _contacts(new):
        if contact not in known:
            raise SettingsError(
                f"`contacts`: nobody has the contact `{contact[:100]}` yet, so it cannot be given here", _HINT
            )


def _contacts(file: PeopleFile) -> list[str]:
    return [contact for person in file.people.values() for contact in person.contacts]
