"""The queue against a plain sort of the same alerts: orders, windows, scopes, filters, totals, and what triggers keep."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lowtide.desk.store import Store, Transaction
from lowtide.errors import SettingsError
from lowtide.people import Book
from lowtide.service import Caller, Context, Role, heatmap
from lowtide.service import queue as queues
from lowtide.service.filters import Filter
from lowtide.settings import load_settings

NOW = 1_800_000_000_000
BOOK = Book.read("""
time_zone: Asia/Shanghai
people:
  chen: {name: 陈晨, lead: wang, contacts: [console]}
  li: {name: 李雷, lead: wang, contacts: [console]}
  wang: {name: 王芳, contacts: [console]}
  zhao: {name: 赵敏, contacts: [console]}
teams:
  buyers: {members: [chen, li], lead: wang}
  stores: {members: [zhao], lead: zhao}
routes: [{to: buyers}]
""")
ADMIN = Caller("root", Role.ADMIN, None, "session")
CHEN, WANG, ZHAO = (Caller(name, Role.OPERATOR, name, "session") for name in ("chen", "wang", "zhao"))
_ALERT = {
    "pipeline": "p", "partition": "s", "type": "out_of_stock", "severity": "warning", "location": "330", "sku": "A",
    "name": "", "category": "", "department": "", "supplier": "", "abc": "A", "region": "", "location_name": "",
    "opened_at": NOW - 5_000, "last_at": NOW - 5_000, "seq": 1, "entry": "OPENED", "on_hand": "0", "available": "0",
    "on_order": "0", "in_transit": "0", "demand_per_day": "1", "p_stockout": None, "stockout_p50": None, "worth": None,
    "status": "open", "state": "new", "owner": "", "round": 1, "round_at": NOW, "ended_at": None,
}  # fmt: skip
_ROUTED = {
    "person": "chen", "team": "buyers", "route": "r", "followers": "[]", "owner": "chen", "partition": "p\x1fs", "grp": None,
    "because": "", "because_of": "", "due_at": None, "caught": 0, "said_round": None, "said_to": "", "said_in": "",
    "told_at": None, "told_seq": None, "told_severity": "", "told_round": None, "told_to": "", "last_step": 0,
    "clock_at": None, "used_ms": 0, "phase": "", "phase_round": 0, "phase_at": None, "deadline_at": None,
}  # fmt: skip


def put(tx: Transaction, alert_id: str, routed: dict[str, Any] | None = None, **more: Any) -> None:
    """As the mirror and the decisions write it."""
    for table, row in (
        ("alert", {"alert_id": alert_id, **_ALERT, **more}),
        ("routed", _routed(alert_id, routed)),
    ):
        marks = ", ".join("?" * len(row))
        tx.execute(f"INSERT OR REPLACE INTO {table} ({', '.join(row)}) VALUES ({marks})", *row.values())


def _routed(alert_id: str, more: dict[str, Any] | None) -> dict[str, Any]:
    return {"alert_id": alert_id, **_ROUTED, **(more or {})}


@pytest.fixture
def context(tmp_path: Path) -> Iterator[Context]:
    with Store.open(tmp_path / "desk.db") as store:
        yield Context(store, None, lambda: BOOK, lambda: NOW, load_settings())  # type: ignore[arg-type]


@pytest.fixture
def many(context: Context) -> tuple[Context, list[dict[str, Any]]]:
    """A few hundred alerts of several persons; every fifth has no worth, many share one."""
    chance, rows = random.Random(7), []
    with context.store.transaction() as tx:
        for number in range(300):
            row = {
                "alert_id": f"01K{number:04d}", "worth": None if number % 5 == 0 else float(chance.randrange(40)),
                "opened_at": NOW - chance.randrange(10**9), "severity": chance.choice(["watch", "warning", "critical"]),
                "category": chance.choice(["Dairy", "Fruit"]), "sku": f"S{number % 30}",
            }  # fmt: skip
            owner = chance.choice(["chen", "li", "zhao"])
            due = None if number % 3 else NOW + chance.randrange(-(10**7), 10**7)
            routed = {
                "owner": owner, "person": owner, "team": "stores" if owner == "zhao" else "buyers", "deadline_at": due,
                "phase": "acknowledge" if due else "", "followers": '["buyers"]' if number % 50 == 7 else "[]",
            }  # fmt: skip
            put(tx, routed=routed, **row)
            rows.append({**row, **routed})
    return context, rows


def ids(context: Context, caller: Caller, wanted: Filter, limit: int = 37) -> list[str]:
    """All windows one after the other."""
    found: list[str] = []
    cursor: str | None = None
    while True:
        window = queues.queue(context, caller, wanted, cursor, limit)
        found += [row.alert_id for row in window.rows]
        cursor = window.next_cursor
        if cursor is None:
            return found


ORDERS = {
    "loss": lambda row: (row["worth"] is None, -(row["worth"] or 0), row["alert_id"]),
    "due": lambda row: (row["deadline_at"] is None, row["deadline_at"] or 0, row["alert_id"]),
    "opened": lambda row: (-row["opened_at"], row["alert_id"]),
}


@pytest.mark.parametrize("sort", ORDERS)
@pytest.mark.parametrize("scope", ["mine", "team", "all"])
def test_orders_and_windows(many: tuple[Context, list[dict[str, Any]]], sort: Any, scope: Any) -> None:
    context, rows = many
    of_scope = {
        "mine": lambda row: row["owner"] == "chen",
        "team": lambda row: row["team"] == "buyers" or row["followers"] != "[]",
        "all": lambda row: True,
    }[scope]
    want = [row["alert_id"] for row in sorted(filter(of_scope, rows), key=ORDERS[sort])]
    assert ids(context, CHEN, Filter(scope=scope, sort=sort)) == want


def test_a_person_with_many_alerts_is_walked_by_the_order(
    many: tuple[Context, list[dict[str, Any]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    context, rows = many
    monkeypatch.setattr("lowtide.service.search._FEW", 3)
    want = [row["alert_id"] for row in sorted(rows, key=ORDERS["due"]) if row["owner"] == "chen"]
    assert ids(context, CHEN, Filter(scope="mine", sort="due")) == want


def test_the_team_of_a_lead_is_everybody_below(many: tuple[Context, list[dict[str, Any]]]) -> None:
    context, rows = many
    want = {row["alert_id"] for row in rows if row["team"] == "buyers" or row["followers"] != "[]"}
    assert set(ids(context, WANG, Filter(scope="team"))) == want
    assert set(ids(context, ZHAO, Filter(scope="team"))) == {
        r["alert_id"] for r in rows if r["team"] == "stores"
    }


def test_filters_and_totals(many: tuple[Context, list[dict[str, Any]]]) -> None:
    context, rows = many
    wanted = Filter(scope="all", severity=("critical", "watch"), category=("Dairy",))
    want = [row for row in rows if row["severity"] != "warning" and row["category"] == "Dairy"]
    assert sorted(ids(context, CHEN, wanted)) == sorted(row["alert_id"] for row in want)
    total = queues.count(context, CHEN, wanted)
    assert total.alerts == len(want) == sum(total.severities.values())
    assert total.worth == sum(row["worth"] or 0 for row in want)
    assert total.unknown == sum(row["worth"] is None for row in want)
    assert total.overdue == sum(row["deadline_at"] is not None and row["deadline_at"] <= NOW for row in want)
    late = ids(context, CHEN, Filter(scope="all", overdue=True))
    assert set(late) == {
        r["alert_id"] for r in rows if r["deadline_at"] is not None and r["deadline_at"] <= NOW
    }
    assert queues.ids(context, CHEN, wanted) == ids(context, CHEN, wanted)


def test_the_owners_that_a_filter_offers_are_not_a_ranking(
    many: tuple[Context, list[dict[str, Any]]],
) -> None:
    """They stood by how many alerts each had, with the number, for everybody."""
    context, _ = many
    seen = {one.login: queues.choices(context, one).values["owner"] for one in (CHEN, WANG, ADMIN)}
    names = [name for _, name, _ in seen["chen"]]
    assert names == sorted(names) and len(names) > 1
    assert {key for key, _, n in seen["chen"] if n is not None} == {"chen"}
    assert {key for key, _, n in seen["wang"] if n is not None} >= {"chen"}
    assert all(n is None for _, _, n in seen["root"])


def test_a_text_is_no_pattern(context: Context) -> None:
    with context.store.transaction() as tx:
        put(tx, "01A", name="100% juice", sku="J_1")
        put(tx, "01B", name="1000 nails", sku="JX1")
    assert ids(context, CHEN, Filter(scope="all", text="100%")) == ["01A"]
    assert ids(context, CHEN, Filter(scope="all", text="J_1")) == ["01A"]
    assert ids(context, CHEN, Filter(scope="all", text="01b")) == ["01B"]
    assert ids(context, CHEN, Filter(scope="all", text="\\")) == []


def test_what_ends_or_is_closed_leaves_and_what_is_reopened_comes_back(context: Context) -> None:
    with context.store.transaction() as tx:
        put(tx, "01A", worth=5.0)
        put(tx, "01B", worth=7.0)
    everything = Filter(scope="all")
    assert ids(context, CHEN, everything) == ["01B", "01A"]
    with context.store.transaction() as tx:
        tx.execute("UPDATE alert SET worth = 9 WHERE alert_id = '01A'")
        tx.execute("UPDATE alert SET state = 'closed' WHERE alert_id = '01B'")
        tx.execute("UPDATE routed SET owner = 'li', deadline_at = 5 WHERE alert_id = '01A'")
    assert ids(context, CHEN, everything) == ["01A"]
    assert ids(context, CHEN, Filter(scope="mine")) == []
    with context.store.transaction() as tx:
        tx.execute("UPDATE alert SET state = 'acknowledged' WHERE alert_id = '01B'")
        put(tx, "01A", status="cleared", ended_at=NOW)
    assert ids(context, CHEN, everything) == ["01B"]
    with context.store.transaction() as tx:
        tx.execute("DELETE FROM alert WHERE alert_id = '01B'")
    assert ids(context, CHEN, everything) == []


def test_a_row_says_who_has_it_what_is_due_and_what_may_be_done(context: Context) -> None:
    with context.store.transaction() as tx:
        late = {"deadline_at": NOW - 1, "phase": "acknowledge", "because": "OVER_BUDGET", "grp": "G"}
        put(tx, "01A", late)
        put(tx, "01B", {"grp": "G"}, worth=3.0, state="acknowledged", owner="zhao")
        tx.execute(
            "INSERT INTO grp VALUES ('G', 'chen', 'r', '[[\"supplier\", \"V002\"]]', 1, 0, NULL, NULL, 0, 2, 1, 3, 1, "
            "'01A', 'OVER_BUDGET')"
        )
    found = queues.queue(context, CHEN, Filter(scope="all"))
    taken, waiting = found.rows
    assert (taken.owner, taken.owner_name, taken.verbs[0]) == ("zhao", "赵敏", "assign")
    assert (waiting.owner, waiting.overdue, waiting.due_kind) == ("chen", True, "acknowledge")
    assert waiting.verbs == ("ack", "assign", "note", "snooze")
    group = found.groups["G"]
    assert (group.about, group.alerts, group.worth) == ((("supplier", "V002"),), 2, 3.0)
    assert found.cut is not None and (found.cut.pushed, found.cut.below, found.cut.alerts) == (0, 1, 1)


def test_a_strange_cursor_or_field_is_refused_by_name(context: Context) -> None:
    with pytest.raises(SettingsError, match="cursor"):
        queues.queue(context, CHEN, Filter(), "bm9wZQ")
    with pytest.raises(SettingsError, match="severity"):
        Filter.of({"severity": ["grave"]})
    with pytest.raises(SettingsError, match="sort"):
        Filter.of({"sort": ["worst"]})
    wanted = Filter.of({"scope": ["all"], "supplier": ["a,b", "c"], "q": [" milk "], "overdue": ["1"]})
    assert Filter.of(wanted.query()) == wanted
    assert wanted.without("supplier").supplier == () and wanted.without("text").text == ""


def test_look_up(context: Context) -> None:
    with context.store.transaction() as tx:
        put(
            tx,
            "01KABCDEF",
            name="Fresh milk",
            sku="6901",
            location="330",
            location_name="Nanjing Road",
            supplier="V002",
        )
    kinds = {hit.kind: hit.id for hit in queues.lookup(context, CHEN, "milk")}
    assert kinds == {"sku": "6901", "position": "330/6901"}
    assert [hit.kind for hit in queues.lookup(context, CHEN, "01kabc")] == ["alert"]
    assert [hit.id for hit in queues.lookup(context, CHEN, "陈晨")] == ["chen"]
    assert [hit.id for hit in queues.lookup(context, CHEN, "V0")] == ["V002"]
    assert queues.lookup(context, CHEN, "m") == ()


def test_the_heat_map_of_now_gathers_the_others(context: Context) -> None:
    with context.store.transaction() as tx:
        for number in range(35):
            put(
                tx,
                f"01K{number:02d}",
                location=f"L{number:02d}",
                category="Dairy",
                worth=float(number),
                sku=str(number),
            )
    found = heatmap.heatmap(context, CHEN)
    assert [line.value for line in found.rows[:2]] == ["L34", "L33"]
    others = found.rows[-1]
    assert (others.value, others.members, others.alerts, others.loss) == (
        heatmap.OTHERS,
        5,
        5,
        0 + 1 + 2 + 3 + 4,
    )
    assert found.loss == sum(range(35)) == sum(cell.loss or 0 for cell in found.cells)
    one = heatmap.heatmap(context, CHEN, "count", None, {"location": ("L03",)})
    assert (one.alerts, len(one.rows)) == (1, 1)
