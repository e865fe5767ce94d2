"""Why a question is not answered or an order is not done: each refusal has its own status in HTTP.

Missing      404   nobody knows this id
NotAllowed   403   the role, the team or the limit of the caller does not reach so far
Moved        409   the thing is not as the caller saw it; `facts` says how it is now
SettingsError and its kin   422   a field says something that cannot be; ActionError  409; WarehouseError  503
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lowtide.errors import LowtideError


class Missing(LowtideError):
    """Nobody knows this id; or it is not one that the caller may know."""


class NotAllowed(LowtideError):
    """The caller may not do this; the hint says who may."""


class Moved(LowtideError):
    """Another person was first, or the numbers have moved. `facts` is what the caller needs to decide again."""

    def __init__(self, message: str, hint: str = "", facts: Mapping[str, Any] | None = None) -> None:
        super().__init__(message, hint)
        self.facts = dict(facts or {})
