"""The site: who asks, whether they may, the view in a thread, and its answer in the frame.

    site = Site(context, gate)
    Starlette(routes=site.routes)

A page is a module of `page.pages` with `PAGES`, a template that extends `frame.html`, and words in `words/page_NAME.py`.
Nothing else has to be told of it: the module is found, its pages get their addresses, and the menu names them.

`gate` knows the sessions: it says who asks, or answers itself (the sign-in page, too many requests).
"""

from __future__ import annotations

import importlib
import pkgutil
import traceback
from collections.abc import Callable, Sequence
from typing import Any, Protocol
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

import lowtide.page.pages
from lowtide.errors import LowtideError
from lowtide.operation.log import logger
from lowtide.page import choices, form
from lowtide.page.address import at, here
from lowtide.page.ask import Answer, Ask, Download, Page, Redirect
from lowtide.page.entrance import plain
from lowtide.page.files import file
from lowtide.page.frame import framed
from lowtide.service import Caller, Context
from lowtide.web.headers import HEADERS
from lowtide.web.status import status_of
from lowtide.words import Language


class Gate(Protocol):
    """Who asks, and whether a form comes from a page of ours."""

    def caller(self, request: Request) -> Caller | Response:
        """Who asks; or the answer to somebody who may not ask (sign-in, too often, another host)."""
        ...

    def is_own(self, request: Request) -> bool:
        """Whether a page of this desk sent the request."""
        ...

    def refused(self, request: Request, caller: Caller | None, why: str) -> None:
        """Write down that a request was refused: `role` or `foreign`."""
        ...

    def language(self, request: Request, caller: Caller | None = None) -> Language:
        """In which words to answer."""
        ...


class Site:
    """All pages of the desk. `routes` are theirs and those of their static files."""

    def __init__(self, context: Context, gate: Gate, pages: Sequence[Page] | None = None) -> None:
        self._context, self._gate = context, gate
        self._pages = {page.name: page for page in (found() if pages is None else pages)}
        self.routes = [
            Route(page.path, self._endpoint(page), methods=_methods(page)) for page in self._pages.values()
        ]
        self.routes += [
            Route("/static/{version}/{name}", file), Route("/static/{name}", file), Route("/", _home),
        ]  # fmt: skip

    def refusal(
        self, request: Request, status: int, caller: Caller | None = None, why: str = "", key: str = ""
    ) -> Response:
        """A page that says what was refused, why, and what to do: words `refusal.STATUS` and `refusal.STATUS_text`."""
        tell = self._gate.language(request, caller)
        name = str(status) if tell.has(f"refusal.{status}") else "400" if status < 500 else "500"
        text = tell.say(f"refusal.{key or name}_text", why=why)
        values = {"title": tell.say(f"refusal.{name}"), "text": text}
        ask = Ask(self._context, caller, tell, at=at(request)) if caller else None
        if ask:
            html = framed(self._pages, request, ask, "notice", "refusal", values)
        else:
            html = plain("notice_plain", tell, **values)
        more = {"Retry-After": "60"} if status in (429, 503) else {}
        return HTMLResponse(html, status, headers={**HEADERS, **more})

    def _endpoint(self, page: Page) -> Callable[[Request], Any]:
        async def endpoint(request: Request) -> Response:
            caller = await run_in_threadpool(self._gate.caller, request)
            if isinstance(caller, Response):
                return caller
            try:
                return await self._answer(page, request, caller)
            except HTTPException as error:
                return self.refusal(request, error.status_code, caller)
            except LowtideError as error:
                why = self._gate.language(request, caller).refusal(error.message, error.hint)
                return self.refusal(request, status_of(error)[0], caller, why=why)
            except Exception as error:
                logger("page").error(
                    "request_failed", error=type(error).__name__, path=page.path, client=caller.login, at=_where(error)
                )  # fmt: skip
                return self.refusal(request, 500, caller)

        return endpoint

    async def _answer(self, page: Page, request: Request, caller: Caller) -> Response:
        is_post = request.method == "POST"
        if is_post and not self._gate.is_own(request):
            await run_in_threadpool(self._gate.refused, request, caller, "foreign")
            return self.refusal(request, 403, caller, key="foreign")
        if not caller.role.includes(page.post_role if is_post else page.role):
            await run_in_threadpool(self._gate.refused, request, caller, "role")
            return self.refusal(request, 403, caller)
        fields, files = await form.read(request, page.most_bytes) if is_post else ({}, {})
        query: dict[str, list[str]] = {}
        for name, value in request.query_params.multi_items():
            query.setdefault(name, []).append(value)
        tell = self._gate.language(request, caller)
        ask = Ask(self._context, caller, tell, dict(request.path_params), query, fields, files, at(request))
        view = page.post if is_post and page.post else page.view
        answer = await run_in_threadpool(view, ask)
        return await run_in_threadpool(self._response, request, ask, page, answer)

    def _response(self, request: Request, ask: Ask, page: Page, answer: Answer) -> Response:
        if isinstance(answer, Redirect):
            return RedirectResponse(here(answer.to), 303, headers=HEADERS)
        if isinstance(answer, Download):
            head = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(answer.name)}"}
            return Response(answer.body, media_type=answer.media_type, headers={**HEADERS, **head})
        html = framed(self._pages, request, ask, answer.template, page.name, answer.values)
        response = HTMLResponse(html, answer.status, headers=HEADERS)
        choices.keep(response, request)
        return response


def found() -> list[Page]:
    """The pages of every module of `page.pages`."""
    names = sorted(one.name for one in pkgutil.iter_modules(lowtide.page.pages.__path__))
    modules = [importlib.import_module(f"lowtide.page.pages.{name}") for name in names]
    return [page for module in modules for page in getattr(module, "PAGES", ())]


def _where(error: BaseException) -> str:
    """The innermost place of an error, without any value: `service/queue.py:118`."""
    frames = traceback.extract_tb(error.__traceback__)
    if not frames:
        return ""
    return f"{frames[-1].filename.rpartition('lowtide/')[2]}:{frames[-1].lineno}"


def _methods(page: Page) -> list[str]:
    return ["GET", "HEAD", "POST"] if page.post else ["GET", "HEAD"]


async def _home(request: Request) -> Response:
    return RedirectResponse("/queue", 303, headers=HEADERS)
