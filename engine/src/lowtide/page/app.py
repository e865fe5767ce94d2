"""Requests in, pages out: what stands behind the links of messages, and the signs of life.

    GET  /a/TOKEN     what a message told, as it stands, with buttons; changes nothing, however often it is fetched
    POST /a/TOKEN     an answer; only from a page of this desk
    GET  /healthz, /readyz            whether the desk lives, whether it is ready
    GET  /metrics                     Prometheus' text, to programs of this machine only

A scanner or a preview may fetch and even run a page: without a POST from that page nothing changes.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any, cast
from urllib.parse import parse_qs, quote

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from lowtide.errors import LowtideError
from lowtide.operation.crowd import client
from lowtide.operation.log import logger
from lowtide.operation.proxy import DIRECT, Caller, Proxies
from lowtide.page import door as doors
from lowtide.page.door import Claim, Door
from lowtide.page.files import file
from lowtide.page.group import Group
from lowtide.page.view import group_page, notice
from lowtide.web.headers import HEADERS
from lowtide.web.limits import Limit
from lowtide.web.origin import is_own
from lowtide.web.probe import Probe
from lowtide.web.reader import language
from lowtide.words import Language
from lowtide.words.visible import bare

A_TOKEN = 30
"""Requests a minute with one token."""
UNKNOWN = 10
"""Requests a minute from one address with tokens that are not ours."""
_BODY = 64 << 10
"""Bytes of a form: a comment of 2,000 characters takes up to 24,000 of them, because each byte is written as `%E7`."""
_BODY_S = 30.0
"""A form that is not here after so many seconds does not come."""
_FORM = "application/x-www-form-urlencoded"


class App:
    """The application: give `asgi` to a server."""

    def __init__(
        self,
        door: Door,
        probe: Probe,
        *,
        public_url: str | None,
        proxies: Proxies = DIRECT,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`proxies`: those that may say who asks. `clock` counts seconds for the limits."""
        self._door, self._probe, self._public_url, self._clock = door, probe, public_url, clock
        self._proxies = proxies
        self._token, self._unknown = Limit(A_TOKEN), Limit(UNKNOWN)
        self._guessers = Limit(1)
        self.routes = [Route("/a/{token}", self._answer, methods=["GET", "HEAD", "POST"]), *probe.routes]
        self.handlers: dict[Any, Any] = {HTTPException: self._refused, Exception: self._broken}

    @property
    def asgi(self) -> Starlette:
        """These routes alone, with what their pages load."""
        made = Starlette(
            routes=[*self.routes, Route("/static/{name}", file)], exception_handlers=self.handlers
        )
        # Otherwise `/a/TOKEN/` would lead to the host that the request names, which may be anybody's.
        made.router.redirect_slashes = False
        return made

    async def _answer(self, request: Request) -> Response:
        token, tell = request.path_params["token"], _language(request)
        claim = self._door.claim(token)
        if claim is None:
            return self._unknown_link(self._caller(request).address, tell)
        if not self._token.take(token, self._clock()):
            return _notice("too_often", 429, tell)
        if claim.has_ended:
            return _notice("expired", 410, tell)
        group = await run_in_threadpool(self._door.group, claim)
        if group is None:
            return _notice("gone", 404, tell)
        return await (
            self._post(request, claim, group)
            if request.method == "POST"
            else self._get(request, claim, group)
        )

    def _unknown_link(self, address: str, tell: Language) -> Response:
        """Who asks for too many links that are not ours waits a minute, and stands in the log once in that minute."""
        now, key = self._clock(), client(address)
        if self._unknown.take(key, now):
            return _notice("unknown", 404, tell)
        if self._guessers.take(key, now):
            logger("page").warning("links_guessed", client=address, most=UNKNOWN)
        return _notice("too_often", 429, tell)

    async def _get(self, request: Request, claim: Claim, group: Group) -> Response:
        query = request.query_params
        reader = self._door.reader(claim, query.get("lang"), request.headers.get("accept-language", ""))
        failed = query.get("failed", "")
        missed = int(failed) if failed.isascii() and failed.isdigit() and len(failed) < 6 else 0
        return _page(group_page(group, reader, self._door.names(), query.get("done", ""), missed))

    async def _post(self, request: Request, claim: Claim, group: Group) -> Response:
        tell, back = _language(request), f"/a/{quote(claim.token)}"
        caller = self._caller(request)
        if not is_own(request.headers, self._public_url, caller.scheme):
            logger("page").warning("answer_refused", client=caller.address, why="another origin")
            return _notice("foreign", 403, tell)
        form = await _form(request)
        asked = _asked(form)
        reader = self._door.reader(claim, form.get("lang", [None])[0], "")
        tell = reader.language
        if asked is None:
            return _notice("malformed", 400, tell, again=back)
        if reader.door != "open":
            raise HTTPException(403)
        if asked.verb == "note" and not asked.comment:
            return _notice("empty_note", 400, tell, again=back)
        if not group.chosen(asked.alert_ids):
            return _notice("which", 409, tell, again=back)
        results = await run_in_threadpool(self._door.answer, claim, group, asked)
        return _outcome(list(results), asked, reader.language, back)

    async def _refused(self, request: Request, error: Exception) -> Response:
        status = cast(HTTPException, error).status_code
        key = {404: "nowhere", 405: "malformed", 403: "foreign", 413: "malformed", 415: "malformed"}
        return _notice(key.get(status, "malformed"), status, _language(request))

    async def _broken(self, request: Request, error: Exception) -> Response:
        logger("page").error(
            "request_failed",
            error=type(error).__name__,
            path=request.url.path[:3],
            client=self._caller(request).address,
        )
        return _notice("broken", 500, _language(request))

    def _caller(self, request: Request) -> Caller:
        return self._proxies.of_scope(request.scope)


def _outcome(results: list[Any], asked: doors.Request, tell: Language, back: str) -> Response:
    """After an answer the browser loads the page again, so that its button `reload` does not send it twice."""
    errors = [one for one in results if isinstance(one, LowtideError)]
    if len(errors) == len(results):
        why = tell.refusal(errors[0].message) if errors else ""
        return _notice("first", 409, tell, again=back, why=why)
    verb = asked.verb.partition("-")[0]
    lang = "zh" if tell.lang == "zh" else "en"
    return RedirectResponse(f"{back}?done={verb}&failed={len(errors)}&lang={lang}", 303, headers=HEADERS)


def _asked(form: dict[str, list[str]]) -> doors.Request | None:
    """The answer that a form holds; None if it is not one of ours."""
    verb = form.get("verb", [""])[0]
    known = next((one for one in doors.VERBS if one == verb), None)
    if known is None:
        return None
    comment = _readable(form.get("comment", [""])[0])[:2000]
    return doors.Request(known, tuple(form.get("alert", [])), comment, form.get("seen", [""])[0][:40])


def _readable(comment: str) -> str:
    """A comment without the characters that nobody sees and a terminal or a browser obeys, such as ESC; lines stay."""
    lines = comment.replace("\r\n", "\n").split("\n")
    return "\n".join(bare(line) for line in lines).strip()


async def _form(request: Request) -> dict[str, list[str]]:
    """The fields of a form. Raises HTTPException if the body is another kind or too long."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
        raise HTTPException(415)
    try:
        async with asyncio.timeout(_BODY_S):
            body = await _body(request)
    except TimeoutError:
        raise HTTPException(408) from None
    try:
        return parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=2000)
    except ValueError:
        raise HTTPException(400) from None


async def _body(request: Request) -> bytes:
    """The body of a request. Raises HTTPException if it is too long."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > _BODY:
            raise HTTPException(413)
    return body


def _language(request: Request) -> Language:
    """The language of a reader who is not known."""
    accept = request.headers.get("accept-language", "")
    return Language(language(request.query_params.get("lang"), None, accept))


def _notice(key: str, status: int, tell: Language, *, again: str = "", why: str = "") -> Response:
    more = {"Retry-After": "60"} if status == 429 else {}
    return _page(notice(key, tell, again=again, other=status < 500, why=why), status, more)


def _page(html: str, status: int = 200, more: dict[str, str] | None = None) -> Response:
    return HTMLResponse(html, status, headers={**HEADERS, **(more or {})})
