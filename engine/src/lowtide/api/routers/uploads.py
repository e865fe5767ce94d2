"""Add data: a file becomes a map that fits it and rows in intake's journal. A request waits for its step."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from lowtide.api.depends import Admin, Here, Tell, router
from lowtide.api.left import until_over
from lowtide.errors import SettingsError
from lowtide.service import Caller, Context, uploads

ROUTER = router("uploads")
Text = Annotated[str, Field(max_length=200)]
_MOST = {"x-most-bytes": uploads.MOST_BYTES}


class AnswersBody(BaseModel):
    """What a person knows about the file."""

    model_config = ConfigDict(extra="forbid")
    zone: Text | None = None
    kind: Text | None = None
    source: Text | None = None
    location: Text | None = None
    columns: dict[Text, Text] = Field(default={}, max_length=100)
    """Columns by role: sku, location, quantity, time, kind, ref, due, …; empty: none has it."""
    kinds: dict[Text, Text] = Field(default={}, max_length=100)
    """Kinds by text of the column of kinds; `skip` passes such rows over."""


class CheckBody(BaseModel):
    """The map to try; without it the one that was guessed."""

    model_config = ConfigDict(extra="forbid")
    map: str | None = Field(default=None, max_length=500_000)


class SendBody(BaseModel):
    """Under which name the map is kept, and whether a map of that name may be replaced."""

    model_config = ConfigDict(extra="forbid")
    map_name: Text = ""
    replace: bool = False


@ROUTER.post(
    "/uploads", openapi_extra={**_MOST, "requestBody": {"content": {"application/octet-stream": {}}}}
)
async def add(
    request: Request,
    here: Here,
    caller: Admin,
    tell: Tell,
    name: Annotated[str, Query(min_length=1, max_length=200)],
) -> dict[str, Any]:
    """Keep a file (the body) and guess its map."""
    body = await request.body()
    one = await run_in_threadpool(uploads.add, here, caller, name, body, tell)
    return await _answer(request, here, caller, one)


@ROUTER.get("/uploads/{upload_id}")
def look(here: Here, caller: Admin, upload_id: str) -> dict[str, Any]:
    """A file on its way in, as it stands."""
    return uploads.look(here, caller, upload_id).to_dict()


@ROUTER.post("/uploads/{upload_id}/guess")
async def guess(
    request: Request, here: Here, caller: Admin, tell: Tell, upload_id: str, body: AnswersBody
) -> dict[str, Any]:
    """Guess the map again with what a person knows."""
    one = await run_in_threadpool(uploads.guess, here, caller, upload_id, body.model_dump(), tell)
    return await _answer(request, here, caller, one)


@ROUTER.post("/uploads/{upload_id}/check", openapi_extra={"x-most-bytes": 2 << 20})
async def check(
    request: Request, here: Here, caller: Admin, tell: Tell, upload_id: str, body: CheckBody
) -> dict[str, Any]:
    """Try the map: first movements, sums, and each row that cannot be used."""
    one = await run_in_threadpool(uploads.check, here, caller, upload_id, body.map, tell)
    return await _answer(request, here, caller, one)


@ROUTER.post("/uploads/{upload_id}/send")
async def send(request: Request, here: Here, caller: Admin, upload_id: str, body: SendBody) -> dict[str, Any]:
    """Keep the map, and hand the rows to intake; then the file is deleted."""
    one = await run_in_threadpool(uploads.send, here, caller, upload_id, body.map_name, again=body.replace)
    return await _answer(request, here, caller, one)


@ROUTER.delete("/uploads/{upload_id}")
def remove(here: Here, caller: Admin, upload_id: str) -> dict[str, Any]:
    """Delete a file that is not wanted."""
    uploads.remove(here, caller, upload_id)
    return {"id": upload_id, "removed": True}


async def _answer(request: Request, here: Context, caller: Caller, one: uploads.Upload) -> dict[str, Any]:
    def leave() -> None:
        uploads.leave(here, caller, one.id)

    one = await until_over(request, one, lambda: uploads.look(here, caller, one.id), leave)
    if one.state == "failed":
        raise SettingsError(one.error, one.hint)
    return one.to_dict()
