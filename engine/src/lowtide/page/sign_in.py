"""Pages to sign in and out, by password or by the provider; and whom the local person acts as.

GET, POST /login       login and password; `next` is a path of this site
GET /oidc/start        a link to the provider: a form could not lead there, because of `form-action 'self'`
GET /oidc/callback     where the provider sends people back
POST /logout
POST /act-as           without users: `person` of the people file
/account/access        own sessions, another password, act as
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from lowtide.errors import LowtideError, SettingsError
from lowtide.page import form
from lowtide.page.ask import Answer, Ask, Html, Page, Redirect
from lowtide.page.entrance import plain, refusal
from lowtide.service import Caller, Role
from lowtide.web.headers import HEADERS
from lowtide.web.refused import Refused
from lowtide.web.sessions import Session
from lowtide.web.sign_in import SignIn
from lowtide.words import Language

_MOST_BYTES = 16 << 10
_MARK = "lowtide_oidc"
_MARK_S = 600
_PATH = re.compile(r"/(?![/\\])[!-\[\]-~]*")
"""A path of this site: `//host` and `/\\host` would lead elsewhere."""


@dataclass(frozen=True)
class SignInPages:
    """The pages, over what `web.sign_in` does."""

    sign_in: SignIn
    address: Callable[[], str]
    """The address of this desk, for the provider to send people back to."""

    @property
    def routes(self) -> list[Route]:
        """Those without the frame."""
        return [
            Route("/login", self._login, methods=["GET", "POST"]),
            Route("/logout", self._logout, methods=["POST"]),
            Route("/act-as", self._act_as, methods=["POST"]),
            Route("/oidc/start", self._start),
            Route("/oidc/callback", self._callback),
        ]

    @property
    def pages(self) -> list[Page]:
        """Those in the frame."""
        return [Page("/account/access", "access", self._access, self._change, post_role=Role.VIEWER)]

    async def _login(self, request: Request) -> Response:
        tell = await run_in_threadpool(self.sign_in.gate.language, request)
        if not self.sign_in.gate.signs_in:
            return _to("/")
        if request.method != "POST":
            return self._form(request, tell, _next(request.query_params.get("next", "")))
        fields, _ = await form.read(request, _MOST_BYTES)
        login, password, next_ = (fields.get(name, [""])[0] for name in ("login", "password", "next"))

        def begin() -> Response:
            try:
                self._check_own(request)
                secret = self.sign_in.with_password(request, login, password)
            except Refused as refused:
                return self._form(request, tell, _next(next_), login, refused)
            response = _to(_next(next_))
            self.sign_in.gate.asker.keep(request, response, secret)
            return response

        return await run_in_threadpool(begin)

    def _form(
        self, request: Request, tell: Language, next_: str, login: str = "", refused: Refused | None = None
    ) -> Response:
        html = plain(
            "login", tell, title=tell.say("sign_in.title"), next=next_, login=login[:100],
            provider=self.sign_in.provider.is_there, problem=_said(refused, tell) if refused else "",
        )  # fmt: skip
        status, more = (refused.status, refused.headers) if refused else (200, {})
        shown = {name: value for name, value in more.items() if name != "WWW-Authenticate"}
        response = HTMLResponse(html, status, headers={**HEADERS, **shown})
        return self.sign_in.gate.finish(request, response)

    async def _logout(self, request: Request) -> Response:
        def leave() -> Response:
            try:
                caller = self.sign_in.gate.admit(request, Role.VIEWER)
            except Refused as refused:
                return _refused(refused, self._tell(request))
            response = _to("/login")
            if caller.via == "session":
                self.sign_in.out(request, caller, response)
            return response

        return await run_in_threadpool(leave)

    async def _act_as(self, request: Request) -> Response:
        fields, _ = await form.read(request, _MOST_BYTES)
        person = fields.get("person", [""])[0]

        def choose() -> Response:
            try:
                caller = self.sign_in.gate.admit(request, Role.VIEWER)
            except Refused as refused:
                return _refused(refused, self._tell(request))
            if caller.via != "local" or person not in self.sign_in.gate.book().people:
                raise HTTPException(404)
            response = _to(_next(fields.get("next", ["/account/access?done=person"])[0]))
            self.sign_in.gate.asker.choose(response, person)
            return response

        return await run_in_threadpool(choose)

    async def _start(self, request: Request) -> Response:
        next_ = _next(request.query_params.get("next", ""))

        def go() -> Response:
            try:
                self.sign_in.count_address(request)  # each asks for room, and perhaps the provider
                address, mark = self.sign_in.provider.begin(self._back, next_)
            except Refused as refused:
                return refusal(refused, self._tell(request))
            response = RedirectResponse(address, 303, headers=HEADERS)
            secure = self.sign_in.gate.place.is_secure(request)
            response.set_cookie(
                _MARK, mark, max_age=_MARK_S, path="/oidc/", secure=secure, httponly=True, samesite="lax"
            )
            return response

        return await run_in_threadpool(go)

    async def _callback(self, request: Request) -> Response:
        def come() -> Response:
            try:
                self.sign_in.count_address(request)
                mark = request.cookies.get(_MARK, "")
                identity, next_ = self.sign_in.provider.finish(self._back, request.url.query, mark)
                secret = self.sign_in.with_provider(request, identity)
            except Refused as refused:
                self.sign_in.gate.refused(request, None, refused.why)
                return refusal(refused, self._tell(request))
            response = _to(next_)
            self.sign_in.gate.asker.keep(request, response, secret)
            response.delete_cookie(_MARK, path="/oidc/")
            return response

        return await run_in_threadpool(come)

    def _access(self, ask: Ask) -> Answer:
        return Html("access", self._values(ask))

    def _change(self, ask: Ask) -> Answer:
        try:
            done = self._changed(ask)
        except (Refused, LowtideError) as error:
            status = error.status if isinstance(error, Refused) else 422
            return Html("access", {**self._values(ask), "problem": _said(error, ask.language)}, status)
        return Redirect(f"/account/access?done={done}")

    def _changed(self, ask: Ask) -> str:
        if ask.first("end"):
            self.sign_in.end(ask.caller, ask.first("end"))
            return "session"
        old, new, again = (ask.first(name) for name in ("old", "new", "again"))
        if new != again:
            say = ask.language.say
            raise SettingsError(say("sign_in.differs"), say("sign_in.differs_hint"))
        self.sign_in.change_password(ask.caller, old, new)
        return "password"

    def _values(self, ask: Ask) -> dict[str, Any]:
        gate, caller, tell = self.sign_in.gate, ask.caller, ask.language
        user = gate.asker.users.user(caller.login) if caller.via == "session" else None
        rows = [_session(one, caller, tell) for one in self.sign_in.sessions(caller)]
        persons = [(key, person.name) for key, person in gate.book().people.items()]
        return {
            "title": tell.say("page.access"), "sessions": rows, "has_password": bool(user and user.password),
            "local": caller.via == "local", "persons": persons, "person": caller.person or "", "problem": "",
        }  # fmt: skip

    def _check_own(self, request: Request) -> None:
        if not self.sign_in.gate.is_own(request):
            self.sign_in.gate.refused(request, None, "foreign")
            raise Refused("foreign")

    def _tell(self, request: Request) -> Language:
        return self.sign_in.gate.language(request)

    @property
    def _back(self) -> str:
        return f"{self.address()}/oidc/callback"


def _said(error: Refused | LowtideError, tell: Language) -> str:
    """Why something was refused, and what to do."""
    if isinstance(error, Refused):
        return tell.refusal(error.message(tell), error.hint(tell))
    return tell.refusal(error.message, error.hint)


def _session(one: Session, caller: Caller, tell: Language) -> dict[str, Any]:
    text = tell.say(
        "sign_in.session", name=one.name, since=_at(tell, one.made_at), seen=_at(tell, one.seen_at)
    )
    return {"name": one.name, "here": one.name == caller.session, "text": text}


def _at(tell: Language, ms: int) -> str:
    return tell.instant(datetime.fromtimestamp(ms / 1000, UTC).isoformat())


def _next(path: str) -> str:
    """Where to go after signing in: a path of this site, else its first page."""
    return path if len(path) <= 2_000 and _PATH.fullmatch(path) and not path.startswith("/login") else "/"


def _to(path: str) -> Response:
    return RedirectResponse(path, 303, headers=HEADERS)


def _refused(refused: Refused, tell: Language) -> Response:
    return _to("/login") if refused.why == "sign_in" else refusal(refused, tell)
