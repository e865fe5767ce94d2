"""A checked policy becomes the JSON that the core reads: units in the names, layers in order, named by content."""

from __future__ import annotations

import hashlib
from typing import Any

import orjson

from lowtide.errors import PolicyError
from lowtide.policy.layers import in_order
from lowtide.policy.model import Layer, Policy, Terms
from lowtide.policy.places import NO_PLACES, Places
from lowtide.policy.table import LEFT_OUT, TABLE, wire_name

_NOT_OF_THE_LOG = {"version", "profiles", "defaults", "layers"}


def _values(terms: Terms, *, all_of_them: bool) -> dict[str, Any]:
    """The values by compiled name; of those that may be left out only what is set."""
    dumped = terms.model_dump(exclude_unset=not all_of_them)
    named = {field: wire_name(field) for field in sorted(dumped)}
    is_left_out = {field for field, name in named.items() if name in LEFT_OUT} - terms.model_fields_set
    return {name: dumped[field] for field, name in named.items() if field not in is_left_out}


def with_unset(terms: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The values in force of a position (`value` and `layer` by name), with those that were left out."""
    unset = {name: {"value": TABLE[name]["default"], "layer": "defaults"} for name in LEFT_OUT}
    return dict(sorted({**unset, **terms}.items()))


def _match(layer: Layer, places: Places | None) -> dict[str, list[str]]:
    """What a layer matches on, in the words of the core: a region is a list of locations."""
    match: dict[str, list[str]] = {str(key): patterns for key, patterns in layer.match.items()}
    if "region" in match:
        if places is None:
            raise PolicyError(f"layer `{layer.name}` matches on a region", NO_PLACES)
        match["location"] = places.within(match.pop("region"), match.get("location"))
    return dict(sorted(match.items()))


def compile_policy(policy: Policy) -> dict[str, Any]:
    """The compiled policy; `version` is the first 12 hex digits of the SHA-256 of the rest."""
    defaults = _values(policy.defaults, all_of_them=True)
    layers: list[dict[str, Any]] = [{"name": "defaults", "match": {}, "set": defaults}]
    if policy.places is not None:
        zone = policy.places.default_zone()
        if zone and "time_zone" not in policy.defaults.model_fields_set:
            defaults["time_zone"] = zone
        layers += [
            {"name": f"locations file: {zone}", "match": {"location": names}, "set": {"time_zone": zone}}
            for zone, names in policy.places.by_zone(defaults["time_zone"]).items()
        ]
    layers += [
        {
            "name": layer.name,
            "match": _match(layer, policy.places),
            "set": _values(layer.set, all_of_them=False),
        }
        for layer in in_order(policy.layers)
    ]
    of_the_log = [field for field in Policy.model_fields if field not in _NOT_OF_THE_LOG]
    body: dict[str, Any] = {wire_name(field): getattr(policy, field) for field in of_the_log}
    body |= {"profiles": policy.profiles, "layers": layers}
    digest = hashlib.sha256(orjson.dumps(body, option=orjson.OPT_SORT_KEYS)).hexdigest()
    return {"version": digest[:12], **body}


def policy_record(document: str, place: str, at: str = "2000-01-01T00:00:00Z") -> bytes:
    """A movement of kind `policy`: the compiled policy in `document` holds from this record on.

    `place` makes each use of a policy a different record, because a record that comes twice counts once. The default event
    time does not move the clock.
    """
    version = orjson.loads(document)["version"]
    record = {
        "id": f"{version}/{place}",
        "source": "lowtide",
        "kind": "policy",
        "event_time": at,
        "ref": document,
    }
    return orjson.dumps(record)


def policy_document(policy: Policy) -> str:
    """The compiled policy as text, for the table `policy_version`."""
    return orjson.dumps(compile_policy(policy), option=orjson.OPT_SORT_KEYS).decode()
