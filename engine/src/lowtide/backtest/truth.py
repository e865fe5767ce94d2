"""The stockouts that really were, the same for every policy: those that a neutral policy finds.

A neutral policy has no dwell, no exemption for slow sellers, no flapping and no other alert than `out_of_stock`. It learns
demand by the defaults. So a real stockout is a time in which a planned position had nothing available although something
would be sold. From the policy beside which it stands it takes only what is a fact and not a choice: how records are read,
the zones of places, and whether returned goods can be sold at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, get_args

from lowtide.backtest.outcome import Outcome
from lowtide.desk.history.episodes import STOCKOUT, Episode
from lowtide.ledger import ENDED
from lowtide.policy import Layer, Policy, Terms
from lowtide.policy.model import AlertType

NAME = "truth"
_NOTHING: Mapping[str, float] = MappingProxyType({})
_FACTS = ("time_zone", "returns")
"""Values of a position that are facts."""
_READING = ("dedup_window", "late_window", "max_ahead", "max_record_bytes", "negative_sale", "naive_zone")
"""Values of a policy that decide how records are read."""


def neutral(policy: Policy) -> Policy:
    """The neutral policy over the places, the zones and the reading of another one."""
    others = [name for name in get_args(AlertType) if name != STOCKOUT]
    reading = {name: getattr(policy, name) for name in _READING if name in policy.model_fields_set}
    layers = [
        Layer(name=layer.name, match=layer.match, set=Terms(**facts))
        for layer in policy.layers
        if (facts := _facts(layer.set))
    ]
    defaults = Terms(**_facts(policy.defaults), off=others, flap_count=0)
    return Policy(**reading, calibration_sample=0, defaults=defaults, layers=layers).at(policy.places)


def stockouts(truth: Outcome, losses: Mapping[str, float] = _NOTHING) -> list[Episode]:
    """The real stockouts of the outcome of a neutral policy that began within its period, by their beginning.

    `losses` has the expected loss of each at its greatest, by the id of its alert (`Scratch.read`): the same for every
    policy that is compared.
    """
    found: dict[str, Episode] = {}
    columns = ("alert_id", "entry", "location", "sku", "severity")
    times = [truth.ledger[name].cast("int64").to_pylist() for name in ("event_time", "opened_at")]
    cells = zip(*(truth.ledger[name].to_pylist() for name in columns), *times, strict=True)
    for alert_id, entry, location, sku, severity, event_time, opened_at in cells:
        one = found.setdefault(alert_id, Episode(alert_id, STOCKOUT, location, sku, "", severity, opened_at))
        one.loss = losses.get(alert_id)
        if entry in ENDED:
            one.ended_at = event_time
    start = truth.period.start or 0
    return sorted(
        (one for one in found.values() if one.opened_at >= start),
        key=lambda one: (one.opened_at, one.alert_id),
    )


def _facts(terms: Terms) -> dict[str, Any]:
    return {name: getattr(terms, name) for name in _FACTS if name in terms.model_fields_set}
