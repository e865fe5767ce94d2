"""The policy in force: its layers, the one that wins first, and what they set for one position."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lowtide.service.answer import Answer, Away, asked, ms_of
from lowtide.service.caller import Caller
from lowtide.service.context import Context
from lowtide.warehouse import Warehouse


@dataclass(frozen=True)
class Layer(Answer):
    """One layer of the policy."""

    place: int
    """Its rank, from 1: of two that match, the one with the higher rank wins."""
    name: str
    """Its name in the file; of a layer without one what it matches, as `supplier: V002`; `*`: every position."""
    match: Mapping[str, tuple[str, ...]]
    values: Mapping[str, Any]


@dataclass(frozen=True)
class PolicyInForce(Answer):
    """What the run of a pipeline began with last."""

    pipeline: str
    version: str
    since: int | None
    """When a run first began with it."""
    layers: tuple[Layer, ...]
    """The one that wins first."""


@dataclass(frozen=True)
class Policies(Answer):
    """Of each pipeline."""

    pipelines: tuple[PolicyInForce, ...]
    away: Away | None


def policy(context: Context, caller: Caller) -> Policies:
    """The policy in force."""
    nothing: list[PolicyInForce] = []
    found, away = asked(context, _in_force, nothing)
    return Policies(tuple(found), away)


def _in_force(warehouse: Warehouse) -> list[PolicyInForce]:
    db = warehouse.database
    rows = warehouse.rows(
        "SELECT last.pipeline AS pipeline, last.version AS version, known.policy AS policy, known.since AS since FROM "
        f"(SELECT pipeline, argMax(policy_version, started_at) AS version FROM {db}.run GROUP BY pipeline) AS last "
        "GLOBAL INNER JOIN "
        f"(SELECT version, any(policy) AS policy, min(first_seen) AS since FROM {db}.policy_version GROUP BY version) "
        "AS known "
        "ON last.version = known.version ORDER BY pipeline"
    )
    return [
        PolicyInForce(
            row["pipeline"], row["version"], ms_of(row["since"]), _layers(json.loads(row["policy"])["layers"])
        )
        for row in rows
    ]


def _layers(compiled: Sequence[Mapping[str, Any]]) -> tuple[Layer, ...]:
    """The compiled layers, in which the last that matches wins, turned round."""
    return tuple(
        Layer(
            place, str(layer.get("name") or _name(layer["match"])),
            {key: tuple(values) for key, values in layer["match"].items()}, layer["set"],
        )
        for place, layer in reversed(list(enumerate(compiled, 1)))
    )  # fmt: skip


def _name(match: Mapping[str, Sequence[str]]) -> str:
    return "; ".join(f"{key}: {', '.join(values)}" for key, values in match.items()) or "*"
