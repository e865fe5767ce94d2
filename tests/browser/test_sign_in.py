"""Signing in, in a browser: the way back to the page that was asked for, a wrong password, sessions and passwords."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from lowtide.service import Role
from lowtide.web import user_file
from tests.browser.desk import running
from tests.web.house import PASSWORD

Tab = Callable[..., Any]


def users(folder: Path) -> Path:
    path = folder / "users.yaml"
    user_file.set_user(path, "chen", role=Role.OPERATOR, person="chen", password=PASSWORD)
    return path


def sign_in(page: Any, password: str = PASSWORD) -> None:
    page.locator("input[name=login]").fill("chen")
    page.locator("input[name=password]").fill(password)
    page.locator("main button").first.click()


def test_whoever_signs_in_comes_to_the_page_that_was_asked_for(tmp_path: Path, tab: Tab) -> None:
    with running(tmp_path, 3, users=users(tmp_path)) as desk:
        page = tab(lang="zh")
        page.goto(f"{desk.address}/board?stage=open")
        assert "/login?next=" in page.url
        sign_in(page, "not the one")
        said = page.locator("[role=alert]").inner_text()
        assert "用户名或密码不正确。" in said and page.locator("input[name=login]").input_value() == "chen"
        sign_in(page)
        assert page.url == f"{desk.address}/board?stage=open"
        tab.wrong[:] = [one for one in tab.wrong if "401" not in one]  # type: ignore[attr-defined]


def test_a_session_is_ended_from_another_browser_and_by_a_new_password(tmp_path: Path, tab: Tab) -> None:
    with running(tmp_path, 3, users=users(tmp_path)) as desk:
        first, second = tab(), tab()
        for page in (first, second):
            page.goto(f"{desk.address}/account/access")
            sign_in(page)
        second.locator("button[name=end]").first.click()
        assert "has ended" in second.locator(".banner.good").inner_text()
        first.goto(f"{desk.address}/queue")
        assert "/login" in first.url
        sign_in(first)
        second.goto(f"{desk.address}/account/access")
        for name, text in (("old", PASSWORD), ("new", "another open 2"), ("again", "another open 3")):
            second.locator(f"input[name={name}]").fill(text)
        second.locator("form", has=second.locator("input[name=old]")).locator("button").click()
        assert "two ways" in second.locator("[role=alert]").inner_text()
        for name, text in (("old", PASSWORD), ("new", "another open 2"), ("again", "another open 2")):
            second.locator(f"input[name={name}]").fill(text)
        second.locator("form", has=second.locator("input[name=old]")).locator("button").click()
        assert "password is changed" in second.locator(".banner.good").inner_text()
        first.goto(f"{desk.address}/queue")
        assert "/login" in first.url, "the other browser is signed out"
        second.goto(f"{desk.address}/account/access")
        second.locator("form[action='/logout'] button").click()
        assert "/login" in second.url
        tab.wrong[:] = [one for one in tab.wrong if "422" not in one]  # type: ignore[attr-defined]
