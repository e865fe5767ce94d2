"""A checked policy becomes the JSON that the core reads: units in the names, layers in order, named by content."""

from __future__ import annotations

import hashlib
from typing import Any

import orjson

from lowtide.policy.layers import in_order
from lowtide.policy.model import Policy, Terms
from lowtide.policy.table import wire_name

_NOT_OF_THE_LOG = {"version", "profiles", "defaults", "layers"}


def _values(terms: Terms, *, all_of_them: bool) -> dict[str, Any]:
    dumped = terms.model_dump(exclude_unset=not all_of_them)
    return {wire_name(field): value for field, value in sorted(dumped.items())}


def compile_policy(policy: Policy) -> dict[str, Any]:
    """The compiled policy; `version` is the first 12 hex digits of the SHA-256 of the rest."""
    layers = [{"name": "defaults", "match": {}, "set": _values(policy.defaults, all_of_them=True)}]
    layers += [
        {
            "name": layer.name,
            "match": dict(sorted(layer.match.items())),
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
