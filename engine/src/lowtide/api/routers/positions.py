"""Positions and the rules that hold for them."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Path

from lowtide.api.asked import answered
from lowtide.api.depends import Here, Tell, Viewer, router
from lowtide.service import policy, position

ROUTER = router("positions")
Key = Annotated[str, Path(max_length=200)]


@ROUTER.get("/positions/{location}/{sku}")
def one(here: Here, caller: Viewer, tell: Tell, location: Key, sku: Key) -> dict[str, Any]:
    """One SKU in one location: stock, projection, targets, orders, alerts, proposals, and each value of its policy."""
    return position.position(here, caller, location, sku, tell).to_dict()


@ROUTER.get("/policy")
def in_force(here: Here, caller: Viewer) -> dict[str, Any]:
    """The policy in force, its layers, the one that wins first."""
    found = policy.policy(here, caller)
    return answered(found.to_dict(), found.away)
