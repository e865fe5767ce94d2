"""The schema that editors use accepts what the program accepts, and underlines what it refuses."""

from __future__ import annotations

import re
from importlib.resources import files
from typing import Any

import pytest

from lowtide.errors import PolicyError
from lowtide.policy import policy_schema, read_policy_text
from lowtide.policy.loading import read_document

SCHEMA = policy_schema()
KINDS = {
    "string": str,
    "number": (int, float),
    "integer": int,
    "array": list,
    "object": dict,
    "null": type(None),
}


def document(text: str) -> Any:
    """The file as an editor reads it: YAML 1.2, in which `off` is a word."""
    return read_document(text).value


def fits(value: Any, schema: dict[str, Any]) -> bool:
    """JSON Schema, as far as this one goes."""
    if "$ref" in schema:
        return fits(value, SCHEMA["$defs"][schema["$ref"].rsplit("/", 1)[1]])
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if kinds and (isinstance(value, bool) or not any(isinstance(value, KINDS[kind]) for kind in kinds)):
        return False
    checks = [
        "anyOf" not in schema or any(fits(value, option) for option in schema["anyOf"]),
        "const" not in schema or (value == schema["const"] and not isinstance(value, bool)),
        "enum" not in schema or value in schema["enum"],
    ]
    if isinstance(value, str):
        checks += ["pattern" not in schema or bool(re.search(schema["pattern"], value))]
    if isinstance(value, int | float) and not isinstance(value, bool):
        checks += [
            value >= schema.get("minimum", value),
            value <= schema.get("maximum", value),
            "exclusiveMinimum" not in schema or value > schema["exclusiveMinimum"],
            "exclusiveMaximum" not in schema or value < schema["exclusiveMaximum"],
        ]
    if isinstance(value, list):
        pairs = zip(value, schema.get("prefixItems", []), strict=False)
        checks += [len(value) >= schema.get("minItems", 0), len(value) <= schema.get("maxItems", len(value))]
        checks += [fits(item, one) for item, one in pairs]
        checks += [fits(item, schema["items"]) for item in value if isinstance(schema.get("items"), dict)]
    if isinstance(value, dict):
        known, rest = schema.get("properties", {}), schema.get("additionalProperties", True)
        checks += [set(schema.get("required", ())) <= set(value)]
        checks += [fits(name, schema["propertyNames"]) for name in value if "propertyNames" in schema]
        for name, item in value.items():
            checks.append(fits(item, known[name]) if name in known else rest is not False)
            if name not in known and isinstance(rest, dict):
                checks.append(fits(item, rest))
    return all(checks)


GOOD = [
    "{}",
    "{late_window: 48h, defaults: {lead_time: 5, grace: 1d12h, dwell: 0, reorder_point: formula}}",
    "{layers: [{match: {category: DAIRY}, set: {watch: 0.2}}]}",
    '{layers: [{name: x, match: {sku: [330, "33*"], location: 7}, set: {off: [sales_spike]}}]}',
    "{profiles: {w: [1, 1, 1, 1, 1, 2, 2]}, defaults: {profile: w, severity: {overdue_supply: critical}}}",
    "{defaults: {lateness: [[0, 0.9], [7, 1]], reorder_point: 20}}",
    "{defaults: {horizon: 2 lead, watch: 0.2, season: summer, service: fill, unplanned: alert}}",
    "{defaults: {horizon: 10, sold_out_day: part, prior_rate: 0.1, prior_days: 28, calm: 4}, calibration_sample: 0}",
    "{layers: [{match: {xyz: [X, Y]}, set: {horizon: 36h, watch: null}}]}",
]
BAD = [
    "{defalts: {}}",
    "{late_window: 48}",
    "{late_window: 48 hours}",
    "{defaults: {watch: 1}}",
    "{defaults: {flap_count: true}}",
    "{defaults: {reorder_point: formla}}",
    "{defaults: {horizon: 3 lead}}",
    "{defaults: {unplanned: quiet}}",
    "{defaults: {half_life: 28}}",
    "{defaults: {season: 3}}",
    "{defaults: {off: [spikes]}}",
    "{defaults: {severity: {overdue_supply: high}}}",
    "{defaults: {lateness: [[0, 2]]}}",
    "{layers: [{match: {colour: red}, set: {}}]}",
    "{layers: [{match: {sku: []}, set: {}}]}",
    "{layers: [{match: {sku: 1}}]}",
]


@pytest.mark.parametrize("text", [*GOOD, (files("lowtide.samples") / "policy.yaml").read_text("utf-8")])
def test_a_good_file_is_good_for_both(text):
    read_policy_text(text, "p")
    assert fits(document(text), SCHEMA)


@pytest.mark.parametrize("text", BAD)
def test_a_wrong_file_is_wrong_for_both(text):
    with pytest.raises(PolicyError):
        read_policy_text(text, "p")
    assert not fits(document(text), SCHEMA)


def test_every_field_has_a_meaning_and_a_default_that_may_be_written():
    for holder in (SCHEMA, SCHEMA["$defs"]["Terms"], SCHEMA["$defs"]["Layer"]):
        assert holder["additionalProperties"] is False
        for name, field in holder["properties"].items():
            assert field.get("description"), name
            if "default" in field:
                assert fits(field["default"], field), (
                    f"an editor that fills in `{name}` must not write a mistake"
                )
