"""What of the rules not everybody sees: addresses are an admin's, figures of persons theirs and the leads'."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from starlette.applications import Starlette

from lowtide.api.app import made
from lowtide.desk import people_versions
from lowtide.page.site import Site
from lowtide.people import Book
from lowtide.service import Caller, Context, Role
from lowtide.service.dry_runs import DryRun
from lowtide.service.rules import desk, private
from lowtide.strict.edit import Edit
from lowtide.warehouse import Warehouse
from tests.page.asgi import ask
from tests.page.test_site import Gate as PageGate
from tests.warehouse.rules.shop import CHEN, LI, NOW, WANG, shop
from tests.warehouse.rules.test_rules_api import Gate, sent

SECRETS = ("chen@example.com", "robot.example.com", "138-0013-8000", "secrets/erp")
PEOPLE = """\
# 陈晨 138-0013-8000
time_zone: Asia/Shanghai
people:
  wang: {name: 王芳, contacts: [console]}
  chen: {name: 陈晨, lead: wang, contacts: ["mail:chen@example.com"], budget: 6, quiet: "21:00-08:00"}
targets:
  erp: {kind: webhook, url: "https://robot.example.com/hook", secret_file: secrets/erp}
teams:
  buyers: {lead: wang, members: [chen], fallback: wang}
routes:
  - {to: buyers}
"""
OTHER = Caller("zhao", Role.ADMIN, None, "session")


@contextmanager
def desk_of(folder: Path, warehouse: Warehouse) -> Iterator[Context]:
    """A shop whose people have addresses, and a change that is proposed with one."""
    with shop(folder, warehouse) as context:
        (folder / "people.yaml").write_text(PEOPLE, "utf-8")
        book = Book.load(folder / "people.yaml")
        people_versions.store(warehouse, book, applied_by="wang", now=NOW.replace(hour=10))
        context = replace(context, book=lambda: book)
        edits = [
            Edit(("people", "chen", "contacts"), ["mail:chen@example.com", "console"]),
            Edit(("people", "li"), {"name": "Li", "contacts": ["mail:chen@example.com"]}),
        ]
        desk.propose(context, WANG, desk.draft(context, "people", edits), "chen is often away")
        yield context


@pytest.mark.parametrize("caller", [LI, CHEN, WANG], ids=["viewer", "operator", "admin"])
def test_an_address_is_in_the_answers_of_an_admin_alone(
    warehouse: Warehouse, tmp_path: Path, caller: Caller
) -> None:
    with desk_of(tmp_path, warehouse) as context:
        (change,) = desk.changes(context).changes
        site = Starlette(routes=Site(context, PageGate(caller)).routes)
        paths = ["/people", "/rules", f"/rules/{change.change_id}", "/messages", "/board", "/policy", "/help"]
        said = [ask(site, "GET", path).text for path in paths]
        if caller is not LI:
            said.append(ask(site, "GET", "/people/change").text)
        app = made(context, Gate(caller), context.now)  # type: ignore[arg-type]
        for path in (
            "/people",
            "/teams",
            "/people/text",
            "/people/changes",
            f"/people/changes/{change.change_id}",
            "/duty",
        ):
            status, answer = sent(app, "GET", path)
            assert status == 200, path
            said.append(json.dumps(answer, ensure_ascii=False))
        seen = {secret for secret in SECRETS for text in said if secret in text}
        assert seen == (set(SECRETS) if caller is WANG else set())
        assert all("陈晨" in text for text in said if "buyers" in text and "members" in text)


def test_an_operator_changes_values_and_never_the_whole_text(warehouse: Warehouse, tmp_path: Path) -> None:
    """A text without its addresses, sent back as the whole, would take them away."""
    with desk_of(tmp_path, warehouse) as context:
        app = made(context, Gate(CHEN), context.now)  # type: ignore[arg-type]
        text = sent(app, "GET", "/people/text")[1]["text"]
        assert "budget: 6" in text and "contacts" not in text and "targets" not in text
        for path in ("/people/changes", "/people/dry-run"):
            body = {"document": text} | ({"reason": "why"} if path.endswith("changes") else {})
            status, refused = sent(app, "POST", path, body)
            assert status == 403 and "whole text" in refused["detail"]
        edits = [{"path": ["people", "chen", "budget"], "value": 3}]
        status, made_ = sent(app, "POST", "/people/changes", {"edits": edits, "reason": "too many"})
        assert status == 200 and made_["lines"] == [
            {"path": ["people", "chen", "budget"], "before": "6", "after": "3"}
        ]
        assert not [secret for secret in SECRETS if secret in json.dumps(made_)]
        whole = desk.change(context, made_["change_id"]).document
        assert "mail:chen@example.com" in whole and "138-0013-8000" in whole, "what is applied has everything"


def test_a_form_of_an_operator_neither_shows_nor_takes_contacts(warehouse: Warehouse, tmp_path: Path) -> None:
    with desk_of(tmp_path, warehouse) as context:
        site = Starlette(routes=Site(context, PageGate(CHEN)).routes)
        page = ask(site, "GET", "/people/change").text
        assert "contacts&#34;]" not in page and 'name="document"' not in page and "administrator" in page
        typed = {
            '["people","chen","budget"]': "2", '["people","chen","contacts"]': "console", "do": "propose", "reason": "less",
        }  # fmt: skip
        form: dict[str, Any] = {
            "content_type": "application/x-www-form-urlencoded",
            "sec_fetch_site": "same-origin",
        }
        reply = ask(site, "POST", "/people/change", body=urlencode(typed).encode(), **form)
        assert reply.status == 303, reply.text
        change = desk.change(context, reply.headers["location"].partition("?")[0].rpartition("/")[2])
        assert [line["path"] for line in change.lines] == [["people", "chen", "budget"]]
        whole = {**typed, "whole": "1", "document": "people: {}"}
        assert ask(site, "POST", "/people/change", body=urlencode(whole).encode(), **form).status == 403


def test_lines_say_that_an_address_changes_and_not_which(warehouse: Warehouse, tmp_path: Path) -> None:
    with desk_of(tmp_path, warehouse) as context:
        (change,) = desk.changes(context).changes
        lines = private.seen(context.book(), CHEN, change).lines
        assert lines == (
            {"path": ["people", "chen", "contacts"], "before": "…", "after": "…"},
            {"path": ["people", "li"], "before": None, "after": {"name": "Li", "contacts": "…"}},
        )


def test_a_dry_run_shows_the_load_of_nobody_else() -> None:
    """It says how many messages each person got in the period: a ranking, to whoever asked."""
    figures = {"pushes": 9, "people": [{"person": "chen", "pushes": 7}, {"person": "wang", "pushes": 2}]}
    for kind, result in (
        ("people", {"before": figures}),
        ("policy", {"people": {"before": figures}, "alerts": {"added": 1}}),
    ):
        run = DryRun("r", kind, "done", 1, 1, 0.1, result, "", "", PEOPLE, "v", 0, 1)  # type: ignore[arg-type]
        seen = {one.login: private.seen(Book.read(PEOPLE), one, run).result for one in (CHEN, WANG, OTHER)}
        shown = {
            login: result["people"] if kind == "policy" else result
            for login, result in seen.items()
            if result
        }
        assert {login: [row["person"] for row in one["before"]["people"]] for login, one in shown.items()} == {
            "chen": ["chen"], "wang": ["chen", "wang"], "zhao": [],
        }  # fmt: skip
        assert all(one["before"]["pushes"] == 9 for one in shown.values())
