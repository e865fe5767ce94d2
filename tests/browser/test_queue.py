"""The queue in a browser: a morning's triage by keys alone, two people at once, a phone, and no script at all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import expect

from tests.browser.desk import alert_id, entries, fill, running, states

Tab = Callable[..., Any]


def row(page: Any, place: int) -> Any:
    return page.locator(f"#a-{alert_id(place)}")


def test_twenty_alerts_are_answered_by_keys_alone(tmp_path: Path, tab: Tab) -> None:
    with running(tmp_path, 24) as desk:
        page = tab()
        page.goto(f"{desk.address}/queue?scope=all")
        for place in range(20):
            page.keyboard.press("j")
            page.keyboard.press("z" if place % 10 == 9 else "a")
        expect(page.locator("tr button[value^='start:']")).to_have_count(18)
        page.keyboard.press("k")
        page.keyboard.press("k")
        page.keyboard.press("s")
        expect(page.locator("tr button[value^='start:']")).to_have_count(17)
        assert states(desk.store) == {"acknowledged": 17, "in_progress": 1, "new": 6}
        told = [one["entry"] for one in entries(desk.store)]
        assert sorted(set(told)) == ["ACKNOWLEDGED", "SNOOZED", "STARTED"] and len(told) == 21
        page.keyboard.press("?")
        assert "snooze" in page.locator("dialog").inner_text()


def test_keys_are_silent_where_they_are_switched_off_and_while_one_types(tmp_path: Path, tab: Tab) -> None:
    with running(tmp_path, 3) as desk:
        page = tab()
        page.goto(f"{desk.address}/queue?scope=all&keys=off")
        page.reload()
        page.keyboard.press("j")
        page.keyboard.press("a")
        assert page.locator("tr.is-on").count() == 0
        page.goto(f"{desk.address}/queue?scope=all&keys=on")
        page.reload()
        page.keyboard.press("/")
        page.keyboard.type("jaz")
        assert page.locator(".filters input[type=search]").input_value() == "jaz"
        assert states(desk.store) == {"new": 3}


def test_two_people_at_once_the_second_sees_who_was_first(tmp_path: Path, tab: Tab) -> None:
    with running(tmp_path, 4) as desk:
        first, second = tab(), tab()
        for page in (first, second):
            page.goto(f"{desk.address}/queue?scope=all")
        row(first, 1).locator("button[value^='ack:']").click()
        row(second, 1).locator("button[value^='start:']").wait_for()  # live: nobody pressed anything there
        assert "陈晨" in row(second, 1).inner_text()
        row(second, 2).locator("input").check()
        third = tab()
        third.context.add_cookies([{"name": "lowtide_person", "value": "wang", "url": desk.address}])
        third.route("**/live*", lambda route: route.abort())  # a page that does not hear of others
        third.goto(f"{desk.address}/queue?scope=all")
        row(first, 3).locator("button[value^='ack:']").click()
        row(first, 3).locator("button[value^='start:']").wait_for()
        row(third, 3).locator("button[value^='ack:']").click()
        said = row(third, 3).locator(".said")
        said.wait_for()
        assert "Somebody was faster" in said.inner_text() and "陈晨" in said.inner_text()
        assert row(second, 2).locator("input").is_checked()
        tab.wrong[:] = [one for one in tab.wrong if "ERR_FAILED" not in one]  # type: ignore[attr-defined]


def test_a_new_alert_is_counted_and_shown_on_a_press(tmp_path: Path, tab: Tab) -> None:
    with running(tmp_path, 3) as desk:
        page = tab()
        page.goto(f"{desk.address}/queue?scope=all")
        page.wait_for_timeout(300)
        with desk.store.transaction() as tx:
            tx.execute("DELETE FROM routed")
            tx.execute("DELETE FROM alert")
        fill(desk.store, 5)
        page.locator(".pill").click()
        expect(page.locator("tr[data-id]")).to_have_count(5)


def test_everything_works_without_script(tmp_path: Path, tab: Tab) -> None:
    with running(tmp_path, 8) as desk:
        page = tab(java_script_enabled=False)
        page.goto(f"{desk.address}/queue?scope=all")
        row(page, 0).locator("button[value^='ack:']").click()
        assert "Taken" in page.locator(".banner.good").inner_text()
        for place in (2, 3):
            row(page, place).locator("input").check()
        page.locator("[data-bulk] > button[value=ack]").click()
        assert states(desk.store) == {"acknowledged": 3, "new": 5}
        page.locator(".filters > summary").click()
        page.locator("#f-type").select_option("out_of_stock")
        page.locator(".filters button").click()
        assert page.locator("tr[data-id]").count() == 2 and "type=out_of_stock" in page.url
        page.locator(".what a").first.click()
        assert page.url.endswith(f"/alerts/{alert_id(1)}")
        page.locator("button[value=ack]").click()
        assert states(desk.store) == {"acknowledged": 4, "new": 4}


def test_a_phone_has_cards_a_bar_at_the_bottom_and_fingers_find_everything(tmp_path: Path, tab: Tab) -> None:
    with running(tmp_path, 5) as desk:
        page = tab((390, 844), lang="zh", has_touch=True, is_mobile=True)
        page.goto(f"{desk.address}/queue?scope=all&lang=zh")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        low = page.evaluate(
            "[...document.querySelectorAll('main button, main a.button, .bottom a, .bottom summary')]"
            ".filter(e => e.offsetParent && e.getBoundingClientRect().height < 44).map(e => e.textContent)"
        )
        assert low == []
        page.locator(".bottom summary").tap()
        assert page.locator(".sheet a").first.is_visible()
        page.locator("main h1").tap()
        row(page, 0).locator("button[value^='ack:']").tap()
        row(page, 0).locator("button[value^='start:']").wait_for()
        assert states(desk.store)["acknowledged"] == 1
