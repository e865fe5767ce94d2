"""A reader of Chinese meets no English sentence: on no page as any role, and after no refusal."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any

import pytest

from lowtide.page import site
from lowtide.page.ask import Page
from tests.page.desk import ALERTS, MESSAGE, NOW, insert
from tests.web.house import House

CALLERS = ("vi", "chen", "ada")
OWN = {"sec_fetch_site": "same-origin", "content_type": "application/x-www-form-urlencoded"}
HOLES = {"alert_id": ALERTS[0], "notification_id": MESSAGE, "person": "chen", "location": "330", "sku": "S0"}
"""What stands in the holes of paths; other holes have an id that nobody knows."""
ENGLISH = re.compile(r"[A-Za-z]{2,}(?:[ '’]+[a-z]{2,})+")
"""Two words and more: a name, a code or a unit is one."""
FORMS: tuple[dict[str, Any], ...] = (
    {}, {"verb": "ack", "alert": "nobody"}, {"do": "approve", "id": "nobody"}, {"do": "export:fax", "id": "nobody"},
    {"do": "propose", "reason": ""}, {"do": "look", '["people","chen","budget"]': "soon"}, {"verb": "end", "silence": "x"},
    {"verb": "close", "alert": ALERTS[0], "feedback": "?"}, {"verb": "snooze", "alert": ALERTS[0], "until": "soon"},
    {"team": "nobody", "person": "li", "from": "2026-12-01T09:00", "until": "2026-11-01T09:00", "reason": "x"},
    {"from": "soon"}, {"old": "1", "new": "2", "again": "2"}, {"end": "x"}, {"supplier": "V002", "for": "d1"},
    {"verb": "note", "alert": ALERTS[0], "comment": ""}, {"do": "reject", "id": "nobody", "reason": "mood"},
)  # fmt: skip
QUERIES = (
    "",
    "?period=x",
    "?from=soon",
    "?cursor=x",
    "?state=x",
    "?scope=x&severity=grave",
    "?by=x&box=x",
    "?type=x&ask=1",
)


def english(text: str) -> list[str]:
    """The English on a page, without what one types and what is code."""
    body = text[text.index("<body") :]
    body = re.sub(
        r"(?s)<(script|code|pre|svg|textarea|template)\b.*?</\1>|<option[^>]*lang=.*?</option>", " ", body
    )
    body = re.sub(r'(?s)<(a|small)\b[^>]*\slang="en".*?</\1>|<[^>]*>', " · ", body)
    said = re.sub(r"`[^`]*`", " ", html.unescape(body))
    return [one for one in ENGLISH.findall(said) if one not in ("Li Na", "Lowtide", "sign not match")]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    one = House(tmp_path_factory.mktemp("chinese"))
    dead(one)
    yield one
    one.store.close()


def dead(house: House) -> None:
    """A target has refused the message of chen."""
    why = (
        "the signature is refused: compare the secret, and the clock of this machine; it says: sign not match"
    )
    with house.store.transaction() as tx:
        tx.execute("UPDATE outbox SET state = 'dead', because = ?, tries = 2", f"given up: {why}")
        insert(tx, "attempt", {"notification_id": MESSAGE, "target": "console", "try": 1, "at": NOW, "outcome": "wait",
                               "code": "310000", "detail": "it asks for fewer messages"})  # fmt: skip


@pytest.fixture(scope="module")
def cookies(house: House) -> dict[str, str]:
    return {login: f"{house.sign_in(login)}; lowtide_lang=zh" for login in CALLERS}


def addresses(page: Page) -> Iterator[str]:
    known = re.sub(r"{(\w+)}", lambda hole: HOLES.get(hole[1], "nobody"), page.path)
    yield from dict.fromkeys((known, re.sub(r"{\w+}", "nobody", page.path)))


@pytest.mark.parametrize("login", CALLERS)
@pytest.mark.parametrize("page", site.found(), ids=lambda page: page.path)
def test_no_page_and_no_refusal_is_in_english(
    house: House, cookies: dict[str, str], page: Page, login: str
) -> None:
    found = {}
    for address in addresses(page):
        for query in QUERIES:
            found[address + query] = house.get(address + query, cookie=cookies[login])
        for form in FORMS if page.post else ():
            found[f"{address} {form}"] = house.form(address, form, cookie=cookies[login])
    left = {
        where: words
        for where, reply in found.items()
        if "<body" in reply.text and (words := english(reply.text))
    }
    assert left == {}, left
    assert any("<body" in reply.text for reply in found.values())


@pytest.mark.parametrize("path", ["/account/access", "/login", "/nowhere", "/a/nothing"])
def test_what_stands_beside_the_pages_is_not_either(house: House, cookies: dict[str, str], path: str) -> None:
    for cookie in ("lowtide_lang=zh", cookies["chen"]):
        replies = [house.get(path, cookie=cookie, accept_language="zh")]
        for form in (*FORMS, {"login": "chen", "password": "no"}):
            replies.append(house.form(path, form, cookie=cookie, accept_language="zh"))
        replies.append(house.form(path, {}, cookie=cookie, accept_language="zh", sec_fetch_site="cross-site"))
        left = [words for reply in replies if "<body" in reply.text and (words := english(reply.text))]
        assert left == []
