"""An order from the proposal to the ERP: the numbers move, both are shown, it is approved again, and it leaves."""

from __future__ import annotations

import base64
import csv
import io
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import expect

from tests.browser.shop import Shop, position, shop
from tests.notify.receivers import Receiver

Tab = Callable[..., Any]


def shown(page: Any, here: Shop, state: str) -> Any:
    """The lines of a tab; its proposals are made a moment after the start."""
    for _ in range(100):
        page.goto(f"{here.address}/proposals?state={state}&lang=en")
        if page.locator("tr[data-id]").count():
            break
        page.wait_for_timeout(100)
    return page.locator("section.order")


def lines(document: Any) -> list[tuple[str, str]]:
    return [(line["sku"], line["quantity"]) for line in document["lines"]]


def test_an_order_whose_numbers_moved_is_approved_again_and_leaves_by_every_way(
    tmp_path: Path, tab: Tab
) -> None:
    with Receiver("webhook") as erp, shop(tmp_path, erp.url) as here:
        page = tab()
        milk = shown(page, here, "decide").filter(has_text="Milk")
        before = milk.locator("input[inputmode=decimal]").input_value()
        here.run(position("330", "1001", -80, 2))
        milk.locator("footer button.primary").click()
        line = page.locator("tr.differs")
        now = line.locator("input[inputmode=decimal]").input_value()
        assert int(now) > int(before)
        said = line.locator("[role=alert]").inner_text()
        assert before in said and now in said, "both numbers are told"
        page.locator("section.order").filter(has_text="Milk").locator("footer button.primary").click()
        expect(page.locator(".banner.good")).to_contain_text("Approved")
        _leave_as_files(page, here, now)
        _leave_to_targets(page, here, erp, tmp_path)
        tab.wrong[:] = [one for one in tab.wrong if "409" not in one]  # type: ignore[attr-defined]


def _leave_as_files(page: Any, here: Shop, quantity: str) -> None:
    """Milk leaves as JSON, by a press of the button."""
    order = shown(page, here, "export").filter(has_text="Milk")
    with page.expect_download() as download:
        order.get_by_role("button", name="JSON").click()
    document = json.loads(download.value.path().read_bytes())
    assert lines(document) == [("1001", quantity)] and download.value.suggested_filename.endswith(".json")
    assert "Milk" in shown(page, here, "sent").inner_text()


def _leave_to_targets(page: Any, here: Shop, erp: Receiver, folder: Path) -> None:
    """Bread goes to the ERP; what it was sent counts as exported when it has taken it."""
    bread = shown(page, here, "decide").filter(has_text="Bread")
    bread.locator("footer button.primary").click()
    order = shown(page, here, "export").filter(has_text="Bread")
    order.locator("summary", has_text="Send to a system").click()
    order.get_by_role("button", name="erp").click()
    expect(page.locator(".banner.good")).to_contain_text("on its way")
    _until(lambda: len(erp.accepted) == 1)
    (receipt,) = erp.accepted
    assert [sku for sku, _ in lines(json.loads(receipt.text))] == ["2002"]
    assert receipt.headers["x-lowtide-signature"].startswith("t=")
    _until(lambda: "Bread" in " ".join(shown(page, here, "sent").all_inner_texts()))


def _ids(page: Any) -> list[str]:
    return [row.get_attribute("data-id") for row in page.locator("tr[data-id]").all()]


def _until(holds: Callable[[], bool]) -> None:
    for _ in range(100):
        if holds():
            return
        time.sleep(0.1)
    raise AssertionError("it did not come")


def test_a_program_exports_a_form_and_hands_an_order_to_a_folder(tmp_path: Path, tab: Tab) -> None:
    with shop(tmp_path) as here:
        page = tab()
        shown(page, here, "decide")
        ids = _ids(page)
        versions = {one: page.locator(f"[name='version.{one}']").get_attribute("value") for one in ids}
        for one in ids:
            done = here.post(f"/proposals/{one}/approve", {"version": versions[one]})
            assert done["state"] == "approved", done
        form = here.post("/proposals/export", {"ids": ids[:1], "to": "form:odoo"})
        assert form["results"][0]["state"] == "exported", form
        rows = list(csv.reader(io.StringIO(base64.b64decode(form["file"]["base64"]).decode("utf-8-sig"))))
        assert len(rows) == 2 and any("Milk" in cell or "Bread" in cell or "1001" in cell for cell in rows[1])
        handed = here.post("/proposals/export", {"ids": ids[1:], "to": "webhook:folder"})
        assert (handed["done"], handed["file"]) == (1, None), handed
        _until(
            lambda: (tmp_path / "orders.jsonl").is_file() and bool((tmp_path / "orders.jsonl").read_text())
        )
        (document,) = [json.loads(line) for line in (tmp_path / "orders.jsonl").read_text().splitlines()]
        assert len(lines(document)) == 1
        _until(lambda: len(_ids_of(page, here)) == 2)


def test_a_need_that_is_gone_is_said_although_its_line_is_gone_too(tmp_path: Path, tab: Tab) -> None:
    """The page said that the line says why, and there was no line."""
    with shop(tmp_path) as here:
        page = tab(java_script_enabled=False)
        milk = shown(page, here, "decide").filter(has_text="Milk")
        here.run(position("330", "1001", 900, 2))
        milk.locator("footer button.primary").click()
        assert "nothing has to be ordered now" in page.locator("main .banner.warn").inner_text()
        assert "Milk" not in page.locator("section.order").inner_text()
        tab.wrong[:] = [one for one in tab.wrong if "409" not in one]  # type: ignore[attr-defined]


def _ids_of(page: Any, here: Shop) -> list[str]:
    shown(page, here, "sent")
    return _ids(page)
