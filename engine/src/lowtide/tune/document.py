"""`tune.json`: what was tried, chosen, promised and judged. The same history, policy and ratings give the same bytes.

`promise_of` reads the promise of a policy from it, for `lowtide policy apply`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import orjson

from lowtide.backtest import History
from lowtide.backtest.kept import bytes_of, kept
from lowtide.errors import SettingsError
from lowtide.policy import compile_policy
from lowtide.tune.proposal import Proposal
from lowtide.tune.tune import Tuning

FORMAT = 1
"""Number of the form of the document."""
NAME = "tune.json"


@dataclass(frozen=True)
class Promise:
    """What a policy is to do, by day. Null: not promised."""

    version: str
    """Of the policy."""
    backtest: str
    """The hash of its back-test."""
    pushes_a_day: float | None
    loss_a_day: float | None
    """Loss warned of."""
    share_met: float | None
    """The share of warnings that come true."""
    money: str
    """What losses are in: `margin`, `price` or `units`."""


def document_of(tuning: Tuning, history: History, before: str, backtest: str) -> dict[str, Any]:
    """The whole document. `before` is the name of the policy now; `backtest` the hash of the kept back-test, or empty."""
    parts, result = tuning.parts, tuning.backtest
    known = {} if result is None else result.document
    return {
        "format": FORMAT,
        "history": {"name": history.name, "sha256": history.digest()},
        "choosing": {
            "first": parts.first.isoformat(), "last": parts.choosing.to_dict()["last"], "days_of_part": parts.days_each,
            "parts": len(parts.parts),
        },
        "judging": known.get("period"), "money": tuning.money, "currency": known.get("currency", ""),
        "budget": tuning.budget, "tried": [one.name for one in tuning.tried],
        "left_out": [one.name for one in tuning.left_out], "groups": len(tuning.groups.categories),
        "ratings": [
            {"type": type_, "group": group, **dict(zip(("rated", "right", "false", "unnecessary"), one.counts, strict=True))}
            for (type_, group), one in tuning.feedback.of.items()
        ],
        "changes": [_change(one) for one in tuning.proposals],
        "promise": tuning.promise, "is_promised": tuning.is_promised, "judged": tuning.judged, "holds": tuning.holds,
        "policy": {
            "before": {"name": before, "version": _version(tuning, -1)},
            "after": {"version": _version(tuning, len(tuning.proposals))} if tuning.proposals else None,
        },
        "backtest": backtest or None,
    }  # fmt: skip


def data_of(document: Mapping[str, Any]) -> bytes:
    """The bytes of the document: one line with sorted names."""
    return bytes_of(document)


def promise_of(file: Path, version: str) -> Promise | None:
    """The promise of a policy in a `tune.json`; None if there is no such file, or it is of another policy.

    Raises SettingsError for a file of another form.
    """
    try:
        document = orjson.loads(file.read_bytes())
    except OSError:
        return None
    except orjson.JSONDecodeError as error:
        raise SettingsError(f"`{file}` is not JSON: {error}", "Run `lowtide tune` again.") from error
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise SettingsError(f"`{file}` is not of format {FORMAT}", "Run `lowtide tune` again.")
    after = document["policy"]["after"]
    if not document["holds"] or after is None or after["version"] != version:
        return None
    said = document["promise"]["after"]
    return Promise(
        version, document["backtest"], said["pushes_a_day"], said["loss_a_day"], said["share_met"], document["money"]
    )  # fmt: skip


def promise_of_backtest(folder: Path, version: str) -> Promise:
    """What a kept back-test says of a policy: pushes a day, and the share of warnings that came true.

    Raises InputError if it is not there, SettingsError if it was changed or is of other policies.
    """
    document = kept(folder)
    found = next((one for one in document["policies"] if one["version"] == version), None)
    if found is None:
        raise SettingsError(
            f"the back-test in `{folder}` is not of this policy: {version}",
            "Give the back-test of this file.",
        )
    first, last = (date.fromisoformat(document["period"][end]) for end in ("first", "last"))
    days = (last - first).days + 1
    return Promise(
        version, folder.resolve().name, round(found["pushes"] / days, 4), None, found["stockouts"]["share_met"],
        document["money"],
    )  # fmt: skip


def _change(one: Proposal) -> dict[str, Any]:
    return {
        "group": one.group, "layer": one.name, "match": dict(one.match), "kind": one.kind, "set": one.set,
        "was": dict(one.was),
        "before": {"pushes": one.before.pushes, "loss": round(one.before.loss, 2)},
        "after": {"pushes": one.after.pushes, "loss": round(one.after.loss, 2)},
    }  # fmt: skip


def _version(tuning: Tuning, layers: int) -> str:
    """The version of the policy with the proposals, or of that before them (-1)."""
    policy = tuning.policy
    if layers < 0:
        own = len(policy.layers) - len(tuning.proposals)
        policy = policy.model_copy(update={"layers": policy.layers[:own]}).at(policy.places)
    return str(compile_policy(policy)["version"])
