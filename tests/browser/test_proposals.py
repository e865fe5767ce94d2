"""Proposals and the board in a browser: what is shown, what is sent, and what is refused with both numbers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.browser.desk import entries, fill_all, running

Tab = Callable[..., Any]


def test_lines_are_rejected_with_a_reason_and_leave_the_list(tmp_path: Path, tab: Tab) -> None:
    with running(tmp_path, 14, fill_with=fill_all) as desk:
        page = tab(java_script_enabled=False)
        page.goto(f"{desk.address}/proposals")
        first = page.locator("section.order").first
        names = first.locator("tr[data-id]").count()
        first.locator("details.confirm > summary").click()
        first.locator("button.bad").click()
        assert "Rejected" in page.locator(".banner.good").inner_text()
        told = [(one["entry"], one["actor"]) for one in entries(desk.store)]
        assert told == [("REJECTED", "chen")] * names


def test_while_the_warehouse_is_away_nothing_is_approved_and_the_line_says_why(
    tmp_path: Path, tab: Tab
) -> None:
    with running(tmp_path, 14, fill_with=fill_all) as desk:
        page = tab()
        page.goto(f"{desk.address}/proposals")
        page.locator("section.order").first.locator("footer button.primary").click()
        page.locator("main [role=alert], main h1").first.wait_for()
        with desk.store.read() as rows:
            assert rows.value("SELECT count(*) FROM proposal WHERE decided_by = 'chen'") == 0
        tab.wrong[:] = [one for one in tab.wrong if "409" not in one and "503" not in one]  # type: ignore[attr-defined]


def test_the_board_shows_who_is_stuck_first(tmp_path: Path, tab: Tab) -> None:
    with running(tmp_path, 14, fill_with=fill_all) as desk:
        page = tab()
        page.goto(f"{desk.address}/board")
        assert page.locator(".stuck li").count() > 0
        assert page.locator(".stage").count() == 7
        page.locator(".stage h2 a").first.click()
        assert "stage=open" in page.url and page.locator(".stage").count() == 1
