"""What every page has: the palette, browser notifications, paper, and news over a restart of the desk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import expect

from tests.browser.desk import alert_id, as_it_is, fill_all, running
from tests.page.desk import NOW, insert

Tab = Callable[..., Any]


def test_the_palette_finds_pages_and_what_is_open_by_keys_alone(tmp_path: Path, tab: Tab) -> None:
    with running(tmp_path, 12) as desk:
        page = tab()
        page.goto(f"{desk.address}/board")
        page.keyboard.press("Control+k")
        box = page.locator("dialog.palette")
        expect(box.locator("input")).to_be_focused()
        page.keyboard.type("Banana 1")
        expect(box.locator("li a").first).to_contain_text("Banana")
        page.keyboard.press("Enter")
        page.wait_for_url("**/queue?scope=all&sku=*")
        expect(page.locator("tr[data-id] .what")).to_contain_text("Banana")
        page.keyboard.press("Control+k")
        page.keyboard.type("silen")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowUp")
        expect(page.locator("dialog.palette li a.is-on")).to_contain_text("Silences")
        page.keyboard.press("Enter")
        page.wait_for_url("**/silences")
        page.keyboard.press("Control+k")
        page.keyboard.press("Escape")
        expect(page.locator("dialog.palette")).to_be_hidden()


def test_a_new_critical_alert_pops_up_after_the_person_switched_it_on(tmp_path: Path, tab: Tab) -> None:
    """Permission is the browser's to give; what pops up says what and where, and a warning does not."""
    with running(tmp_path, 2) as desk:
        page = tab(permissions=["notifications"])
        page.add_init_script(
            "window.popped = []; window.Notification = class { static permission = 'granted';"
            " static requestPermission() { return Promise.resolve('granted'); }"
            " constructor(title, more) { window.popped.push([title, more.body]); } };"
        )
        page.goto(f"{desk.address}/account")
        page.locator("a[data-notify]").click()
        page.wait_for_url("**notify=on**")
        page.goto(f"{desk.address}/queue?scope=all")
        page.wait_for_timeout(300)
        with desk.store.transaction() as tx:
            for place, severity in ((90, "critical"), (91, "warning")):
                insert(tx, "alert", {
                    "alert_id": alert_id(place), "pipeline": "p", "partition": "0", "type": "out_of_stock",
                    "severity": severity, "location": "S001", "location_name": "1 号店", "sku": f"N{place}",
                    "name": f"Rice {place}", "opened_at": NOW, "last_at": NOW, "seq": 1, "entry": "OPENED",
                    "status": "open", "state": "new", "owner": "chen", "round": 1, "round_at": NOW,
                })  # fmt: skip
        for _ in range(50):
            page.wait_for_timeout(100)  # a script of ours may not wait: the policy of contents forbids it
            if page.evaluate("window.popped.length"):
                break
        page.wait_for_timeout(300)
        ((title, body),) = page.evaluate("window.popped")
        assert "Rice 90" in title and "1 号店" in f"{title} {body}"


def test_a_browser_that_refuses_says_so_beside_the_switch(tmp_path: Path, tab: Tab) -> None:
    with running(tmp_path, 1) as desk:
        page = tab()
        page.add_init_script("Notification.requestPermission = () => Promise.resolve('denied');")
        page.goto(f"{desk.address}/account")
        page.locator("a[data-notify]").click()
        expect(page.locator("a[data-notify] + small")).not_to_be_empty()
        assert "notify=on" not in page.url


def test_on_paper_stand_the_rows_and_no_buttons(tmp_path: Path, tab: Tab) -> None:
    with running(tmp_path, 6, fill_with=fill_all) as desk:
        page = tab()
        page.emulate_media(media="print", color_scheme="dark")
        for path in ("/queue?scope=all", "/proposals", "/board", "/people"):
            page.goto(desk.address + path)
            assert page.locator("main h1").is_visible()
            seen = page.evaluate(
                "[...document.querySelectorAll('nav, .side, .bottom, main button, .filters')]"
                ".filter(e => e.offsetParent !== null).map(e => e.outerHTML.slice(0, 80))"
            )
            assert seen == [], path
            paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
            assert paper in ("rgb(255, 255, 255)", "rgba(0, 0, 0, 0)"), f"{path}: ink on the whole sheet"
        page.goto(f"{desk.address}/queue?scope=all")
        assert page.locator("tr[data-id] .what").first.is_visible()


def test_a_tab_hears_of_others_again_after_the_desk_was_restarted(tmp_path: Path, tab: Tab) -> None:
    """Nobody presses reload on the morning after an upgrade."""
    with running(tmp_path, 3) as desk:
        port = urlsplit(desk.address).port or 0
        page = tab()
        page.goto(f"{desk.address}/queue?scope=all")
        page.wait_for_timeout(300)
    with running(tmp_path, fill_with=as_it_is, port=port) as desk:
        other = tab()
        other.goto(f"{desk.address}/queue?scope=all")
        other.locator(f"#a-{alert_id(1)} button[value^='ack:']").click()
        expect(page.locator(f"#a-{alert_id(1)} button[value^='start:']")).to_be_visible(timeout=20_000)
        assert "陈晨" in page.locator(f"#a-{alert_id(1)}").inner_text()
