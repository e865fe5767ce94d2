"""docs/shop.md is done as it is written: ten steps from three exports to a confirmed order, by its commands and buttons."""

from __future__ import annotations

import csv
import html
import io
import re
import urllib.parse
import urllib.request
from pathlib import Path

from tests.cli.console import DOCS, sessions, typed

from .own_data import write_shop
from .process import ShopProcess

STEP = re.compile(r"^\| (\d+) \| ([^|]+) \| ([^|]+) \|", re.MULTILINE)
PORT = re.compile(r"http://127\.0\.0\.1:\d+")


class Browser:
    """What a person does on the page without a script: open an address, press a button of a form."""

    def __init__(self, address: str) -> None:
        self.address = address

    def open(self, path: str) -> str:
        """The page at a path."""
        with urllib.request.urlopen(self.address + path, timeout=60) as reply:
            return str(reply.read().decode())

    def link(self, page: str, text: str) -> str:
        """Where a link with this text leads."""
        found = re.search(rf'<a [^>]*href="([^"]+)"[^>]*>[^<]*{re.escape(text)}', page)
        assert found, text
        return html.unescape(found[1])

    def press(self, page: str, label: str, path: str) -> tuple[str, bytes]:
        """Press the first button with this label; the name of the file that comes, if one does, and the body."""
        button = re.search(rf"<button([^>]*)>{re.escape(label)}</button>", page)
        assert button, label
        facts = dict(re.findall(r'([\w-]+)="([^"]*)"', button[1]))
        fields = [(facts["name"], html.unescape(facts["value"])), *_fields(page, facts["form"])]
        body = urllib.parse.urlencode(fields).encode()
        request = urllib.request.Request(self.address + path, body, {"Sec-Fetch-Site": "same-origin"})
        with urllib.request.urlopen(request, timeout=60) as reply:
            name = re.findall(r"filename\*=UTF-8''(\S+)", reply.headers.get("Content-Disposition", ""))
            return (name or [""])[0], reply.read()


def _fields(page: str, form: str) -> list[tuple[str, str]]:
    """Names and values of the fields that belong to a form: hidden ones, texts, and boxes that are ticked."""
    whole = re.search(rf'<form[^>]*id="{re.escape(form)}"[^>]*>(.*?)</form>', page, re.DOTALL)
    inside = re.findall(r"<input[^>]*>", whole[1] if whole else "")
    outside = [tag for tag in re.findall(r"<input[^>]*>", page) if f'form="{form}"' in tag]
    found = []
    for tag in (*inside, *outside):
        facts = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if facts.get("type") != "checkbox" or re.search(r"\schecked\b", tag):
            found.append((facts["name"], html.unescape(facts.get("value", ""))))
    return found


def test_ten_steps_lead_from_three_exports_to_a_confirmed_order(tmp_path: Path) -> None:
    page = (DOCS / "shop.md").read_text("utf-8")
    before, start, back = sessions("shop.md")[:3], sessions("shop.md")[3], sessions("shop.md")[4]
    clicks = STEP.findall(page)
    commands = [line for one in sessions("shop.md") for line in re.findall(r"^\$ ", one, re.MULTILINE)]
    assert len(commands) + len(clicks) <= 10, "commands and clicks that the page names"
    write_shop(tmp_path / "shop")
    for session in before:
        assert typed(session, tmp_path) == session
    ((_, *options),) = re.findall(r"^\$ lowtide shop (\S+) (.*)$", start, re.MULTILINE)
    with ShopProcess(Path("shop"), *options[0].split(), at=tmp_path) as shop:
        assert shop.address
        told = [PORT.sub("http://127.0.0.1:8080", line) for line in shop.said if not line.startswith("{")]
        assert told == start.splitlines(keepends=True)[1:]
        (message, *_) = shop.wait_for(shop.messages)
        assert "伊利纯牛奶 250ml" in message["lines"][0]
        browser = Browser(shop.address)
        done_by(browser, [label.strip() for _, _, label in clicks], tmp_path, shop)
        typed(back, tmp_path)
        confirmed = shop.wait_for(lambda: _rows(browser.open("/proposals?state=done")))
        assert "伊利纯牛奶 250ml" in confirmed and "已下单" in confirmed
        assert shop.stop() == 0


def done_by(browser: Browser, labels: list[str], folder: Path, shop: ShopProcess) -> None:
    """The three clicks of the page; the file that comes lies in the folder afterwards."""
    ack, approve, export = labels
    browser.press(shop.wait_for(lambda: _with(browser.open("/queue?lang=zh"), ack)), ack, "/queue")
    decide = shop.wait_for(lambda: _with(browser.open("/proposals?state=decide"), approve), 60)
    assert "华东食品" in decide and "伊利纯牛奶 250ml" in decide
    browser.press(decide, approve, "/proposals")
    waiting = shop.wait_for(lambda: _with(browser.open("/proposals?state=export"), export))
    name, body = browser.press(waiting, export, "/proposals")
    assert name.startswith("LT-") and name.endswith(".csv")
    (folder / name).write_bytes(body)
    ordered = list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"))))
    assert {row["sku"] for row in ordered} == {"00104"} and all(
        float(row["quantity"]) % 24 == 0 for row in ordered
    )


def _rows(page: str) -> str:
    """The page, if it lists a proposal."""
    return page if 'class="panel order' in page else ""


def _with(page: str, label: str) -> str:
    """The page, if it has the button."""
    return page if f">{label}</button>" in page else ""
