"""The board: every alert by the stage of the work on it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import Query

from lowtide.api.depends import Here, Viewer, router
from lowtide.service import board

ROUTER = router("board")
Value = Annotated[str, Query(max_length=200)]


@ROUTER.get("/stages")
def stages(
    here: Here, caller: Viewer, holder: Value = "", team: Value = "", supplier: Value = "", location: Value = "",
    category: Value = "", cards: Annotated[int, Query(ge=1, le=100)] = 20,
) -> dict[str, Any]:  # fmt: skip
    """The columns from open to closed, with the cards that are over their time first."""
    wanted = board.BoardWanted(holder, team, supplier, location, category)
    return asdict(board.board(here, caller, wanted, cards))
