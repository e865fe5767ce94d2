"""Proposals over a real warehouse: positions are read, entries written and folded, and the views say what the desk says."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from lowtide.cli import proposals_decide, proposals_export
from lowtide.desk import people_versions
from lowtide.desk.clock import ScriptedClock
from lowtide.desk.desk import Desk
from lowtide.desk.proposing import fresh
from lowtide.desk.proposing.reading import WarehouseShelf
from lowtide.desk.store import Store
from lowtide.errors import ActionError, SettingsError
from lowtide.people import Book
from lowtide.service import Caller, Context, Role
from lowtide.service import board as boards
from lowtide.service import proposals as asked
from lowtide.settings import Settings
from lowtide.warehouse import Warehouse, proposal_rows
from tests.desk.office import FakeTarget
from tests.desk.proposing.test_givers import OTHERS
from tests.desk.proposing.world import BOOK, ms

NOON = "2026-12-01 12:00"
CHEN = Caller("chen", Role.OPERATOR, "chen", "session")


@pytest.fixture
def shop(warehouse: Warehouse) -> Warehouse:
    """Two shops of one region, one SKU of a supplier of the file and one of another; shop 330 runs out."""
    at = "2026-12-01 01:00:00.000"
    days = ",".join(str(10 * n) for n in range(1, 16))
    for location, sku, available in (("330", "1001", 5), ("331", "1001", 500), ("330", "2002", 3)):
        warehouse.command(
            "INSERT INTO lowtide.position (pipeline, partition, offset, version, location, sku, on_hand, available,"
            f" last_event_time, demand_mean, demand_variance, lead_time_days)"
            f" VALUES ('shop', 'log/0', 1, 1, '{location}',"
            f" '{sku}', {available}, {available}, '{at}', [{days}], [{days}], 2)"
        )
    warehouse.command(
        "INSERT INTO lowtide.catalogue (sku, name, category, supplier, pack, unit_cost, unit_price, unit_margin) VALUES "
        "('1001', 'Milk', 'DAIRY', 'V002', 12, 4, 6, 2), ('2002', 'Bread', 'BAKERY', 'V009', NULL, 1, 2, 1)"
    )
    warehouse.command(
        "INSERT INTO lowtide.supplier (supplier, name, order_days, cut_off, delivery_days, lead_time, loaded_at) VALUES "
        f"('V002', 'Dairy Co', 'mon,thu', '15:00', 'tue,fri', 1, '{at}')"
    )
    warehouse.command(
        "INSERT INTO lowtide.location (location, name, region, display_min, loaded_at) VALUES "
        f"('330', '人民路店', '华东', 6, '{at}'), ('331', '中山路店', '华东', 6, '{at}')"
    )
    warehouse.command(
        "INSERT INTO lowtide.supply_event (pipeline, partition, offset, location, sku, ref, kind, event_time,"
        " quantity, due)"
        " VALUES "
        "('shop', 'log/0', 1, '330', '2002', 'PO-1', 'order', '2026-11-20 00:00:00', 4, '2026-12-02 00:00:00')"
    )
    for location, sku, alert_id in (("330", "1001", "A" * 26), ("330", "2002", "B" * 26)):
        warehouse.command(
            "INSERT INTO lowtide.ledger (pipeline, partition, offset, alert_id, seq, entry, type, severity, location,"
            f" sku, event_time, opened_at, episode, detail, demand_per_day) VALUES"
            f" ('shop', 'log/0', 1, '{alert_id}', 1, 'OPENED', 'projected_stockout',"
            f" 'warning', '{location}', '{sku}', '{at}', '{at}', 1, '{{}}', 10)"
        )
    return warehouse


@pytest.fixture
def desk(shop: Warehouse, tmp_path: Path) -> Iterator[Desk]:
    with Store.open(tmp_path / "desk" / "desk.db") as store:
        store._writer.execute("PRAGMA synchronous = OFF")
        yield made(store, shop)


def made(store: Store, warehouse: Warehouse, at: str = NOON) -> Desk:
    targets = {"first": FakeTarget("first"), "erp": FakeTarget("erp")}
    return Desk(store, warehouse, BOOK, targets, ScriptedClock(ms(at)), still_s=0.2)


def rows(desk: Desk) -> list[dict[str, Any]]:
    with desk.store.read() as tx:
        return [dict(row) for row in tx.rows("SELECT * FROM proposal ORDER BY kind, sku, proposal_id")]


def context(desk: Desk) -> Context:
    return Context(desk.store, desk._warehouse, lambda: BOOK, desk.now, Settings(), desk.wake)


def test_the_whole_way_from_an_alert_to_the_order_that_has_come(desk: Desk, shop: Warehouse) -> None:
    desk.once()
    found = {(row["kind"], row["sku"]): row for row in rows(desk)}
    assert set(found) == {("order", "1001"), ("order", "2002"), ("transfer", "1001")}
    assert found["transfer", "1001"]["from_location"] == "331"
    assert (
        found["order", "1001"]["supplier_name"] == "Dairy Co"
        and "supplier_unknown" in found["order", "2002"]["marks"]
    )
    here = context(desk)
    listed = asked.proposals(here, CHEN)
    assert listed.total == 3 and listed.by_state == {"proposed": 3}
    assert all(line.verbs == ("approve", "reject") for one in listed.lists for line in one.lines)
    line = found["order", "1001"]
    (result,) = asked.approve(
        here, CHEN, [line["proposal_id"]], {line["proposal_id"]: line["version"]}, key="k1"
    )
    assert (result.entry, result.state, result.error) == ("APPROVED", "approved", "")
    (again,) = asked.approve(
        here, CHEN, [line["proposal_id"]], {line["proposal_id"]: line["version"]}, key="k1"
    )
    assert again.repeated
    file = asked.export(here, CHEN, [line["proposal_id"]], "csv")
    assert line["ref"].encode() in file.body and file.name.endswith(".csv")
    columns = {stage.stage: stage.count for stage in boards.board(here, CHEN).stages}
    assert columns["approved"] == 1 and columns["proposed"] == 1
    desk.once()
    entries = shop.rows(
        "SELECT entry, actor FROM lowtide.ledger WHERE proposal_id = {id:String} ORDER BY ifNull(decided_at, event_time)",
        {"id": line["proposal_id"]},
    )
    done = [(row["entry"], row["actor"]) for row in entries]
    assert done == [("PROPOSED", "desk"), ("APPROVED", "chen"), ("EXPORTED", "chen")]
    assert_views_agree(desk, shop)
    shop.command(
        "INSERT INTO lowtide.supply_event (pipeline, partition, offset, location, sku, ref, kind, event_time,"
        " quantity, due)"
        " VALUES "
        f"('shop', 'log/0', 9, '330', '1001', '{line['ref']}', 'order', '2026-12-01 05:00:00', 48, '2026-12-04 00:00:00')"
    )
    other = made(desk.store, shop, "2026-12-01 13:10")
    other.once()
    state = {row["proposal_id"]: row["state"] for row in rows(other)}
    assert state[line["proposal_id"]] == "confirmed"
    assert_views_agree(other, shop)
    stage = shop.rows("SELECT stage, holder, ref FROM lowtide.stage WHERE sku = '1001'")
    assert stage == [{"stage": "ordered", "holder": "supplier:V002", "ref": line["ref"]}]
    card = next(
        card for one in boards.board(context(other), CHEN).stages for card in one.cards if card.sku == "1001"
    )
    assert (card.stage, card.holder) == ("ordered", "supplier:V002")


LATE = {"2002": "C", "3003": "D", "1001": "E"}
"""SKUs of store 330 with the overdue alert of each: the first two wait for one supplier, whose chase is one proposal."""


def test_each_overdue_alert_stands_in_the_stage_of_the_chase_that_names_its_position(
    desk: Desk, shop: Warehouse
) -> None:
    """Only the alert that had asked for the chase moved on; the others of the supplier stayed open."""
    at, now = "2026-12-01 02:00:00.000", "2026-12-01 13:10"
    shop.command(
        "INSERT INTO lowtide.position (pipeline, partition, offset, version, location, sku, on_hand, available,"
        " last_event_time, demand_mean, demand_variance, lead_time_days)"
        f" VALUES ('shop', 'log/0', 1, 1, '330', '3003', 90, 90, '{at}', [1,2,3], [1,2,3], 2)"
    )
    shop.command("INSERT INTO lowtide.catalogue (sku, name, supplier) VALUES ('3003', 'Rolls', 'V009')")
    for sku, ref in (("2002", "PO-8"), ("3003", "PO-9")):
        shop.command(
            "INSERT INTO lowtide.supply_event (pipeline, partition, offset, location, sku, ref, kind, event_time,"
            f" quantity, due) VALUES ('shop', 'log/0', 1, '330', '{sku}', '{ref}', 'order', '2026-11-20 00:00:00', 4,"
            " '2026-11-28 00:00:00')"
        )
    for sku, letter in LATE.items():
        shop.command(
            "INSERT INTO lowtide.ledger (pipeline, partition, offset, alert_id, seq, entry, type, severity, location,"
            f" sku, event_time, opened_at, episode, detail, demand_per_day) VALUES ('shop', 'log/0', 1, '{letter * 26}',"
            f" 1, 'OPENED', 'overdue_supply', 'warning', '330', '{sku}', '{at}', '{at}', 1, '{{}}', 10)"
        )
    desk.once()
    (chase,) = [row for row in rows(desk) if row["kind"] == "chase"]
    assert chase["supplier"] == "V009"
    assert stages(desk, shop) == {"C": "proposed", "D": "proposed", "E": "open"}
    here, ids = context(desk), [chase["proposal_id"]]
    asked.approve(here, CHEN, ids, {chase["proposal_id"]: chase["version"]})
    desk.once()
    assert stages(desk, shop) == {"C": "approved", "D": "approved", "E": "open"}
    asked.export(here, CHEN, ids)
    desk.once()
    assert stages(desk, shop) == {"C": "approved", "D": "approved", "E": "open"}
    shop.command(
        "INSERT INTO lowtide.ledger (pipeline, partition, offset, alert_id, seq, entry, type, severity, location,"
        f" sku, event_time, opened_at, episode, detail) VALUES ('shop', 'log/0', 2, '{chase['alert_id']}', 2, 'CLEARED',"
        f" 'overdue_supply', 'warning', '330', '{'2002' if chase['alert_id'][0] == 'C' else '3003'}',"
        f" '2026-12-01 05:00:00.000', '{at}', 1, '{{}}')"
    )
    other = made(desk.store, shop, now)
    other.once()
    after = stages(other, shop)
    assert {after.pop(chase["alert_id"][0]), after.pop("E")} == {"closed", "open"}
    assert set(after.values()) == {"ordered"}, "the chase was confirmed by the end of its alert"


def stages(desk: Desk, shop: Warehouse) -> dict[str, str]:
    """The stage of each overdue alert, by the first letter of its id. View and board say the same of all alerts."""
    seen = {
        row["alert_id"]: (
            row["stage"],
            row["holder"],
            row["proposal_id"],
            round(row["stage_at"].timestamp() * 1000),
        )
        for row in shop.rows("SELECT * FROM lowtide.stage")
    }
    cards = [card for one in boards.board(context(desk), CHEN, cards=100).stages for card in one.cards]
    ours = {card.alert_id: (card.stage, card.holder, card.proposal_id, card.stage_at) for card in cards}
    ended = {key for key, value in ours.items() if value[0] == "closed"}
    assert {key: value for key, value in seen.items() if key not in ended} == {
        key: value for key, value in ours.items() if key not in ended
    }
    assert {key: seen[key][:3] for key in ended} == {key: ours[key][:3] for key in ended}
    return {key[0]: value[0] for key, value in ours.items() if key[0] in LATE.values()}


def test_an_order_day_moves_the_alerts_of_its_positions_on(desk: Desk, shop: Warehouse) -> None:
    """The board showed the order of an order day beside an alert of its position, and the view said that it was open."""
    shop.command(
        "ALTER TABLE lowtide.ledger DELETE WHERE type = 'projected_stockout' SETTINGS mutations_sync = 1"
    )
    day = made(desk.store, shop, "2026-12-03 14:05")
    day.once()
    assert {row["alert_id"] for row in rows(day)} == {""}
    at = "2026-12-03 05:00:00.000"
    shop.command(
        "INSERT INTO lowtide.ledger (pipeline, partition, offset, alert_id, seq, entry, type, severity, location,"
        f" sku, event_time, opened_at, episode, detail, demand_per_day) VALUES ('shop', 'log/0', 1, '{'F' * 26}', 1,"
        f" 'OPENED', 'out_of_stock', 'watch', '330', '1001', '{at}', '{at}', 1, '{{}}', 10)"
    )
    later = made(desk.store, shop, "2026-12-03 14:10")
    later.once()
    stages(later, shop)
    seen = shop.rows("SELECT stage FROM lowtide.stage WHERE startsWith(alert_id, 'F')")
    assert seen == [{"stage": "proposed"}]


def assert_views_agree(desk: Desk, shop: Warehouse) -> None:
    """`proposal_current` says of each proposal what desk.db says."""
    seen = {row["proposal_id"]: row for row in shop.rows("SELECT * FROM lowtide.proposal_current")}
    ours = {row["proposal_id"]: row for row in rows(desk)}
    assert seen.keys() == ours.keys()
    for proposal_id, row in ours.items():
        there = seen[proposal_id]
        for name in (
            "state",
            "kind",
            "ref",
            "list_id",
            "alert_id",
            "location",
            "sku",
            "supplier",
            "owner",
            "holder",
            "decided_by",
            "exported_to",
        ):
            assert there[name] == row[name], (name, there[name], row[name])
        assert float(there["quantity"]) == float(row["quantity"]) and there["cost"] == row["cost"]
        assert round(there["stage_at"].timestamp() * 1000) == row["stage_at"], row["state"]


def test_a_desk_db_that_was_lost_is_made_again_from_the_ledger(
    desk: Desk, shop: Warehouse, tmp_path: Path
) -> None:
    desk.once()
    line = next(row for row in rows(desk) if row["kind"] == "order" and row["sku"] == "1001")
    asked.approve(context(desk), CHEN, [line["proposal_id"]], {line["proposal_id"]: line["version"]})
    desk.once()
    before = rows(desk)
    written = count(shop)
    with Store.open(tmp_path / "new" / "desk.db") as store:
        other = made(store, shop)
        other.once()
        assert rows(other) == before
    assert count(shop) == written


def count(shop: Warehouse) -> int:
    return int(
        shop.rows("SELECT count() AS n FROM (SELECT * FROM lowtide.ledger FINAL WHERE proposal_id != '')")[0][
            "n"
        ]
    )


def test_what_somebody_decides_without_a_desk_comes_in_through_the_ledger(
    desk: Desk, shop: Warehouse
) -> None:
    from lowtide.desk.proposing import recorded
    from lowtide.desk.proposing.decider import Decider

    desk.once()
    line = next(row for row in rows(desk) if row["sku"] == "2002")
    with shop.reader() as handle:
        (answer,) = recorded.reject(
            shop,
            recorded.proposals(handle, BOOK, [line["ref"]]),
            Decider("chen", "chen"),
            ms(NOON) + 5,
            reason="not_needed",
        ).values()
    assert not isinstance(answer, Exception) and answer.entry == "REJECTED"
    desk.once()
    assert {row["sku"]: row["state"] for row in rows(desk) if row["kind"] == "order"} == {
        "1001": "proposed",
        "2002": "rejected",
    }


def test_a_scan_leaves_no_position_in_need_out_and_most_others_unread(shop: Warehouse) -> None:
    from lowtide.desk.proposing.shelf import Due

    with shop.reader() as handle:
        shelf = WarehouseShelf(handle, BOOK)
        shelf.begin(BOOK)
        at = datetime.fromtimestamp(ms("2026-12-03 14:00") / 1000, UTC)
        day = shelf.suppliers().named["V002"].next_order_day(at)
        keys = [one.key for known in shelf.of_suppliers(Due({"V002": day}), at) for one in known]
        assert keys == [("330", "1001")]
        everybody = [one.key for known in shelf.of_suppliers(Due({"V002": day}, day), at) for one in known]
        assert everybody == [("330", "1001"), ("330", "2002")]


def test_what_was_answered_before_a_desk_was_at_work_is_shipped_when_it_ends(
    desk: Desk, shop: Warehouse
) -> None:
    desk.once()
    line = next(row for row in rows(desk) if row["sku"] == "2002")
    asked.approve(context(desk), CHEN, [line["proposal_id"]], {line["proposal_id"]: line["version"]})
    stop = threading.Event()
    stop.set()
    made(desk.store, shop).run(stop)
    query = "SELECT count() AS n FROM lowtide.ledger WHERE proposal_id = {id:String} AND entry = 'APPROVED'"
    assert shop.rows(query, {"id": line["proposal_id"]})[0]["n"] == 1


def test_a_running_desk_plans_beside_its_messages(desk: Desk, shop: Warehouse) -> None:
    stop = threading.Event()
    thread = threading.Thread(target=desk.run, args=(stop,), daemon=True)
    thread.start()
    try:
        until = time.monotonic() + 30
        while len(rows(desk)) < 2 and time.monotonic() < until:
            time.sleep(0.05)
        assert len(rows(desk)) >= 2
        assert desk.failed is None
    finally:
        stop.set()
        thread.join(20)


def test_numbers_of_now_come_from_the_warehouse(desk: Desk, shop: Warehouse) -> None:
    desk.once()
    line = next(row for row in rows(desk) if row["kind"] == "order" and row["sku"] == "1001")
    shop.command(
        "INSERT INTO lowtide.position (pipeline, partition, offset, version, location, sku, on_hand,"
        " available, last_event_time, demand_mean, demand_variance, lead_time_days)"
        ""
        " VALUES ('shop', 'log/0', 2, 2, '330', '1001', 0, -90, '2026-12-01 02:00:00',"
        " [10,20,30,40,50,60,70,80], [10,20,30,40,50,60,70,80], 2)"
    )
    (result,) = asked.approve(
        context(desk), CHEN, [line["proposal_id"]], {line["proposal_id"]: line["version"]}
    )
    assert result.status == 409 and result.conflict is not None
    assert float(result.conflict.now["quantity"]) > float(result.conflict.shown["quantity"])
    new = next(
        row
        for row in rows(desk)
        if row["state"] == "proposed" and row["kind"] == "order" and row["sku"] == "1001"
    )
    assert result.conflict.now["proposal_id"] == new["proposal_id"]
    assert fresh.Fresh(None).numbers == {}
    assert proposal_rows.waiting_ids(shop)


@pytest.fixture
def at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands go by the clock of the wall; here it is that of the desk."""
    for module in (proposals_decide, proposals_export):
        monkeypatch.setattr(module, "clock", lambda: ms(NOON))


@pytest.mark.usefixtures("at_noon")
def test_commands_show_decide_and_export_without_a_desk(
    desk: Desk, shop: Warehouse, store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from lowtide.cli.application import application

    def run(*words: str) -> str:
        name = words[0] if words[0] == "explain" else "proposals"
        words = words[1:] if name == "explain" else words
        application(name)(args=[name, *words, "--warehouse", str(store)], standalone_mode=False)
        return capsys.readouterr().out

    desk.once()
    listed = [json.loads(line) for line in run("ls", "--kind", "order", "--json").splitlines()]
    assert {row["sku"] for row in listed} == {"1001", "2002"}
    name = next(row["ref"] for row in listed if row["sku"] == "1001")
    assert name in run("ls")
    assert "Milk" in run("show", name)
    assert "Milk" in run("explain", name)
    people_versions.store(shop, BOOK, applied_by="test", now=datetime.now(UTC))
    assert "until 3 Dec 2026 15:00 Asia/Shanghai" in run("explain", name), (
        "the cut-off as the people of the desk say it"
    )
    assert name in run("approve", name, "--as", "chen", "--version-seen", listed_version(listed, name))
    file = tmp_path / "order.csv"
    run("export", name, "--as", "chen", "--to", str(file))
    assert name in file.read_text("utf-8")
    desk.once()
    assert {row["state"] for row in rows(desk) if row["ref"] == name} == {"exported"}
    with pytest.raises(ActionError):
        run("approve", name, "--as", "wang")
    with pytest.raises(SettingsError):
        run("reject", name, "--reason", "mood", "--as", "chen")


@pytest.mark.usefixtures("at_noon")
def test_commands_change_nothing_of_what_somebody_else_looks_at(
    desk: Desk, shop: Warehouse, store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from lowtide.cli.application import application

    def run(*words: str) -> str:
        application("proposals")(args=["proposals", *words, "--warehouse", str(store)], standalone_mode=False)
        return capsys.readouterr().out

    people = Book.read(OTHERS.replace("1000", "150") + "donor: ask\n", "people.yaml")
    people_versions.store(shop, people, applied_by="test", now=datetime.now(UTC))
    desk.book = people
    desk.once()
    refs = {row["kind"]: row["ref"] for row in rows(desk) if row["sku"] == "1001"}
    order, transfer = refs["order"], refs["transfer"]
    assert f"{order} is above your limit: wang decides" in run("approve", order, "--as", "chen")
    for more in ((), ("--quantity", "48")):
        with pytest.raises(ActionError, match=f"proposal {order} waits for `wang`"):
            run("approve", order, "--as", "chen", *more)
    assert f"{order} waits for wang" in capsys.readouterr().err
    assert f"{order} approved: 24 of 1001" in run("approve", order, "--as", "chen", "--quantity", "24")
    assert f"{transfer} asks mo first, who owns the place that gives" in run(
        "approve", transfer, "--as", "chen"
    )
    assert "\tmo\t" in next(line for line in run("ls").splitlines() if transfer in line)
    assert "The owner of the place that gives is asked" in run("show", transfer)
    with pytest.raises(ActionError, match=f"proposal {transfer} waits for `mo`"):
        run("approve", transfer, "--as", "wang")
    told = json.loads(run("approve", transfer, "--as", "mo", "--json"))
    assert (told["entry"], told["holder"]) == ("APPROVED", "chen")
    desk.once()
    after = {row["ref"]: (row["state"], row["holder"], row["quantity"]) for row in rows(desk)}
    assert after[order] == ("approved", "chen", "24") and after[transfer][:2] == ("approved", "chen")
    assert_views_agree(desk, shop)


def listed_version(listed: list[dict[str, Any]], name: str) -> str:
    return str(next(row["version"] for row in listed if row["ref"] == name))


def test_alerts_name_what_was_proposed_about_them(desk: Desk, shop: Warehouse) -> None:
    """One made for it, else of an overdue delivery the chase of its supplier, else what brings goods to the position."""
    desk.once()
    made = {
        row["sku"]: row
        for row in shop.rows("SELECT sku, ref, alert_id FROM lowtide.proposal_current WHERE kind = 'order'")
    }

    def alert(alert_id: str, type_: str, sku: str, supplier: str) -> dict[str, Any]:
        return {
            "alert_id": alert_id,
            "type": type_,
            "pipeline": "shop",
            "location": "330",
            "sku": sku,
            "supplier": supplier,
        }

    found = proposal_rows.of_alerts(
        shop, [alert("A", "out_of_stock", "1001", "V002"), alert("B", "out_of_stock", "none", "V002"),
               alert("C", "overdue_supply", "2002", "V009")],
    )  # fmt: skip
    assert {key: row["ref"] for key, row in found.items()} == {
        "A": made["1001"]["ref"],
        "C": made["2002"]["ref"],
    }
    assert proposal_rows.of_alerts(shop, []) == {}


def test_what_people_rated_as_false_can_be_asked(shop: Warehouse) -> None:
    """The page of changes of rules showed an error of the warehouse in its place: an aggregate in WHERE."""
    from lowtide.warehouse import rule_changes

    columns = "pipeline, alert_id, seq, action_id, entry, type, location, sku, event_time, feedback"
    for number, said in enumerate(("right", "false", "false")):
        shop.command(
            f"INSERT INTO lowtide.ledger ({columns}) VALUES ('shop', 'A{number // 2}', 1, 'x{number}', 'CLOSED', "
            f"'out_of_stock', '330', '1001', '2026-12-01 0{number}:00:00.000', '{said}')"
        )
    (row,) = rule_changes.rated(shop, datetime(2026, 11, 1, tzinfo=UTC))
    assert (row["type"], row["category"], row["rated"], row["false_ones"]) == ("out_of_stock", "DAIRY", 2, 2)
