"""The browser of the tests: one Chromium for all, a page of its own for each."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = os.environ.get("LOWTIDE_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


SAMPLE = (
    "twenty", "two_people", "without_script", "rejected", "axe_finds_nothing[en-light", "an_order_whose_numbers",
    "the_palette", "comes_to_the_page_that_was_asked", "pops_up",
)  # fmt: skip
"""Parts of the names of the tests that `make test` runs; `make page-browser` runs all (`LOWTIDE_BROWSER=all`)."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the sample of this folder, unless all were asked for or some were named."""
    here = str(Path(__file__).parent)
    named = any("tests/browser" in argument for argument in config.args)
    if os.environ.get("LOWTIDE_BROWSER") == "all" or named:
        return
    left = [
        one
        for one in items
        if str(one.path).startswith(here) and not any(part in one.name for part in SAMPLE)
    ]
    config.hook.pytest_deselected(items=left)
    items[:] = [one for one in items if one not in left]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """The browser; without one the test is skipped, and under CI=true it fails.

    Of one module, because as long as it is open an event loop runs in this thread, and tests of others could start none.
    """
    if CHROMIUM is None:
        why = "Chromium is not installed (`apt-get install chromium`), so no page was looked at in a browser"
        pytest.fail(why) if os.environ.get("CI") == "true" else pytest.skip(why)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def tab(chromium: Any) -> Iterator[Callable[..., Any]]:
    """Opens a tab in a window of its own; a line in its console or a request to elsewhere fails the test."""
    made: list[Any] = []
    wrong: list[str] = []

    def opened(
        size: tuple[int, int] = (1280, 900), scheme: str = "light", lang: str = "en", **more: Any
    ) -> Any:
        window = chromium.new_context(
            viewport={"width": size[0], "height": size[1]}, color_scheme=scheme, reduced_motion="reduce",
            locale="zh-CN" if lang == "zh" else "en-US", **more,
        )  # fmt: skip
        window.set_default_timeout(15_000)
        page = window.new_page()
        page.on(
            "console",
            lambda line: (
                wrong.append(f"{line.text} {line.location.get('url')}")
                if line.type in ("error", "warning")
                else None
            ),
        )
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on(
            "request",
            lambda request: wrong.append(request.url) if "//127.0.0.1:" not in request.url else None,
        )
        made.append(window)
        return page

    opened.wrong = wrong  # type: ignore[attr-defined]
    yield opened
    for window in made:
        window.close()
    told = [line for line in wrong if not _desk_ended(line)]
    assert told == [], told


def _desk_ended(line: str) -> bool:
    """Whether a line only says that the desk of a test has ended: nothing listens, or /live was cut off and asks again."""
    return "ERR_CONNECTION_REFUSED" in line or (
        "/live?" in line and ("ERR_CONNECTION_RESET" in line or "429" in line)
    )
