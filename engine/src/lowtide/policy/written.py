"""A compiled policy as a file again: durations with their units, and only the values that are not defaults.

    policy_text(document, places)    # `document` stands in table policy_version; `places` are those of the locations file

What compiling takes away does not come back: comments, `version:`, and the regions, which have become lists of locations.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
import yaml

from lowtide.policy.compiled import policy_document
from lowtide.policy.model import Policy, Terms
from lowtide.policy.places import Places
from lowtide.policy.table import TABLE, wire_name
from lowtide.strict.duration import UNITS
from lowtide.strict.duration import text_of as duration

_NOT_VALUES = {"version", "profiles", "layers"}
_FIELDS = {
    wire_name(name): name
    for model in (Policy, Terms)
    for name in model.model_fields
    if any(f"{name}{unit}" in TABLE for unit in ("", "_days", "_ms"))
}
_OF_PLACES = "locations file: "
"""How the names of layers begin that the locations file makes."""


def policy_text(document: str, places: Places | None = None) -> str:
    """The policy file of a compiled policy: over the same places `read_policy_text` makes the same version of it."""
    compiled = orjson.loads(document)
    usual = orjson.loads(policy_document(Policy().at(places)))
    value: dict[str, Any] = _values(
        {key: one for key, one in compiled.items() if key not in _NOT_VALUES}, usual
    )
    profiles = {name: _weights(hours) for name, hours in compiled.get("profiles", {}).items()}
    first, *layers = compiled["layers"]
    defaults = _values(first["set"], usual["layers"][0]["set"])
    if places is not None:
        layers = [one for one in layers if not str(one.get("name")).startswith(_OF_PLACES)]
    found = [
        {"name": one["name"], "match": _match(one["match"]), "set": _values(one["set"], {})} for one in layers
    ]
    for key, part in (("profiles", profiles), ("defaults", defaults), ("layers", found)):
        if part:
            value[key] = part
    if not value:
        return ""
    return yaml.safe_dump(value, allow_unicode=True, sort_keys=False, width=110, default_flow_style=None)


def _values(compiled: Mapping[str, Any], usual: Mapping[str, Any]) -> dict[str, Any]:
    """Values by the names of the file, without those that hold anyway."""
    return {
        _FIELDS.get(name, name): as_written(name, one)
        for name, one in compiled.items()
        if name not in usual or usual[name] != one
    }


def as_written(name: str, value: Any) -> Any:
    """A value as people write it, by its compiled name: `5d` for 5.0 days, 9 for 9.0."""
    if isinstance(value, list):
        return [as_written("", one) for one in value]
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    if _FIELDS.get(name, name) == name:  # a plain number, such as `prior_days`
        name = ""
    if name.endswith("_ms"):
        return duration(int(value))
    ms = value * UNITS["d"]
    if name.endswith("_days") and ms == int(ms):
        return duration(int(ms))
    return int(value) if value == int(value) else value


def _match(match: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """A single pattern stands without a list."""
    return {key: patterns[0] if len(patterns) == 1 else list(patterns) for key, patterns in match.items()}


def _weights(hours: Sequence[float]) -> list[float]:
    """The shortest weights that make these 168 hours: 7 days, 24 hours, or all; in small numbers where they do."""
    days, clock = list(hours[::24]), list(hours[:24])
    short = list(hours)
    if short == [weight for weight in days for _ in range(24)]:
        short = days
    elif short == clock * 7:
        short = clock
    least = min(weight for weight in short if weight)
    small = [as_written("", round(weight / least, 6)) for weight in short]
    same = Policy.model_validate({"profiles": {"p": small}}).profiles["p"] == list(hours)
    return small if same else short
