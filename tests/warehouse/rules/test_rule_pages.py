"""The pages on which rules are changed and data added: forms that work without script, and what they say."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from starlette.applications import Starlette

from lowtide.desk import people_versions
from lowtide.page.site import Site, found
from lowtide.service import Caller, Context
from lowtide.service.rules import desk
from lowtide.settings import Settings
from lowtide.warehouse import Warehouse
from tests.page.asgi import ask
from tests.page.test_site import Gate
from tests.warehouse.rules.shop import CHEN, LI, POLICY, WANG, shop
from tests.warehouse.rules.test_rules import entry_under
from tests.web.test_chinese import english

OURS = {"content_type": "application/x-www-form-urlencoded", "sec_fetch_site": "same-origin"}
NAMES = ("rules", "rule_change", "policy_change", "people_change", "dry_run", "add", "upload")
PAGES = [page for page in found() if page.name in NAMES]


@contextmanager
def site(folder: Path, warehouse: Warehouse, **more: Any) -> Iterator[tuple[Context, Any]]:
    """A site of these pages: `asked(caller, method, path, form)`."""
    with shop(folder, warehouse, **more) as context:

        def asked(caller: Caller, path: str, form: dict[str, Any] | None = None, **headers: str) -> Any:
            app = Starlette(routes=Site(context, Gate(caller), PAGES).routes)
            if form is None:
                return ask(app, "GET", path)
            return ask(app, "POST", path, body=urlencode(form, doseq=True).encode(), **{**OURS, **headers})

        yield context, asked


def fields(page: Any) -> dict[str, Any]:
    """The form of a page as a browser sends it."""
    found: dict[str, Any] = {}
    for name, value in re.findall(r'<input (?:type="hidden" )?name="([^"]+)" value="([^"]*)"', page.text):
        found[html.unescape(name)] = html.unescape(value)
    return found


def test_every_page_is_there_in_both_languages(warehouse: Warehouse, tmp_path: Path) -> None:
    with site(tmp_path, warehouse) as (_, asked):
        for path in ("/rules", "/policy/change", "/people/change", "/add"):
            for lang in ("en", "zh"):
                page = asked(WANG, f"{path}?lang={lang}")
                assert page.status == 200, page.text[-2000:]
                assert " style=" not in page.text and "<script>" not in page.text
        assert asked(LI, "/policy/change").status == 403 and asked(CHEN, "/add").status == 403
        assert "--history" in asked(WANG, "/policy/change").text


def test_a_line_is_changed_on_the_form_and_approved_by_somebody_else(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    with site(tmp_path, warehouse) as (context, asked):
        form = fields(asked(CHEN, "/policy/change"))
        form['["layers",0,"set","watch"]'] = "0.4"
        form['["layers",1,"match"]'] = "location: 330; department: [DAIRY]"
        form['["layers",1,"set","lead_time"]'] = "2d"
        seen = asked(CHEN, "/policy/change", form | {"do": "look"})
        assert seen.status == 200 and "layers › 1 › set › watch" in seen.text
        wrong = asked(CHEN, "/policy/change", form | {"do": "propose", "reason": ""})
        assert wrong.status == 422 and "needs a reason" in wrong.text and 'value="0.4"' in wrong.text
        made = asked(CHEN, "/policy/change", form | {"do": "propose", "reason": "<b>fresh</b> cries wolf"})
        assert made.status == 303
        path = made.headers["location"].partition("?")[0]
        own = asked(CHEN, path)
        assert "&lt;b&gt;fresh" in own.text and 'value="approve"' not in own.text
        assert asked(CHEN, path, {"verb": "approve"}).status == 403
        assert 'value="approve"' in asked(WANG, path).text
        assert asked(WANG, path, {"verb": "approve", "comment": "ok"}).status == 303
        text = (tmp_path / "policy.yaml").read_text()
        assert (
            "watch: 0.4" in text
            and '- {match: {location: "330", department: [DAIRY]}, set: {lead_time: 2d}}' in text
        )
        assert "lead_time: 5d   # promised" in text
        assert asked(WANG, path, {"verb": "approve"}).status == 409
        assert "fresh" in asked(WANG, "/rules").text
        assert desk.in_force(context, "policy").origin == "change"


def test_people_are_changed_and_a_row_is_taken_away(warehouse: Warehouse, tmp_path: Path) -> None:
    with site(tmp_path, warehouse) as (_, asked):
        form = fields(asked(WANG, "/people/change"))
        form |= {
            '["people","chen","quiet"]': "",
            '["absences",0,"person"]': "chen",
            '["absences",0,"from"]': "2026-12-07",
        }
        wrong = asked(WANG, "/people/change", form | {"do": "look"})
        assert wrong.status == 422 and "absences" in wrong.text
        form['["absences",0,"to"]'] = "2026-12-11"
        made = asked(CHEN, "/people/change", form | {"do": "propose", "reason": "holidays"})
        path = made.headers["location"].partition("?")[0]
        assert asked(WANG, path, {"verb": "approve"}).status == 303
        there = people_versions.in_force(warehouse)
        assert there is not None
        book = there.book()
        assert book.people["chen"].quiet is None and [one.person for one in book.absences] == ["chen"]
        form = fields(asked(CHEN, "/people/change")) | {"remove": '["absences",0]'}
        made = asked(CHEN, "/people/change", form | {"do": "propose", "reason": "back"})
        assert asked(WANG, made.headers["location"].partition("?")[0], {"verb": "approve"}).status == 303


def test_a_dry_run_shows_how_far_it_is_and_then_what_it_says(warehouse: Warehouse, tmp_path: Path) -> None:
    with site(tmp_path, warehouse) as (_, asked):
        form = fields(asked(CHEN, "/people/change")) | {'["people","chen","budget"]': "2"}
        made = asked(CHEN, "/people/change", form | {"do": "try", "days": "7"})
        assert made.status == 303, made.text[-1500:]
        path = made.headers["location"]
        page = asked(CHEN, path)
        while 'http-equiv="refresh"' in page.text:
            assert "progress" in page.text or "waits" in page.text or "worked" in page.text
            page = asked(CHEN, path)
        assert "Nothing was stored" in page.text and "people › chen › budget" in page.text
        assert asked(WANG, path).status == 404
        made = asked(CHEN, path, {"do": "propose", "reason": "fewer"})
        assert "Nobody" not in made.text and made.status == 303
        one = asked(WANG, made.headers["location"].partition("?")[0])
        assert "Messages an owner-hour" in one.text


def test_a_file_becomes_rows_by_buttons_alone(warehouse: Warehouse, tmp_path: Path) -> None:
    boundary = "x1"
    text = "date,store,item,qty\n2026-11-20,330,milk,2\n2026-11-21,330,milk,x\n"
    body = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="sales.csv"\r\n\r\n'
        f"{text}\r\n--{boundary}--\r\n"
    ).encode()
    with site(tmp_path, warehouse, intake=f"journal:{tmp_path / 'journal'}") as (context, asked):
        app = Starlette(routes=Site(context, Gate(WANG), PAGES).routes)
        made = ask(
            app, "POST", "/add", body=body, content_type=f"multipart/form-data; boundary={boundary}",
            sec_fetch_site="same-origin",
        )  # fmt: skip
        assert made.status == 303, made.text[-800:]
        path = made.headers["location"]

        def ready(page: Any) -> Any:
            while 'http-equiv="refresh"' in page.text:
                page = asked(WANG, path)
            return page

        page = ready(asked(WANG, path))
        assert "milk" in page.text and 'name="column:item"' in page.text
        form = {"do": "guess", "zone": "UTC", "source": "shop", "kind": "sale", "column:item": "sku",
                "column:qty": "quantity",
                "column:date": "time", "column:store": "location"}  # fmt: skip
        assert asked(WANG, path, form).status == 303
        ready(asked(WANG, path))
        assert asked(WANG, path, {"do": "check"}).status == 303
        page = ready(asked(WANG, path))
        assert "Send 1 rows" in page.text and "bad_quantity" in page.text
        sent = asked(WANG, path, {"do": "send", "map_name": "shop-sales"})
        assert sent.status == 200 and "1 rows are safe" in sent.text and asked(WANG, path).status == 404
    assert (tmp_path / "desk" / "maps" / "shop-sales.yaml").is_file()


def test_hostile_texts_are_texts(warehouse: Warehouse, tmp_path: Path) -> None:
    evil = '"><script>alert(1)</script>'
    with site(tmp_path, warehouse) as (_, asked):
        form = fields(asked(CHEN, "/policy/change")) | {
            '["layers",0,"name"]': evil,
            "document": evil,
            "reason": evil,
        }
        for do in ("look", "propose"):
            page = asked(CHEN, "/policy/change", form | {"do": do})
            if page.status == 303:
                page = asked(WANG, page.headers["location"].partition("?")[0])
            assert "<script>alert" not in page.text
        assert "<script>alert" not in asked(WANG, "/rules").text
    assert POLICY  # the file stays as it was
    assert (tmp_path / "policy.yaml").read_text() == POLICY


def test_the_form_says_where_its_text_comes_from(warehouse: Warehouse, tmp_path: Path) -> None:
    """After `make demo` the desk has no policy file, and the form was empty."""
    (tmp_path / "bare").mkdir()
    with site(tmp_path / "bare", warehouse, settings=Settings()) as (context, asked):
        assert "Nobody has written a policy" in asked(CHEN, "/policy/change").text
        version = entry_under(warehouse, POLICY, 0)
        page = asked(CHEN, "/policy/change")
        assert (
            f"written anew from version {version}" in page.text
            and "started without a policy file" in page.text
        )
        assert fields(page)['["defaults","lead_time"]'] == "5d"
        assert fields(page)['["layers",0,"set","watch"]'] == "0.5"
        assert "未指定策略文件" in asked(CHEN, "/policy/change?lang=zh").text
        form = fields(page) | {'["layers",0,"set","watch"]': "0.4", "do": "propose", "reason": "fewer"}
        path = asked(CHEN, "/policy/change", form).headers["location"].partition("?")[0]
        assert desk.change(context, path.rpartition("/")[2]).lines == (
            {"path": ["layers", 0, "set", "watch"], "before": "0.5", "after": "0.4"},
        )
    (tmp_path / "own").mkdir()
    with site(tmp_path / "own", warehouse) as (_, asked):
        assert "the file <code>policy.yaml</code>" in asked(CHEN, "/policy/change").text


MISTAKES = (
    ("policy", '["defaults","lead_time"]', "soon"), ("policy", '["defaults","watch"]', "7"),
    ("policy", '["layers",0,"match"]', "x"), ("policy", '["layers",0,"set","watch"]', "0.9"),
    ("people", '["people","chen","quiet"]', "late"), ("people", '["people","chen","calendar"]', "late"),
    ("people", '["people","chen","lead"]', "nobody"), ("people", '["routes",0,"to"]', "nobody"),
    ("people", '["ladders","critical","steps"]', "boss 4m"), ("people", '["people","chen","budget"]', "much"),
    ("people", '["people","chen","contacts"]', "mail:new@example.com"), ("people", "document", "people: ["),
)  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "name", "value"), MISTAKES, ids=[f"{name}={value}" for _, name, value in MISTAKES]
)
def test_a_mistake_in_a_form_is_told_in_chinese(
    warehouse: Warehouse, tmp_path: Path, kind: str, name: str, value: str
) -> None:
    with site(tmp_path, warehouse) as (_, asked):
        form = {name: value, "do": "look"} | ({"whole": "1"} if name == "document" else {})
        page = asked(WANG, f"/{kind}/change?lang=zh", form)
        assert page.status == 422 and english(page.text) == []


@pytest.mark.parametrize("path", ["/rules/nowhere", "/dry-runs/nowhere", "/add/nowhere"])
def test_what_is_not_there_is_said(warehouse: Warehouse, tmp_path: Path, path: str) -> None:
    with site(tmp_path, warehouse) as (_, asked):
        assert asked(WANG, path).status == 404
