"""Everybody can use the pages: axe finds nothing on each page, in both languages and schemes, on a desk and a phone.

`make test` looks at a sample; `make page-browser` at all of them (`LOWTIDE_BROWSER=all`).
"""

from __future__ import annotations

import os
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.desk import alert_id, fill_all, running

PAGES = (
    "/queue?scope=all", f"/alerts/{alert_id(1)}", "/proposals", "/proposals?state=export", "/board", "/board?stage=open",
    "/queue?scope=all&q=nothing", "/nowhere",
)  # fmt: skip
LOOKS = tuple(product(("en", "zh"), ("light", "dark"), ((1280, 900), (390, 844))))
SAMPLE = (("en", "light", (1280, 900)), ("zh", "dark", (390, 844)))
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@pytest.mark.parametrize(
    ("lang", "scheme", "size"), LOOKS if os.environ.get("LOWTIDE_BROWSER") == "all" else SAMPLE
)
def test_axe_finds_nothing(
    tmp_path: Path, tab: Callable[..., Any], lang: str, scheme: str, size: tuple[int, int]
) -> None:
    with running(tmp_path, 30, fill_with=fill_all) as desk:
        page = tab(size, scheme, lang)
        found: list[str] = []
        for path in PAGES:
            page.goto(f"{desk.address}{path}{'&' if '?' in path else '?'}lang={lang}")
            result = Axe().run(page, options=RULES)
            for rule in result.response["violations"]:
                found.append(f"{path}: {rule['id']}: {rule['nodes'][0]['html'][:160]}")
            assert page.evaluate("document.documentElement.scrollWidth") <= size[0], path
        tab.wrong[:] = [one for one in tab.wrong if "404" not in one]  # type: ignore[attr-defined]
        assert found == [], "\n".join(found)
