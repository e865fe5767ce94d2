"""A policy file is read once, and all its mistakes are reported together: line, column, what would be correct.

text ──▶ strict YAML ──▶ model (each value) ──▶ compiled ──▶ the core's own check (values that depend on one another)
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
from pydantic import ValidationError

from lowtide import strict
from lowtide.errors import PolicyError
from lowtide.policy.compiled import compile_policy
from lowtide.policy.layers import ranked
from lowtide.policy.model import Policy
from lowtide.policy.places import NO_PLACES, Places
from lowtide.policy.sentences import sentence
from lowtide.policy.table import policy_faults
from lowtide.strict import Document, Place, YamlFault
from lowtide.strict.duration import text_of

_ROOT = "a policy is a mapping, such as `defaults:` and `layers:`"
_NAMES = {("version",), ("naive_zone",)}


def load_policy(path: str | Path | None, places: Places | None = None) -> Policy:
    """The policy in a file, over the places of a locations file; None gives the defaults.

    Raises PolicyError, which lists every mistake.
    """
    if path is None:
        return Policy().at(places)
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise PolicyError(
            f"there is no policy `{path}`", "Start from `lowtide policy schema` or docs/policy.md."
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise PolicyError(f"`{path}` cannot be read: {error}", "A policy is a YAML file in UTF-8.") from error
    return read_policy_text(text, str(path), places)


def read_policy_text(text: str, name: str, places: Places | None = None) -> Policy:
    """The policy in a text; messages contain `name`. Raises PolicyError, which lists every mistake."""
    try:
        document = read_document(text)
    except YamlFault as fault:
        line, column = fault.place
        raise PolicyError(f"{name}:{line}:{column}: {fault.message}") from None
    try:
        policy = Policy.model_validate(document.value).at(places)
    except ValidationError as error:
        faults = [sentence(detail, document) for detail in error.errors()]
    else:
        faults = _faults_of_regions(policy, document) or _faults_of_the_core(policy, document)
        if not faults:
            return policy
    lines = [f"{name}:{line}:{column}: {message}" for (line, column), message in sorted(set(faults))]
    raise PolicyError(
        "\n".join(lines), "Check it again with `lowtide policy check`; docs/policy.md has every field."
    )


def read_document(text: str) -> Document:
    """The YAML of a policy, in which names and patterns stay text. Raises YamlFault."""

    def is_name(path: strict.Path) -> bool:
        return path in _NAMES or (path[:1] == ("layers",) and path[2:3] in (("name",), ("match",)))

    return strict.document(text, _ROOT, is_name)


def policy_schema() -> dict[str, Any]:
    """JSON Schema of the policy file, for editors."""
    schema = Policy.model_json_schema(mode="validation")
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "Lowtide policy"
    for holder in (schema, schema["$defs"]["Terms"]):
        for field in holder["properties"].values():
            if {"const": 0} in field.get("anyOf", []):
                field["default"] = text_of(field["default"])
    del schema["properties"]["defaults"]["default"]
    return schema


def _faults_of_regions(policy: Policy, document: Document) -> list[tuple[Place, str]]:
    """Layers that match on a region which no place has, or for which there is no locations file."""
    found = []
    for number, layer in enumerate(policy.layers):
        for region in layer.match.get("region", ()):
            fault = policy.places.fault(region) if policy.places else NO_PLACES
            if fault:
                found.append((document.place(("layers", number, "match", "region")), fault))
    return found


def _faults_of_the_core(policy: Policy, document: Document) -> list[tuple[Place, str]]:
    """What the core would refuse in a policy record, with the line and column in the file."""
    compiled = compile_policy(policy)
    numbers = ranked(policy.layers)
    before = len(compiled["layers"]) - len(numbers)  # the defaults, and the zones of the locations file

    def place(layer: int | None, names: list[str]) -> Place:
        if layer is None:
            return document.place(tuple(names))
        base: strict.Path = ("layers", numbers[layer - before]) if layer >= before else ("defaults",)
        fields = [name.removesuffix("_days") for name in names]
        paths = [
            path
            for field in fields
            for path in ((*base, "set", field), (*base, "match", field), (*base, field))
        ]
        return document.place(next((path for path in paths if path in document.places), (*base, "set")))

    found = policy_faults(orjson.dumps(compiled))
    return [(place(layer, names), message) for layer, names, message in found]
