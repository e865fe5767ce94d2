"""One change of rules: what it changes, who proposed it, who decided, and what a dry run said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

import orjson

from lowtide.service.answer import Answer, ms_of
from lowtide.service.rules.texts import Kind

State = Literal["proposed", "approved", "applied", "rejected"]
STATES: tuple[State, ...] = ("proposed", "approved", "applied", "rejected")
TUNE = "tune"
"""The author of a suggestion that a program made."""


@dataclass(frozen=True)
class RuleChange(Answer):
    """A change of the policy or of people, as it stands."""

    change_id: str
    step: int
    """Number of the last step, from 1."""
    kind: Kind
    state: State
    based_on: str
    """Version in force when it was proposed."""
    lines: tuple[Mapping[str, Any], ...]
    """What it changes: path, before, after."""
    document: str
    """The whole text after the change."""
    result: Mapping[str, Any] | None
    """What the dry run or back-test said; None: nobody ran one."""
    author: str
    reason: str
    decided_by: str
    comment: str
    proposed_at: int
    at: int
    """When the last step was made."""

    @property
    def is_suggestion(self) -> bool:
        """Whether a program proposed it."""
        return self.author == TUNE

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> RuleChange:
        """The change of a row of the warehouse."""
        result = orjson.loads(row["result"]) if row["result"] else None
        return cls(
            row["change_id"], int(row["version"]), cast(Kind, row["kind"]), cast(State, row["state"]), row["based_on"],
            tuple(orjson.loads(row["lines"])), row["document"], result, row["author"], row["reason"],
            row["decided_by"], row["comment"], ms_of(row.get("proposed_at") or row["at"]), ms_of(row["at"]),
        )  # fmt: skip


@dataclass(frozen=True)
class RuleChanges(Answer):
    """Changes, the newest first."""

    changes: tuple[RuleChange, ...]
    second_person: bool
    """Whether another person than the author must approve."""


@dataclass(frozen=True)
class Draft(Answer):
    """What a change would be, before anybody proposes it."""

    kind: Kind
    based_on: str
    version: str
    """Version that it makes."""
    lines: tuple[Mapping[str, Any], ...]
    document: str
