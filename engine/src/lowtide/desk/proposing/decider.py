"""Who decides about a proposal, and why a decision is refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lowtide.errors import ActionError


class MovedError(ActionError):
    """The numbers are not those that were shown. `shown` and `now` have both; `now` is empty where nothing is needed."""

    def __init__(self, shown: Mapping[str, Any], now: Mapping[str, Any]) -> None:
        super().__init__(
            "the numbers have moved since they were shown",
            "Look at those of now, and decide again."
            if now
            else "It is no longer needed: nothing is to be done.",
        )
        self.shown, self.now = dict(shown), dict(now)


class NotAllowedError(ActionError):
    """The person may not decide this."""


class HeldError(ActionError):
    """It waits for somebody else: for `holder`."""

    def __init__(self, proposal: Mapping[str, Any], why: str, hint: str) -> None:
        super().__init__(f"proposal {proposal['ref']} waits for `{proposal['holder']}`, {why}", hint)
        self.ref, self.holder = str(proposal["ref"]), str(proposal["holder"])


@dataclass(frozen=True)
class Decider:
    """Who decides. `person`: a key of the people file; None: a program or an admin who is nobody there."""

    actor: str
    person: str | None = None
    is_unlimited: bool = False
    """No limit holds: an admin who is nobody in the people file."""
