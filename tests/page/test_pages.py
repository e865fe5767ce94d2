"""The pages on figures, people and rules: each shows all of its parts in both languages, and hostile text stays text."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any, get_type_hints

import pytest
from starlette.applications import Starlette

from lowtide.desk.store import Store
from lowtide.page import pages as package
from lowtide.page.pages import (
    account,
    audit,
    calibration,
    heatmap,
    help,
    kpi,
    messages,
    people,
    policy,
    signs,
    silences,
    suppliers,
    trends,
)  # fmt: skip
from lowtide.page.site import Site
from lowtide.service import Caller, Context, Role
from lowtide.settings import Settings
from lowtide.words import LANGUAGES
from tests.page.asgi import ask
from tests.page.desk import book
from tests.page.filled import filled
from tests.page.test_site import NOW, Gate

HOSTILE = '<script>alert(1)</script>"><img src=x onerror=alert(2)>\u202etxt.exe & `rm` {{ 7*7 }} ' + "牛" * 30
MODULES = (
    account,
    audit,
    calibration,
    heatmap,
    help,
    kpi,
    messages,
    people,
    policy,
    signs,
    silences,
    suppliers,
    trends,
)
PAGES = tuple(page for module in MODULES for page in module.PAGES)
ADMIN = Caller("chen", Role.ADMIN, "chen", "session")
ADDRESSES = (
    "/account", "/audit", "/calibration", "/calibration?by=supplier&openings=1", "/heatmap",
    "/heatmap?measure=count&period=week",
    "/help", "/kpi", "/kpi?by=location&period=week", "/kpi/person/chen", "/messages", "/messages?box=dead", "/messages/AB12",
    "/people", "/people?ask=1&type=overdue_supply&location=L1", "/policy", "/policy?location=L1&sku=S1", "/silences",
    "/silences?preview=1&supplier=V002", "/signs", "/signs?location=L1",
    "/suppliers", "/suppliers/V002", "/trends", "/trends?period=year",
)  # fmt: skip


def answered(monkeypatch: pytest.MonkeyPatch, module: Any, name: str, text: str) -> None:
    """Let a question of a page's module answer with every field filled."""
    question: Callable[..., Any] = getattr(module, name)
    hint = get_type_hints(question)["return"]
    value = (text,) if hint == tuple[str, ...] else filled(hint, text)
    monkeypatch.setattr(module, name, lambda *_, **__: value)


@pytest.fixture
def full(monkeypatch: pytest.MonkeyPatch) -> None:
    for module, names in {
        audit: ("audit",), calibration: ("calibration",), heatmap: ("heatmap",), trends: ("trends",),
        kpi.service: ("kpi", "person_figures"), messages.service: ("messages", "message"), people.service: ("people",),
        policy.service: ("policy",), policy: ("position",), silences.service: ("silences", "preview"),
        suppliers.service: ("suppliers", "supplier"), signs: ("signs",),
    }.items():  # fmt: skip
        for name in names:
            answered(monkeypatch, module, name, HOSTILE)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Starlette]:
    with Store.open(tmp_path / "desk.db") as store:
        people_in_force = book()
        context = Context(store, None, lambda: people_in_force, lambda: NOW, Settings())  # type: ignore[arg-type]
        yield Starlette(routes=Site(context, Gate(ADMIN), PAGES).routes)


@pytest.mark.usefixtures("full")
@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_shows_everything_and_hostile_text_is_text(address: str, lang: str, site: Starlette) -> None:
    answer = ask(site, "GET", f"{address}{'&' if '?' in address else '?'}lang={lang}")
    page = answer.text
    assert answer.status == 200, page[-2000:]
    assert "<script>alert" not in page and "<img" not in page and "{{" not in page.replace("{{ 7*7 }}", "")
    assert not re.search(r'\sstyle="|\son\w+=["\']', page), "the policy of contents forbids it"
    own = page.split("<main", 1)[1]
    assert ">view." not in own and ">page." not in own and ">figure." not in own, "a word is missing"


@pytest.mark.usefixtures("full")
def test_the_key_figures_say_which_alerts_they_count(site: Starlette) -> None:
    """445 alerts stood here and 2,346 on Trends, without a word why."""
    for lang, said in (("en", "routed since it was first started"), ("zh", "首次启动以来分派过的告警")):
        assert said in ask(site, "GET", f"/kpi?lang={lang}").text


@pytest.mark.usefixtures("full")
@pytest.mark.parametrize("name", signs.LISTS)
def test_each_list_of_signs_can_be_saved(name: str, site: Starlette) -> None:
    answer = ask(site, "GET", f"/signs?format=csv&list={name}")
    heads, row = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert heads == [one.name for one in fields(signs.LISTS[name])] and len(row) == len(heads)


def test_every_module_of_pages_that_is_ours_was_tried() -> None:
    tried = {re.sub(r"\?.*", "", address) for address in ADDRESSES}
    for page in PAGES:
        pattern = re.sub(r"\{[^}]*\}", "[^/]+", page.path)
        assert any(re.fullmatch(pattern, address) for address in tried), page.path
    assert package
