"""The schema that editors use knows the keys that the program knows, and fills in defaults that may be written."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from lowtide.people.model import PeopleFile
from lowtide.people.schema import people_schema
from lowtide.people.sentences import known
from tests.people.shop import PEOPLE

SCHEMA = people_schema()
KINDS = {
    "string": str,
    "number": (int, float),
    "integer": int,
    "array": list,
    "object": dict,
    "boolean": bool,
    "null": type(None),
}


def fits(value: Any, schema: dict[str, Any]) -> bool:
    """JSON Schema, as far as this one goes."""
    if "$ref" in schema:
        return fits(value, SCHEMA["$defs"][schema["$ref"].rsplit("/", 1)[1]])
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if kinds and not any(isinstance(value, KINDS[kind]) for kind in kinds):
        return False
    checks = [
        "anyOf" not in schema or any(fits(value, option) for option in schema["anyOf"]),
        "const" not in schema or value == schema["const"],
        "enum" not in schema or value in schema["enum"],
    ]
    if isinstance(value, str):
        checks.append("pattern" not in schema or bool(re.search(schema["pattern"], value)))
    if isinstance(value, list):
        checks += [len(value) >= schema.get("minItems", 0)]
        checks += [fits(item, schema["items"]) for item in value if isinstance(schema.get("items"), dict)]
    if isinstance(value, dict):
        properties, rest = schema.get("properties", {}), schema.get("additionalProperties", True)
        checks.append(set(schema.get("required", ())) <= set(value))
        checks += [fits(name, schema["propertyNames"]) for name in value if "propertyNames" in schema]
        for name, item in value.items():
            checks.append(fits(item, properties[name]) if name in properties else rest is not False)
            if name not in properties and isinstance(rest, dict):
                checks.append(fits(item, rest))
    return all(checks)


class Words(yaml.SafeLoader):
    """YAML as an editor reads it: dates and times of day are texts."""


Words.yaml_implicit_resolvers = {
    letter: [(tag, form) for tag, form in forms if tag.rpartition(":")[2] not in ("timestamp", "int")]
    + [("tag:yaml.org,2002:int", re.compile(r"^[0-9]+$"))] * any(letter == digit for digit in "0123456789")
    for letter, forms in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def document(text: str) -> Any:
    return yaml.load(text, Loader=Words)


@pytest.mark.parametrize(
    "text", [PEOPLE, "{people: people.csv, teams: teams.csv}", "{people: {an: {contacts: console}}}"]
)
def test_a_good_file_is_good_for_an_editor(text):
    assert fits(document(text), SCHEMA)


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        "{people: {an: {contacs: console}}}",
        "{people: {}, rotues: []}",
        "{people: {}, routes: [{match: {severity: watch}, to: an}]}",
        "{people: {}, targets: {x: {kind: wechat}}}",
        "{people: {}, ladders: {high: {}}}",
        "{people: {}, ladders: {critical: {ack: 30}}}",
        "{people: {}, reviews: [{to: an, every: year}]}",
        "{people: {}, inhibit: [{when: {sku: a}, mutes: {sku: a}, equal: []}]}",
    ],
)
def test_a_wrong_file_is_underlined(text):
    assert not fits(document(text), SCHEMA)


def test_every_key_has_a_meaning_and_a_default_that_may_be_written():
    for holder in (SCHEMA, *SCHEMA["$defs"].values()):
        assert holder["additionalProperties"] is False
        for name, field in holder["properties"].items():
            assert field.get("description") or name in ("stages", "ladders"), name
            if "default" in field:
                assert fits(field["default"], field), name


def test_a_key_that_is_python_s_word_has_its_name_in_the_file():
    assert "from" in known(("teams", "buyers")) and "from_" not in known(("teams", "buyers"))
    assert known(("ladders",)) == ["critical", "warning", "watch"] and known(()) == list(
        PeopleFile.model_fields
    )
