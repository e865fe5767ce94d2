"""The policy in force: its layers, and the values of one position with the layer that sets each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lowtide.page.ask import Answer, Ask, Html, Page
from lowtide.service import policy as service
from lowtide.service.position import position
from lowtide.words import Language

_LONG = 8
"""A longer list is only counted."""


def view(ask: Ask) -> Answer:
    """The layers of each pipeline; with `location` and `sku` also what holds for that position."""
    tell = ask.language
    location, sku = ask.first("location").strip(), ask.first("sku").strip()
    found = service.policy(ask.context, ask.caller)
    one = position(ask.context, ask.caller, location, sku, tell) if location and sku else None
    return Html("policy", {
        "found": found, "one": one, "location": location, "sku": sku,
        "values": [
            (*valued(row.key, row.value, tell), row.layer or tell.say("view.policy.default")) for row in one.policy
        ] if one else [],
        "pipelines": [
            (line, [(layer, _match(layer.match, tell), sets(layer.values, tell)) for layer in line.layers])
            for line in found.pipelines
        ],
    })  # fmt: skip


def sets(values: Mapping[str, Any], tell: Language) -> list[tuple[str, str]]:
    """What a layer sets, without what it leaves open."""
    return [
        valued(key, value, tell)
        for key, value in values.items()
        if value is not None and value not in ([], {}, "")
    ]


def valued(key: str, value: Any, tell: Language) -> tuple[str, str]:
    """A value with its name as in the file: a compiled `dwell_ms` is `dwell`, in minutes, hours or days.

    >>> valued("flap_hold_ms", 86_400_000, Language("en"))
    ('flap_hold', '24 h')
    """
    for ending, minutes in (("_ms", 1 / 60_000), ("_days", 1440)):
        if key.endswith(ending) and isinstance(value, int | float) and not isinstance(value, bool):
            return key.removesuffix(ending), tell.duration(value * minutes)
    if isinstance(value, list | tuple) and len(value) > _LONG:
        return key, tell.say("view.policy.many", n=tell.number(len(value)))
    return key, written(value, tell)


def written(value: Any, tell: Language) -> str:
    """A value of the policy as one writes it in the file.

    >>> written([1, 2.50, "mon"], Language("en")), written(True, Language("en"))
    ('1, 2.5, mon', 'true')
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "–"
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {written(inside, tell)}" for key, inside in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(written(one, tell) for one in value) or "–"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _match(match: Mapping[str, tuple[str, ...]], tell: Language) -> str:
    gap = "；" if tell.lang == "zh" else "; "
    said = [f"{tell.word('view.column', name)}: {', '.join(values)}" for name, values in match.items()]
    return gap.join(said) or tell.say("view.policy.everything")


PAGES = (Page("/policy", "policy", view),)
