"""A page is one module and one template; the site asks who comes, refuses what may not be, and writes it in the frame."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from lowtide.desk.store import Store
from lowtide.errors import ActionError, SettingsError, WarehouseError
from lowtide.page.ask import Answer, Ask, Download, Html, Page, Redirect, Upload
from lowtide.page.form import fields
from lowtide.page.site import Site, found
from lowtide.service import Caller, Context, Role
from lowtide.settings import Settings
from lowtide.web.origin import is_own
from lowtide.words import LANGUAGES, Language
from tests.page.asgi import ask
from tests.page.desk import book

NOW = 1_780_000_000_000


class Gate:
    """Lets in whom it is given; a form of another origin is not ours."""

    def __init__(self, caller: Caller | None) -> None:
        self._caller = caller
        self.written: list[str] = []

    def caller(self, request: Request) -> Caller | Response:
        return self._caller or RedirectResponse("/login", 303)

    def is_own(self, request: Request) -> bool:
        return is_own(request.headers, None, "http")

    def refused(self, request: Request, caller: Caller | None, why: str) -> None:
        self.written.append(why)

    def language(self, request: Request, caller: Caller | None = None) -> Language:
        asked = request.query_params.get("lang") or request.cookies.get("lowtide_lang")
        return Language("zh" if asked == "zh" else "en", "¥", "Asia/Shanghai")


def view(ask: Ask) -> Answer:
    """Says what it was asked; some words are errors."""
    errors: dict[str, Exception] = {
        "gone": ActionError("it is closed", "Reopen it."), "bad": SettingsError("`days` is not a number"),
        "away": WarehouseError("no answer"), "broken": ValueError("secret of the log"),
    }  # fmt: skip
    if ask.first("raise"):
        raise errors[ask.first("raise")]
    if ask.first("file"):
        return Download("单.csv", "text/csv", b"a")
    return Html("notice", {"title": ask.first("title", "Hello"), "text": "`x` <b>"})


def post(ask: Ask) -> Answer:
    return Redirect(ask.first("to", "/try?done=ack"))


PAGES = (Page("/try", "queue", view, post=post), Page("/secret", "audit", view, role=Role.ADMIN))
CHEN = Caller("chen", Role.OPERATOR, "chen")
OURS = {"content_type": "application/x-www-form-urlencoded", "sec_fetch_site": "same-origin"}


@contextmanager
def site(folder: Path, caller: Caller | None = CHEN) -> Iterator[tuple[Starlette, Gate]]:
    with Store.open(folder / "desk.db") as store:
        gate, people = Gate(caller), book()
        context = Context(store, None, lambda: people, lambda: NOW, Settings())  # type: ignore[arg-type]
        yield Starlette(routes=Site(context, gate, PAGES).routes), gate


def test_a_page_stands_in_the_frame_and_everything_of_it_is_escaped(tmp_path: Path) -> None:
    with site(tmp_path) as (app, _):
        page = ask(app, "GET", "/try?title=%3Cscript%3E")
    assert (
        page.status == 200
        and "<h1>&lt;script&gt;</h1>" in page.text
        and "<code>x</code> &lt;b&gt;" in page.text
    )
    assert 'aria-current="page"' in page.text and "陈晨" in page.text and 'href="/secret"' not in page.text
    assert "script-src 'self'" in page.headers["content-security-policy"] and " style=" not in page.text


@pytest.mark.parametrize(
    ("asked", "status", "says"),
    [
        ("raise=gone", 409, "it is closed. Reopen it."), ("raise=bad", 422, "<code>days</code> is not a number"),
        ("raise=away", 503, "no answer"), ("raise=broken", 500, "mistake in Lowtide"),
    ],
)  # fmt: skip
def test_an_error_is_a_page_that_says_what_to_do(tmp_path: Path, asked: str, status: int, says: str) -> None:
    with site(tmp_path) as (app, _):
        page = ask(app, "GET", f"/try?{asked}")
    assert page.status == status and says in page.text and "secret of the log" not in page.text


def test_a_form_of_another_page_and_a_role_that_is_too_low_are_refused_and_written_down(
    tmp_path: Path,
) -> None:
    with site(tmp_path) as (app, gate):
        foreign = ask(app, "POST", "/try", body=b"to=/x", **{**OURS, "sec_fetch_site": "cross-site"})
        own = ask(app, "POST", "/try", body=b"to=/x%3Fdone%3Dack", **OURS)
        secret = ask(app, "GET", "/secret")
    assert (foreign.status, own.status, own.headers["location"], secret.status) == (
        403,
        303,
        "/x?done=ack",
        403,
    )
    assert gate.written == ["foreign", "role"]


@pytest.mark.parametrize("to", ["https://evil.example", "//evil.example", "/\\evil.example"])
def test_a_form_never_leads_elsewhere(tmp_path: Path, to: str) -> None:
    with site(tmp_path) as (app, _):
        assert ask(app, "POST", "/try", body=f"to={to}".encode(), **OURS).headers["location"] == "/"


def test_who_is_not_signed_in_is_sent_to_sign_in(tmp_path: Path) -> None:
    with site(tmp_path, None) as (app, _):
        assert ask(app, "GET", "/try").headers["location"] == "/login"


def test_the_choice_of_an_address_is_kept_in_a_cookie(tmp_path: Path) -> None:
    with site(tmp_path) as (app, _):
        page = ask(app, "GET", "/try?lang=zh&scheme=dark")
        again = ask(app, "GET", "/try", cookie="lowtide_lang=zh; scheme=dark")
        other = ask(app, "GET", "/try?scheme=purple")
    assert "scheme=dark" in page.headers["set-cookie"] and 'lang="zh-CN" data-scheme="dark"' in again.text
    assert "set-cookie" not in other.headers


def test_files_of_a_form_come_with_their_names() -> None:
    body = (
        b'--x\r\nContent-Disposition: form-data; name="note"\r\n\r\n\xe7\x89\x9b\r\n--x\r\nContent-Disposition: '
        b'form-data; name="file"; filename="a.csv"\r\nContent-Type: text/csv\r\n\r\n\xff\x00;\r\n1\r\n--x--\r\n'
    )
    found, files = fields(body, "multipart/form-data; boundary=x")
    assert found == {"note": ["牛"]} and files == {"file": Upload("a.csv", b"\xff\x00;\r\n1")}
    with pytest.raises(HTTPException):
        fields(b"{}", "application/json")


def test_every_page_of_the_menu_that_is_there_has_its_word() -> None:
    for page in found():
        assert all(Language(lang).has(f"page.{page.name}") for lang in LANGUAGES), page.name
