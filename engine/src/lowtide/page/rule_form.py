"""The form of a change of rules: a field for each value that people change.

A field is named by its path in the file, as JSON: `["layers",0,"set","watch"]`. `rule_edits` says what its texts mean.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from lowtide.policy import Terms
from lowtide.service.rules.texts import RuleText
from lowtide.strict.edit import written

TERMS = tuple(
    name
    for name in (
        "watch", "warning", "critical", "lead_time", "lead_time_sd", "review_period", "service_level", "method", "min_level",
        "max_level", "reorder_point", "grace", "propose_at", "over_max",
    )
    if name in Terms.model_fields
)  # fmt: skip
"""Values of the policy that have a field; the whole text has all."""
PERSON = ("quiet", "budget", "digest", "calendar", "contacts", "lead", "deputy", "approve_up_to")
TEAM = ("lead", "members", "rotate", "every", "fallback", "calendar")
ROUTE = ("match", "to", "group_by", "follow")
ABSENCE, OVERRIDE = ("person", "from", "to", "deputy"), ("team", "person", "from", "to")
LADDER = ("ack", "resolve", "steps", "repeat")
_MOST_ROWS = 60
"""More persons, teams, routes or layers than these are changed in the whole text."""
Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Field:
    """One field."""

    name: str
    key: str
    value: str


@dataclass(frozen=True)
class Row:
    """Fields that belong together: a layer, a person, an absence."""

    title: str
    fields: tuple[Field, ...]
    remove: str = ""
    """Name of the box that takes the whole row away; empty: it stays."""
    is_new: bool = False


@dataclass(frozen=True)
class Part:
    """Rows under one heading: `rules.part.KEY`."""

    key: str
    rows: tuple[Row, ...]
    more: int = 0
    """Rows that are not shown."""


def parts(text: RuleText, given: Mapping[str, list[str]], without: Collection[str] = ()) -> list[Part]:
    """The form of a text, with what was typed where something was, and without the fields of some keys."""
    value = text.value
    made = _policy(value) if text.kind == "policy" else _people(value)
    return [_with(part, given, without) for part in made]


def _policy(value: Any) -> Iterator[Part]:
    yield Part("defaults", (Row("", _fields(("defaults",), value.get("defaults") or {}, TERMS)),))
    layers = value.get("layers") or []
    rows = [_layer(number, layer) for number, layer in enumerate(layers[:_MOST_ROWS])]
    rows.append(_layer(len(layers), {}, is_new=True))
    yield Part("layers", tuple(rows), max(0, len(layers) - _MOST_ROWS))


def _layer(number: int, layer: Any, is_new: bool = False) -> Row:
    base = ("layers", number)
    heads = (_field((*base, "name"), layer.get("name")), _field((*base, "match"), layer.get("match")))
    fields = (*heads, *_fields((*base, "set"), layer.get("set") or {}, TERMS))
    title = str(layer.get("name") or shown(layer.get("match")))
    return Row(title, fields, "" if is_new else _name(base), is_new)


def _people(value: Any) -> Iterator[Part]:
    persons = value.get("people") or {}
    if isinstance(persons, dict):
        yield _keyed("people", persons, PERSON)
    teams = value.get("teams") or {}
    if isinstance(teams, dict) and teams:
        yield _keyed("teams", teams, TEAM)
    for key, fields in (("absences", ABSENCE), ("overrides", OVERRIDE), ("routes", ROUTE)):
        yield _listed(key, value.get(key) or [], fields)
    ladders = value.get("ladders") or {}
    rows = [
        Row(name, _fields(("ladders", name), ladders.get(name) or {}, LADDER))
        for name in ("critical", "warning", "watch")
    ]
    yield Part("ladders", tuple(rows))


def _keyed(key: str, named: Mapping[str, Any], keys: tuple[str, ...]) -> Part:
    rows = []
    for name, one in list(named.items())[:_MOST_ROWS]:
        own = one if isinstance(one, dict) else {}
        title = f"{own['name']} ({name})" if own.get("name") else name
        rows.append(Row(title, _fields((key, name), own, keys)))
    return Part(key, tuple(rows), max(0, len(named) - _MOST_ROWS))


def _listed(key: str, items: list[Any], keys: tuple[str, ...]) -> Part:
    rows = [
        Row(_listed_title(number, one), _fields((key, number), one, keys), _name((key, number)))
        for number, one in enumerate(items[:_MOST_ROWS])
    ]
    rows.append(Row("", _fields((key, len(items)), {}, keys), is_new=True))
    return Part(key, tuple(rows), max(0, len(items) - _MOST_ROWS))


def _listed_title(number: int, one: Any) -> str:
    """What a person knows it by: `2. type: overdue_supply → buyers`, `1. wang → li`."""
    known = one if isinstance(one, dict) else {}
    who = shown(known.get("match")) or str(known.get("person") or known.get("team") or "")
    whom = str(known.get("to") if "match" in known or "person" not in known else known.get("deputy") or "")
    return f"{number + 1}. {' → '.join(filter(None, [who, whom]))}".rstrip()


def _fields(base: Path, value: Mapping[str, Any], keys: tuple[str, ...]) -> tuple[Field, ...]:
    return tuple(_field((*base, key), value.get(key)) for key in keys)


def _field(path: Path, value: Any) -> Field:
    return Field(_name(path), str(path[-1]), shown(value))


def _name(path: Path) -> str:
    return orjson.dumps(path).decode()


def shown(value: Any) -> str:
    """A value as its field shows it."""
    if value is None:
        return ""
    if isinstance(value, list):
        return ", ".join(map(str, value)) if all(isinstance(one, str) for one in value) else written(value)
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_plain(one)}" for key, one in value.items())
    return str(value)


def _plain(value: Any) -> str:
    return value if isinstance(value, str) and value.isalnum() else written(value)


def _with(part: Part, given: Mapping[str, list[str]], without: Collection[str]) -> Part:
    """The same rows with what was typed, and without the fields of some keys."""
    rows = tuple(
        Row(
            row.title,
            tuple(
                Field(one.name, one.key, given.get(one.name, [one.value])[0])
                for one in row.fields
                if one.key not in without
            ),
            row.remove, row.is_new,
        )
        for row in part.rows
    )  # fmt: skip
    return Part(part.key, rows, part.more)
