"""Who the caller is, and what that one may do."""

from __future__ import annotations

from typing import Any

from lowtide.api.depends import Here, Viewer, router
from lowtide.service import rights

ROUTER = router("who")


@ROUTER.get("/me")
def me(here: Here, caller: Viewer) -> dict[str, Any]:
    """The caller: login, person, role, how it came in, and up to which cost it may approve (null: any)."""
    limit = rights.approval_limit(here.book(), caller)
    return {
        "login": caller.login, "person": caller.person, "role": caller.role.value, "via": caller.via,
        "approve_up_to": limit,
    }  # fmt: skip
