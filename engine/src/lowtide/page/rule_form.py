"""The form of a change of rules: a field for each value that people change, and what its texts mean.

A field is named by its path in the file, as JSON: `["layers",0,"set","watch"]`. Fields with another text than in force are
edits. A list is written with commas, a mapping as YAML writes it on one line.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from lowtide import strict
from lowtide.errors import SettingsError
from lowtide.policy import Terms
from lowtide.service.rules.texts import Kind, RuleText
from lowtide.strict.edit import Edit, written

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
_LISTS = {"digest", "contacts", "members", "rotate", "group_by", "follow", "steps"}
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


def edits(text: RuleText, given: Mapping[str, list[str]], without: Collection[str] = ()) -> list[Edit]:
    """What a form changes. Rows that were taken away come last, from the end, so that numbers stay.

    Raises SettingsError for a value that cannot be read.
    """
    fields = {
        field.name: field for part in parts(text, {}, without) for row in part.rows for field in row.fields
    }
    found: list[Edit] = []
    fresh: dict[Path, dict[str, Any]] = {}
    length: dict[Path, int] = {}
    for name, field in fields.items():
        said = given.get(name, [field.value])[0].strip()
        if said == field.value:
            continue
        path = tuple(orjson.loads(name))
        holder, number = _new_row(text.value, path)
        if holder is not None and number is not None:
            fresh.setdefault((*holder, number), {}).update(
                _nested(path[len(holder) + 1 :], _typed(text.kind, path, said))
            )
            length[holder] = number
        else:
            found.append(Edit(path, _typed(text.kind, path, said)))
    for place, row in fresh.items():
        if text.kind == "policy":
            row.setdefault("match", {})
            row.setdefault("set", {})
        found.append(Edit(place, row))
    gone = sorted(
        map(_path, given.get("remove", [])), key=lambda path: (str(type(path[-1])), path[-1]), reverse=True
    )
    return [*found, *(Edit(path, None) for path in gone)]


def _path(text: str) -> Path:
    """The path of a row that is to go. Raises SettingsError for what is not one."""
    try:
        path = orjson.loads(text)
    except orjson.JSONDecodeError:
        path = None
    if not isinstance(path, list) or not path or not all(type(one) in (str, int) for one in path):
        raise SettingsError("`remove` names no row of this file", "Load the page again.")
    return tuple(path)


def _nested(path: Path, value: Any) -> dict[str, Any]:
    for key in reversed(path[1:]):
        value = {key: value}
    return {str(path[0]): value}


def _new_row(value: Any, path: Path) -> tuple[Path | None, int | None]:
    """The list that a path appends to, and the number of the new item; None: the path leads to something that is there."""
    for at, key in enumerate(path):
        if isinstance(key, int):
            node: Any = value
            for step in path[:at]:
                node = node.get(step, []) if isinstance(node, dict) else []
            return (path[:at], key) if key >= len(node) else (None, None)
    return None, None


def _typed(kind: Kind, path: Path, text: str) -> Any:
    """What a text of a field means; empty: take the value away."""
    if not text:
        return None
    key = str(path[-1])
    if key == "match":
        return _mapping(text)
    if key in _LISTS or (text.startswith("[") and text.endswith("]")):
        return [part.strip() for part in text.strip("[]").replace("，", ",").split(",") if part.strip()]
    if kind == "policy" and key in Terms.model_fields:
        try:
            number = orjson.loads(text)
        except orjson.JSONDecodeError:
            return text
        return number if isinstance(number, int | float) and not isinstance(number, bool) else text
    return text


def _mapping(text: str) -> dict[str, Any]:
    """`department: [PRODUCE, MEAT]; location: 330` as a mapping."""
    body = text if text.startswith("{") else "{" + text.replace(";", ",").replace("；", ",") + "}"
    try:
        found = strict.document(body.replace("：", ": "), "a mapping", lambda path: True).value
        if None in found.values():
            raise ValueError
    except (strict.YamlFault, ValueError):
        raise SettingsError(
            f"`{text[:100]}` does not say what is matched",
            "Write it as `department: [PRODUCE, MEAT], location: 330`.",
        ) from None
    return {str(key): one for key, one in found.items()}


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
    title = str(layer.get("name") or _shown(layer.get("match")))
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
    who = _shown(known.get("match")) or str(known.get("person") or known.get("team") or "")
    whom = str(known.get("to") if "match" in known or "person" not in known else known.get("deputy") or "")
    return f"{number + 1}. {' → '.join(filter(None, [who, whom]))}".rstrip()


def _fields(base: Path, value: Mapping[str, Any], keys: tuple[str, ...]) -> tuple[Field, ...]:
    return tuple(_field((*base, key), value.get(key)) for key in keys)


def _field(path: Path, value: Any) -> Field:
    return Field(_name(path), str(path[-1]), _shown(value))


def _name(path: Path) -> str:
    return orjson.dumps(path).decode()


def _shown(value: Any) -> str:
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
