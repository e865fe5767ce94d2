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
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol
from urllib.parse import quote, urlencode

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

import lowtide.page.pages
from lowtide.errors import ActionError, LowtideError, SettingsError, WarehouseError
from lowtide.operation.log import logger
from lowtide.page import form, menu
from lowtide.page.ask import Answer, Ask, Download, Page, Redirect
from lowtide.page.render import KINDS, render, static, version
from lowtide.page.written import Written
from lowtide.service import Caller, Context, Role
from lowtide.service.condition import Condition, condition
from lowtide.service.refusal import Missing, Moved, NotAllowed
from lowtide.web.headers import HEADERS
from lowtide.words import LANGUAGES, Language

_YEAR_S = 365 * 86400
_KEPT = {
    "lowtide_lang": tuple(LANGUAGES),
    "scheme": ("dark", "light", "auto"),
    "keys": ("on", "off"),
    "notify": ("on", "off"),
}
"""Choices of a reader that an address names and a cookie keeps, with their values."""
_SCRIPTS = ("site.js",)
"""Modules that every page loads; `queue.js` and the like are asked for by their page as `scripts`."""


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
        reason = tell.say("refusal.why", why=why.rstrip(".。")) if why else ""
        text = tell.say(f"refusal.{key or name}_text", why=reason)
        values = {"title": tell.say(f"refusal.{name}"), "text": text}
        ask = Ask(self._context, caller, tell, at=_at(request)) if caller else None
        html = self._framed(request, ask, "notice", "refusal", values) if ask else _plain(tell, values)
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
                why = f"{error.message}. {error.hint}".strip() if error.hint else error.message
                return self.refusal(request, _status(error), caller, why=why)
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
        ask = Ask(self._context, caller, tell, dict(request.path_params), query, fields, files, _at(request))
        view = page.post if is_post and page.post else page.view
        answer = await run_in_threadpool(view, ask)
        return await run_in_threadpool(self._response, request, ask, page, answer)

    def _response(self, request: Request, ask: Ask, page: Page, answer: Answer) -> Response:
        if isinstance(answer, Redirect):
            return RedirectResponse(_here(answer.to), 303, headers=HEADERS)
        if isinstance(answer, Download):
            head = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(answer.name)}"}
            return Response(answer.body, media_type=answer.media_type, headers={**HEADERS, **head})
        html = self._framed(request, ask, answer.template, page.name, answer.values)
        response = HTMLResponse(html, answer.status, headers=HEADERS)
        _keep(response, request)
        return response

    def _framed(
        self, request: Request, ask: Ask, template: str, current: str, values: Mapping[str, Any]
    ) -> str:
        """A template with the values of its view and those of the frame."""
        tell, caller, now = ask.language, ask.caller, self._context.now()
        stands = condition(self._context, caller)
        names = {key: person.name for key, person in self._context.book().people.items()}
        scheme = _one_of(
            request.query_params.get("scheme") or request.cookies.get("scheme"), ("dark", "light")
        )
        done = ask.first("done")
        frame = {
            "tell": tell, "say": tell.say, "word": tell.word, "code": tell.lang, "asker": caller, "page": current,
            "w": Written(tell, now, names, stands.in_units), "now": now, "at": ask.at, "style": version(),
            "lang": "zh-CN" if tell.lang == "zh" else "en", "other": next(one for one in LANGUAGES if one != tell.lang),
            "scheme": scheme,  "seq": stands.seq,
            "menu": menu.sections(self._pages, caller, tell, current, menu.SECTIONS),
            "bottom": menu.bottom(self._pages, caller, tell, current), "banners": _banners(stands, caller, tell),
            "address": lambda **more: _address(request, more), "title": "", "enhanced": (), "scripts": _SCRIPTS,
            "keys_off": request.cookies.get("keys") == "off", "notify_on": request.cookies.get("notify") == "on",
            "done": tell.say(f"done.{done}") if tell.has(f"done.{done}") else "",
        }  # fmt: skip
        own = dict(values)
        own["scripts"] = (*_SCRIPTS, *own.get("scripts", ()))
        return render(template, **{**frame, **own})


def found() -> list[Page]:
    """The pages of every module of `page.pages`."""
    names = sorted(one.name for one in pkgutil.iter_modules(lowtide.page.pages.__path__))
    modules = [importlib.import_module(f"lowtide.page.pages.{name}") for name in names]
    return [page for module in modules for page in getattr(module, "PAGES", ())]


class Banner:
    """A line above every page. `kind`: bad, warn or plain."""

    def __init__(self, kind: str, text: str, to: str = "") -> None:
        self.kind, self.text, self.to = kind, text, to


def _banners(stands: Condition, caller: Caller, tell: Language) -> list[Banner]:
    made = []
    if stands.standby:
        made.append(Banner("bad", tell.say("frame.banner.standby", holder=stands.standby)))
    if stands.away:
        made.append(Banner("warn", tell.say("frame.banner.away", why=stands.away)))
    if stands.dead:
        count = tell.count(stands.dead, "message")
        made.append(Banner("bad", tell.say("frame.banner.dead", n=count), "/messages?state=dead"))
    if stands.refused and caller.role.includes(Role.ADMIN):
        made.append(Banner("warn", tell.say("frame.banner.refused", n=tell.count(stands.refused, "row"))))
    if stands.stale_at is not None:
        day = Written(tell, 0).day(stands.stale_at).striptags()
        made.append(
            Banner(
                "plain", tell.say("frame.banner.stale", day=day if tell.lang == "zh" else f" {day}".strip())
            )
        )
    return made


def _plain(tell: Language, values: Mapping[str, Any]) -> str:
    """The page of somebody who is not known: no menu."""
    return render(
        "notice_plain", say=tell.say, code=tell.lang, lang="zh-CN" if tell.lang == "zh" else "en", other="",
        style=version(), **values,
    )  # fmt: skip


def _status(error: LowtideError) -> int:
    """What HTTP says to an error of a service."""
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 500)


_STATUS: tuple[tuple[type[LowtideError], int], ...] = (
    (Missing, 404), (NotAllowed, 403), (Moved, 409), (ActionError, 409), (WarehouseError, 503), (SettingsError, 422),
)  # fmt: skip


def _where(error: BaseException) -> str:
    """The innermost place of an error, without any value: `service/queue.py:118`."""
    frames = traceback.extract_tb(error.__traceback__)
    if not frames:
        return ""
    return f"{frames[-1].filename.rpartition('lowtide/')[2]}:{frames[-1].lineno}"


def _methods(page: Page) -> list[str]:
    return ["GET", "HEAD", "POST"] if page.post else ["GET", "HEAD"]


def _at(request: Request) -> str:
    query = request.url.query
    return f"{request.url.path}?{query}" if query else request.url.path


def _here(to: str) -> str:
    """A path of this site; whatever leads elsewhere becomes the first page."""
    return to if to.startswith("/") and not to.startswith(("//", "/\\")) else "/"


def _address(request: Request, more: Mapping[str, str]) -> str:
    """This address with other values of its query; a value that is empty is left out."""
    kept = [
        (name, value) for name, value in request.query_params.multi_items() if name not in {*more, "done"}
    ]
    query = urlencode([*kept, *((name, value) for name, value in more.items() if value)])
    return f"{request.url.path}?{query}" if query else request.url.path


def _keep(response: Response, request: Request) -> None:
    """Keep the language and the scheme that the address asks for."""
    for name, known in _KEPT.items():
        value = _one_of(request.query_params.get(name.removeprefix("lowtide_")), known)
        if value:
            response.set_cookie(name, value, max_age=_YEAR_S, httponly=True, samesite="lax", path="/")


def _one_of(value: str | None, known: Sequence[str]) -> str:
    return value if value is not None and value in known else ""


async def _home(request: Request) -> Response:
    return RedirectResponse("/queue", 303, headers=HEADERS)


async def file(request: Request) -> Response:
    """A file of `static/`."""
    name = request.path_params["name"]
    try:
        body = static(name)
    except FileNotFoundError:
        raise HTTPException(404) from None
    headers = {
        **HEADERS,
        "Cache-Control": f"public, max-age={_YEAR_S}, immutable"
        if "version" in request.path_params
        else "public, max-age=3600",
    }
    return Response(body, media_type=KINDS.get(name.rpartition(".")[2], "text/plain"), headers=headers)
