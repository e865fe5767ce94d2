"""The title of a message: how many of what, of whom, in which standing. `3 SKUs of supplier V002 late`."""

from __future__ import annotations

import re
from datetime import date

from lowtide.notify.foreign import harmless
from lowtide.notify.line import named
from lowtide.notify.message import Message
from lowtide.words import Language

_SEAM = re.compile("(?<=[A-Za-z0-9])(?=[\u4e00-\u9fff])")


def title(message: Message, language: Language, *, brief: bool = False) -> str:
    """The title, with the severity in front of it where the message has one. `brief`: it does not list the types."""
    severity = (
        language.say("message.severity", severity=language.word("severity", harmless(message.severity)))
        if message.severity
        else ""
    )
    return severity + language.say(
        f"message.title.{_kind(message)}",
        shape=shape(message, language, brief=brief),
        owner=harmless(message.owner_name),
        silence=harmless(dict(message.about).get("silence", "")),
        day=language.day(message.at.date()),
        n=language.count(message.count, "proposal" if message.orders else "alert"),
    )


def is_silence(message: Message) -> bool:
    """Whether it tells the author of a silence that the silence ends."""
    return message.reason == "REMINDER" and any(name == "silence" for name, _ in message.about)


def _kind(message: Message) -> str:
    if is_silence(message):
        return "SILENCE"
    if message.orders and message.orders[0].state in ("asked", "given"):
        return "PROPOSALS_GIVING"
    if message.orders:
        return "PROPOSALS" if message.reason == "REMINDER" else "PROPOSALS_STEP"
    own = message.reason == "STEP" and message.owner_name in ("", message.person_name)
    return "STEP_OWN" if own else message.reason


def shape(message: Message, language: Language, *, brief: bool = False) -> str:
    """How many of what, and what is the matter with them; a blank stands between Latin and Chinese."""
    return _SEAM.sub(" ", _shape(message, language, brief))


def _shape(message: Message, language: Language, brief: bool) -> str:
    types = {line.type for line in message.lines} | {value for name, value in message.about if name == "type"}
    key = f"message.shape.{next(iter(types))}" if len(types) == 1 and _is_whole(message) else ""
    plain = key if language.has(key) else "message.shape.mixed"
    noun = _noun(message) if plain == key else "alert"
    if message.count == 1 and len(message.lines) == 1 and plain == key:
        line = message.lines[0]
        what = f"{named(language, line.sku, line.sku_name)} · {named(language, line.location, line.location_name)} "
        return language.say(key, n=what.rstrip() if language.lang == "en" else what, of="")
    said = {"n": language.count(message.count, noun), "of": _of(message, language)}
    if brief or plain == key or not message.lines:
        return language.say(plain, **said)
    more = "kinds" if _is_whole(message) else "kinds_more"
    return language.say(f"message.shape.{more}", **said, kinds=_kinds(message, language))


def _kinds(message: Message, language: Language) -> str:
    """The types of the lines, that of the dearest first."""
    types = dict.fromkeys(line.type for line in message.lines)
    return language.say("message.kinds_join").join(language.word("type", harmless(one)) for one in types)


def _is_whole(message: Message) -> bool:
    """Whether the type of the lines is that of everything counted."""
    return message.count <= len(message.lines) or any(name == "type" for name, _ in message.about)


def _noun(message: Message) -> str:
    """SKUs or places where that is certain from the lines, else positions; feeds where all are about feeds."""
    if all(line.type == "silent_feed" for line in message.lines):
        return "feed_count"
    if message.count > len(message.lines):
        return "position"
    skus = {line.sku for line in message.lines}
    if len(skus) == len(message.lines):
        return "sku"
    return "place" if len(skus) == 1 else "position"


def _of(message: Message, language: Language) -> str:
    """What all share, in the order in which the group has it."""
    shared = ""
    for column, value in message.about:
        key = f"message.of.{column}"
        if not value or not language.has(key):
            continue
        names = {line.location: line.location_name for line in message.lines}
        shared += language.say(key, value=_value(column, value, names.get(value, ""), language))
    return shared


def _value(column: str, value: str, name: str, language: Language) -> str:
    if column == "day":
        return language.day(date.fromisoformat(value), year=False)
    return named(language, value, name) if column == "location" else harmless(value)
