"""Mistakes of targets and of the contacts that name them."""

from __future__ import annotations

import ipaddress
from collections import Counter
from collections.abc import Iterator
from urllib.parse import urlsplit

from lowtide.people.checks.names import Fault, is_name
from lowtide.people.model import PeopleFile
from lowtide.people.sentences import instead
from lowtide.people.target import KIND_KEYS, NEEDED, PERSONAL
from lowtide.people.target_file import TargetFile
from lowtide.strict import Path

_MOST_KEYS = 2


def faults_of_contacts(file: PeopleFile) -> Iterator[Fault]:
    """Persons whom nothing reaches, contacts that no target carries, personal targets of two persons."""
    mails = [name for name, target in file.targets.items() if target.kind == "mail"]
    users = Counter(contact for person in file.people.values() for contact in set(person.contacts))
    for key, person in file.people.items():
        path: Path = ("people", key, "contacts")
        if not person.contacts:
            yield path, f"`{key}` has no contact: write such as `contacts: [mail:{key}@example.com]`"
        for contact in person.contacts:
            yield from ((path, why) for why in _of_contact(contact, file, mails))
            target = file.targets.get(contact)
            is_personal = target is not None and (target.personal or target.kind == "wecom-app")
            if is_personal and users[contact] > 1:
                others = sorted(name for name, other in file.people.items() if contact in other.contacts)
                why = f"`{contact}` is personal and a contact of {' and '.join(others)}: it may reach one person only"
                yield path, why


def _of_contact(contact: str, file: PeopleFile, mails: list[str]) -> Iterator[str]:
    kind, colon, rest = contact.partition(":")
    if not colon:
        if contact != "console" and contact not in file.targets:
            yield f"there is no target `{contact}`: {instead(contact, [*file.targets, 'console'])}"
        elif contact in mails:
            yield f"`{contact}` sends mail: write the address, such as mail:chen@example.com"
    elif kind == "mail":
        if "@" not in rest.strip("@") or any(letter.isspace() for letter in rest):
            yield f"write an address such as mail:chen@example.com (it is `{contact}`)"
        elif len(mails) > 1:
            yield f"`{contact}`: there are the mail targets {', '.join(mails)}: keep one"
    elif kind != "file" or not rest:
        yield f"write the name of a target, mail:ADDRESS, file:PATH or console (it is `{contact}`)"


def faults_of_targets(file: PeopleFile) -> Iterator[Fault]:
    """Keys that a kind does not have, keys that it needs, networks that are none."""
    for name, target in file.targets.items():
        path: Path = ("targets", name)
        if not is_name(name) or name == "console":
            yield (
                path,
                f"the name `{name}` of a target has letters, digits, `-`, `_` and `.` only, and is not `console`",
            )
        yield from ((path if key is None else (*path, key), why) for key, why in _of_target(target))


def _of_target(target: TargetFile) -> Iterator[tuple[str | None, str]]:
    kind, allowed = target.kind, ("kind", "personal", *KIND_KEYS[target.kind])
    written = {(TargetFile.model_fields[field].alias or field) for field in target.model_fields_set}
    for key in sorted(written - set(allowed)):
        yield key, f"a target of kind `{kind}` has no `{key}`: it has {', '.join(allowed)}"
    missing = [key for key in NEEDED[kind] if key not in written]
    if missing:
        yield None, f"a target of kind `{kind}` needs `{'`, `'.join(missing)}`"
    if kind == "webhook" and ("url" in written) == ("url_file" in written):
        yield None, "a webhook has either `url` or `url_file`"
    if target.url and urlsplit(target.url).scheme not in ("http", "https"):
        yield "url", "`url`: write an address such as https://erp.example.com/lowtide"
    if len(target.secret_file) > _MOST_KEYS:
        yield (
            "secret_file",
            f"`secret_file`: at most {_MOST_KEYS} keys, while one takes the place of the other",
        )
    if kind in PERSONAL[:2] and target.personal is False:
        yield "personal", f"a target of kind `{kind}` reaches one person: leave `personal` out"
    for network in target.allow:
        try:
            ipaddress.ip_network(network)
        except ValueError:
            yield "allow", f"`allow`: write networks such as 10.2.0.0/16 (it is `{network}`)"
