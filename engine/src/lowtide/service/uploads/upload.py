"""One file on its way in, as it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lowtide.service.answer import Answer


@dataclass(frozen=True)
class Upload(Answer):
    """One file on its way in, as it stands."""

    id: str
    name: str
    bytes: int
    step: str
    """The last step: guess, check or send."""
    state: str
    """waiting, working, done, failed or left."""
    error: str
    hint: str
    answers: Mapping[str, Any]
    """What the person said: zone, kind, source, location, columns by role, kinds by text."""
    map: str
    """The map as text; empty: the rows are movements already."""
    guess: Mapping[str, Any] | None
    """What the columns were taken for, and what is open."""
    check: Mapping[str, Any] | None
    """What the map makes of the file."""
    sent: Mapping[str, Any] | None
    """Where the rows went; then the file is deleted."""

    @property
    def is_over(self) -> bool:
        """Whether the step has ended."""
        return self.state not in ("waiting", "working")

    @classmethod
    def of(cls, upload_id: str, meta: Mapping[str, Any]) -> Upload:
        """The file of what is written down about it."""
        return cls(
            upload_id, meta["name"], meta["bytes"], meta.get("step", "guess"), meta.get("state", "failed"), meta["error"],
            meta["hint"], meta["answers"], meta["map"], meta["guess"], meta["check"], meta["sent"],
        )  # fmt: skip
