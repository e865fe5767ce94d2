"""What strangers wrote into names, comments and reasons is text on every page: nothing runs, nothing moves the page."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

import orjson
import pytest

from lowtide.desk.store import Store
from tests.browser.desk import PEOPLE, alert_id, fill_all, running
from tests.page.desk import NOW, insert

Tab = Callable[..., Any]
TEXTS = {
    "script": "<script>document.title='owned'</script>",
    "image": '"><img src=x onerror="document.title=\'owned\'">',
    "terminal": "milk\x1b[2J\x1b]0;owned\x07\x00",
    "right_to_left": "‮gnp.exe\u2066⁧x",
    "long": "x" * 10_000,
}
FIELDS = {
    "alert": ("name", "location_name", "supplier", "category", "department", "region", "sku"),
    "proposal": ("name", "location_name", "supplier", "supplier_name", "sku", "reason"),
}
PAGES = (
    "/queue?scope=all", f"/alerts/{alert_id(0)}", f"/alerts/{alert_id(1)}", "/proposals", "/proposals?state=export",
    "/proposals?state=done", "/board", "/silences", "/audit", "/people", "/messages", "/messages/N1", "/account",
    "/suppliers",
)  # fmt: skip


def hostile(store: Store, alerts: int, text: str) -> None:
    """A desk.db in which every name is this text, and so is what people wrote."""
    fill_all(store, alerts)
    with store.transaction() as tx:
        for table, names in FIELDS.items():
            sets = ", ".join(f"{name} = ?" for name in names)
            tx.execute(f"UPDATE {table} SET {sets}", *[text] * len(names))
        insert(tx, "silence", {
            "silence_id": "S1", "version": 1, "matchers": orjson.dumps({"supplier": [text]}).decode(), "start_at": NOW - 1,
            "end_at": NOW + 86_400_000, "author": text, "reason": text,
        })  # fmt: skip
        content = orjson.dumps({"counted": 1, "about": [["supplier", text]]}).decode()
        insert(tx, "outbox", {
            "notification_id": "N1", "target": "console", "person": "chen", "state": "dead", "because": text, "code": text,
            "decided_at": NOW, "content": content, "reason": "FIRST", "shown": text,
        })  # fmt: skip
        tx.ship("audit", "row", {
            "at": "2026-11-30T01:00:00.000Z", "actor": text, "what": "silence.add", "subject": text,
            "detail": orjson.dumps({"comment": text}).decode(), "result": text,
        })  # fmt: skip


@pytest.mark.parametrize("name", TEXTS)
def test_hostile_text_is_text(tmp_path: Path, tab: Tab, name: str) -> None:
    text = TEXTS[name]
    shown = "".join(sign for sign in text if sign.isprintable())
    people = PEOPLE.replace("name: 陈晨", f"name: {orjson.dumps(shown).decode()}")
    with running(tmp_path, 10, fill_with=partial(hostile, text=text), people=people) as desk:
        page = tab()
        seen = 0
        for path in (
            *PAGES,
            f"/queue?scope=all&q={quote(text[:60])}",
            f"/alerts/{quote(text[:60], safe='')}",
        ):
            page.goto(desk.address + path)
            assert page.locator("main h1").count() == 1, path
            assert page.title() != "owned", path
            assert page.locator("main script, main img, main iframe, header img").count() == 0, path
            assert page.evaluate("document.documentElement.scrollWidth") <= 1280, path
            inside = page.content()
            assert not any(sign in inside for sign in "\x1b\x00\x07"), path
            seen += text[:30] in page.locator("body").inner_text()
        if name in ("script", "image"):
            assert seen >= 8, "it is shown as it was written"
        tab.wrong[:] = [one for one in tab.wrong if "404" not in one and "503" not in one]  # type: ignore[attr-defined]
        page.goto(f"{desk.address}/board")
        page.keyboard.press("Control+k")
        page.keyboard.type(shown[:12])
        page.locator("dialog.palette li").first.wait_for()
        assert page.locator("dialog img, dialog script").count() == 0


def test_what_a_person_types_into_a_form_comes_back_as_text(tmp_path: Path, tab: Tab) -> None:
    with running(tmp_path, 3) as desk:
        page = tab()
        page.goto(f"{desk.address}/alerts/{alert_id(0)}")
        page.locator("details", has=page.locator("#f-comment")).locator("summary").click()
        page.locator("#f-comment").fill(TEXTS["image"])
        page.locator("button[value=note]").click()
        page.locator(".banner.good").wait_for()
        with desk.store.read() as rows:
            kept = [
                orjson.loads(row["row"])
                for row in rows.rows("SELECT row FROM ship WHERE table_name = 'ledger'")
            ]
        assert [one["comment"] for one in kept if one["entry"] == "NOTED"] == [TEXTS["image"]]
        page.goto(f"{desk.address}/silences?supplier={quote(TEXTS['image'])}&reason={quote(TEXTS['script'])}")
        assert page.locator("main img, main script").count() == 0 and "owned" not in page.title()
        assert page.locator("input[name=supplier]").input_value() == TEXTS["image"]
