"""The entrance of the site: who asks, or the answer to somebody who may not ask.

GET of nobody       303 to /login, which leads back
anything else       a page that says why: too often, another host, a token that is not good
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from lowtide.page.render import render, version
from lowtide.service import Caller
from lowtide.web.gate import Gate
from lowtide.web.headers import HEADERS
from lowtide.web.refused import Refused
from lowtide.words import LANGUAGES, Language


@dataclass(frozen=True)
class Entrance:
    """The gate as the site uses it."""

    gate: Gate

    def caller(self, request: Request) -> Caller | Response:
        """Who asks; or the answer to somebody who may not ask."""
        try:
            caller = self.gate.caller(request)
            if caller is None:
                return self._to_sign_in(request)
            self.gate.limit(caller)
        except Refused as refused:
            self.gate.refused(request, None, refused.why)
            return refusal(refused, self.gate.language(request))
        return caller

    def is_own(self, request: Request) -> bool:
        """Whether a page of this desk sent the request."""
        return self.gate.is_own(request)

    def refused(self, request: Request, caller: Caller | None, why: str) -> None:
        """Write down that a request was refused."""
        self.gate.refused(request, caller, why)

    def language(self, request: Request, caller: Caller | None = None) -> Language:
        """In which words to answer."""
        return self.gate.language(request, caller)

    def _to_sign_in(self, request: Request) -> Response:
        """The page to sign in; after a form that came too late, its page is loaded anew."""
        back = request.url.path
        if request.method == "GET" and request.url.query:
            back += f"?{request.url.query}"
        return RedirectResponse(f"/login?next={quote(back[:1_000], safe='/')}", 303, headers=HEADERS)


def refusal(refused: Refused, tell: Language) -> Response:
    """A page that says why a request is refused, and what to do."""
    html = plain("notice_plain", tell, title=refused.message(tell), text=refused.hint(tell))
    return HTMLResponse(html, refused.status, headers={**HEADERS, **refused.headers})


def plain(template: str, tell: Language, **values: object) -> str:
    """A page without the menu, for somebody who is not known."""
    return render(
        template, say=tell.say, code=tell.lang, lang="zh-CN" if tell.lang == "zh" else "en",
        other=next(one for one in LANGUAGES if one != tell.lang), style=version(), **values,
    )  # fmt: skip
