"""The page of the queue: whose alerts it shows to whom, and what it says where nothing is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.applications import Starlette

from lowtide.desk.store import Store
from lowtide.page.pages import queue
from lowtide.page.site import Site
from lowtide.service import Caller, Context
from lowtide.settings import Settings
from tests.page.asgi import ask
from tests.page.test_site import Gate
from tests.service.test_queue import BOOK, CHEN, NOW, WANG, ZHAO, put


@pytest.fixture
def context(tmp_path: Path) -> Iterator[Context]:
    with Store.open(tmp_path / "desk.db") as store:
        yield Context(store, None, lambda: BOOK, lambda: NOW, Settings())  # type: ignore[arg-type]


def page(context: Context, caller: Caller, address: str = "/queue") -> str:
    app = Starlette(routes=Site(context, Gate(caller), queue.PAGES).routes)
    answer = ask(app, "GET", address)
    assert answer.status == 200, answer.text
    return answer.text


def test_who_has_nothing_of_the_own_sees_the_team_and_else_all(context: Context) -> None:
    """A lead who opens the desk for the first time saw an empty page beside 519 open alerts."""
    with context.store.transaction() as tx:
        put(tx, "01KA", routed={"followers": "[]"}, name="Milk", worth=3.0)
    for caller, scope in ((CHEN, "mine"), (WANG, "team"), (ZHAO, "all")):
        assert f'href="/queue?scope={scope}" aria-current="page"' in page(context, caller)
        assert "Milk" in page(context, caller)
    assert "Milk" not in page(context, ZHAO, "/queue?scope=mine"), "a scope that is asked for holds"
    with context.store.transaction() as tx:
        put(
            tx,
            "01KW",
            routed={"owner": "wang", "person": "wang"},
            name="Tea",
            state="acknowledged",
            owner="wang",
        )
    assert "Milk" in page(context, WANG), "what she has taken does not hide what waits"


def test_a_queue_without_alerts_says_so_without_a_worth(context: Context) -> None:
    text = page(context, CHEN)
    assert "No alert is open here." in text and "not known" not in text and "cut of the last hour" not in text


def test_stock_of_an_earlier_day_names_the_day(context: Context) -> None:
    """The row said `1 left` of ten days ago, while `lowtide alerts` said 5 of now."""
    with context.store.transaction() as tx:
        put(tx, "01KA", name="Milk", available="1", last_at=NOW - 10 * 86_400_000)
        put(tx, "01KB", name="Bread", available="2", last_at=NOW - 1_000)
    text = page(context, CHEN)
    assert "1 left on 5 Jan" in text and "2 left ·" in text


def test_an_overdue_delivery_shows_the_chase_of_its_supplier_without_a_quantity(context: Context) -> None:
    with context.store.transaction() as tx:
        put(tx, "01KA", type="overdue_supply", supplier="V002", name="Milk")
        columns = {row["name"]: row["type"] for row in tx.rows("PRAGMA table_info(proposal)")}
        empty = {
            name: 0 if kind == "INTEGER" else None if kind == "REAL" else "" for name, kind in columns.items()
        }
        row = empty | {
            "proposal_id": "P1", "kind": "chase", "state": "proposed", "ref": "LT-P1", "pipeline": "p", "supplier": "V002",
            "alert_id": "01KZ", "quantity": "36", "marks": "[]", "detail": "{}", "cut_off_at": None, "due_at": None,
        }  # fmt: skip
        tx.execute(
            f"INSERT INTO proposal ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", *row.values()
        )
    assert '<a class="badge accent" href="/proposals/P1">chase</a>' in page(context, replace(CHEN))


def test_a_silent_feed_stands_first_and_above_every_page(context: Context) -> None:
    """Its worth is not known, so it stood behind all others; and what others say of its sales may be wrong."""
    with context.store.transaction() as tx:
        put(tx, "01KA", name="Milk", worth=900.0)
        put(
            tx, "01KB", type="silent_feed", severity="critical", sku="source:till-7", name="",
            location_name="Nordtor", worth=None,
        )  # fmt: skip
    text = page(context, CHEN)
    assert text.index("source till-7</a>") < text.index("Milk</a>")
    assert "No data from source till-7 at Nordtor." in text and 'href="/signs#feeds"' in text
    with context.store.transaction() as tx:
        tx.execute("UPDATE alert SET status = 'cleared' WHERE alert_id = '01KB'")
    assert "No data from" not in page(context, CHEN)
