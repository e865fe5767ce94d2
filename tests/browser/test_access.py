"""Everybody can use the pages: axe finds nothing on each page, in both languages and schemes, on a desk and a phone.

`make test` looks at a sample; `make page-browser` at all of them (`LOWTIDE_BROWSER=all`).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.desk import alert_id, fill_all, running
from tests.browser.shop import Shop, shop
from tests.browser.test_sign_in import users

PAGES = (
    "/queue?scope=all", f"/alerts/{alert_id(1)}", "/proposals", "/proposals?state=export", "/board", "/board?stage=open",
    "/queue?scope=all&q=nothing", "/nowhere", "/kpi", "/account", "/account/access", "/policy/change", "/add", "/help",
)  # fmt: skip
"""Over a desk.db that is full while the warehouse is away: what it would tell is replaced by a line that says so."""
FIGURES = (
    "/kpi", "/kpi?by=supplier", "/kpi/person/chen", "/heatmap", "/trends", "/signs", "/suppliers", "/suppliers/V002",
    "/calibration",
    "/policy", "/policy?location=330&sku=1001", "/policy/change", "/people/change", "/rules", "/people",
    "/people?ask=1&type=out_of_stock", "/silences", "/silences?preview=1&supplier=V002", "/messages", "/audit",
    "/positions/330/1001", f"/alerts/{'A' * 26}", "/proposals", "/queue", "/add",
)  # fmt: skip
"""Over a warehouse that answers."""
LOOKS = tuple(product(("en", "zh"), ("light", "dark"), ((1280, 900), (390, 844))))
SAMPLE = (("en", "light", (1280, 900)), ("zh", "dark", (390, 844)))
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
ALL = os.environ.get("LOWTIDE_BROWSER") == "all"
SAMPLED = 8
"""Of PAGES the sample looks at so many."""
EVERY = pytest.mark.parametrize(("lang", "scheme", "size"), LOOKS if ALL else SAMPLE)


@pytest.fixture(scope="module")
def milk_shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    with shop(tmp_path_factory.mktemp("shop")) as here:
        yield here


def look(page: Any, address: str, lang: str, size: tuple[int, int]) -> list[str]:
    """What axe finds on a page; a page that is wider than its screen is a finding too."""
    page.goto(f"{address}{'&' if '?' in address else '?'}lang={lang}")
    path = page.url.partition("//")[2].partition("/")[2]
    # As tall as the page: the bar of the phone lies over whatever stands at the lower edge, until one scrolls.
    height = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": size[0], "height": max(size[1], height)})
    found = [
        f"/{path}: {rule['id']}: {rule['nodes'][0]['html'][:160]}"
        for rule in Axe().run(page, options=RULES).response["violations"]
    ]
    if (width := page.evaluate("document.documentElement.scrollWidth")) > size[0]:
        found.append(f"/{path}: {width} pixels wide")
    page.set_viewport_size({"width": size[0], "height": size[1]})
    return found


def pardon(tab: Callable[..., Any]) -> None:
    """A page that is not there, or that needs the warehouse, is answered so on purpose."""
    tab.wrong[:] = [one for one in tab.wrong if not any(code in one for code in ("404", "503"))]  # type: ignore[attr-defined]


@EVERY
def test_axe_finds_nothing(
    tmp_path: Path, tab: Callable[..., Any], lang: str, scheme: str, size: tuple[int, int]
) -> None:
    with running(tmp_path, 30, fill_with=fill_all) as desk:
        page = tab(size, scheme, lang)
        pages = PAGES if ALL else PAGES[:SAMPLED]
        found = [one for path in pages for one in look(page, desk.address + path, lang, size)]
        pardon(tab)
        assert found == [], "\n".join(found)


@EVERY
def test_axe_finds_nothing_before_and_after_signing_in(
    tmp_path: Path, tab: Callable[..., Any], lang: str, scheme: str, size: tuple[int, int]
) -> None:
    with running(tmp_path, 3, users=users(tmp_path)) as desk:
        page = tab(size, scheme, lang)
        found = look(page, f"{desk.address}/login", lang, size)
        page.locator("input[name=login]").fill("chen")
        page.locator("input[name=password]").fill("wrong")
        page.locator("main button").first.click()
        found += [
            f"wrong password: {rule['id']}" for rule in Axe().run(page, options=RULES).response["violations"]
        ]
        tab.wrong[:] = [one for one in tab.wrong if "401" not in one]  # type: ignore[attr-defined]
        assert found == [], "\n".join(found)


@EVERY
def test_axe_finds_nothing_on_figures(
    milk_shop: Shop, tab: Callable[..., Any], lang: str, scheme: str, size: tuple[int, int]
) -> None:
    page = tab(size, scheme, lang)
    found = [one for path in FIGURES for one in look(page, milk_shop.address + path, lang, size)]
    assert found == [], "\n".join(found)
