"""What the texts of a form of rules change: fields with another text than in force, and rows that were taken away.

A list is written with commas, a mapping as YAML writes it on one line.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import orjson

from lowtide import strict
from lowtide.errors import SettingsError
from lowtide.page.rule_form import Path, parts
from lowtide.policy import Terms
from lowtide.service.rules.texts import Kind, RuleText
from lowtide.strict.edit import Edit

_LISTS = {"digest", "contacts", "members", "rotate", "group_by", "follow", "steps"}


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
