"""Dry runs of a changed policy and of changed people. A request waits for its answer; who leaves ends the work."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from lowtide.api.depends import Here, Operator, router
from lowtide.api.left import until_over
from lowtide.api.rule_edits import EditBody, edits_of
from lowtide.errors import SettingsError
from lowtide.service import Caller, Context, dry_runs
from lowtide.service.rules import private

ROUTER = router("rules")
Moment = Annotated[int, Field(ge=0, lt=1 << 52)]
"""Milliseconds since 1970 UTC."""
_MOST = {"x-most-bytes": 4 << 20}


class DryRunBody(BaseModel):
    """What is tried: edits of the text in force, or a whole text."""

    model_config = ConfigDict(extra="forbid")
    edits: list[EditBody] = Field(default=[], max_length=500)
    document: str | None = Field(default=None, max_length=2_000_000)
    start: Moment | None = None
    """None: 28 days before the end."""
    end: Moment | None = None
    """None: now."""


@ROUTER.post("/policy/dry-run", openapi_extra=_MOST)
async def policy(request: Request, here: Here, caller: Operator, body: DryRunBody) -> dict[str, Any]:
    """A period of the log under the changed policy, beside the one in force: alerts, messages, money. Nothing is stored."""
    run = await run_in_threadpool(
        dry_runs.begin_policy, here, caller, edits_of(body.edits), body.document, body.start, body.end
    )
    return await _answer(request, here, caller, run)


@ROUTER.post("/people/dry-run", openapi_extra=_MOST)
async def people(request: Request, here: Here, caller: Operator, body: DryRunBody) -> dict[str, Any]:
    """A period of the ledger with the changed people, beside those in force: who gets what. Nothing is sent or stored."""
    private.check_whole(caller, "people", body.document)
    run = await run_in_threadpool(
        dry_runs.begin_people, here, caller, edits_of(body.edits), body.document, body.start, body.end
    )
    return await _answer(request, here, caller, run)


async def _answer(request: Request, here: Context, caller: Caller, run: dry_runs.DryRun) -> dict[str, Any]:
    run = await until_over(
        request, run, lambda: dry_runs.look(caller, run.id), lambda: dry_runs.leave(caller, run.id)
    )
    if run.state == "failed":
        raise SettingsError(run.error, run.hint)
    return private.seen(here.book(), caller, run).to_dict()
