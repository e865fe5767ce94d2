"""A row that the warehouse refuses for ever holds up nobody, and a warehouse that is away costs no row."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from clickhouse_connect.driver.exceptions import DatabaseError, OperationalError

from lowtide.desk.metrics import DeskMetrics
from lowtide.desk.outflow import ship as ships
from lowtide.desk.outflow.ship import again, set_aside, ship, waiting
from lowtide.desk.rebuild import _empty
from lowtide.desk.store import Store
from lowtide.errors import WarehouseError
from lowtide.warehouse import Warehouse, desk_record
from tests.warehouse.desk.ledger import desk

GOOD = {"version": 1, "matchers": "{}", "author": "wang", "reason": "strike"}


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "desk.db") as opened:
        yield opened


def put(store: Store, *rows: tuple[str, str, dict[str, Any]]) -> None:
    with store.transaction() as tx:
        for table, row_id, row in rows:
            tx.ship(table, row_id, row)


def silence(name: str, **more: Any) -> tuple[str, str, dict[str, Any]]:
    return "silence", name, {"silence_id": name, **GOOD, **more}


def arrived(warehouse: Warehouse) -> set[str]:
    return {row["silence_id"] for row in warehouse.rows("SELECT silence_id FROM lowtide.silence")}


def aside(store: Store) -> list[str]:
    return [row["row_id"] for row in set_aside(store)]


def until_done(store: Store, warehouse: Warehouse) -> list[tuple[str, dict[str, Any]]]:
    said: list[tuple[str, dict[str, Any]]] = []
    while ship(store, warehouse, lambda event, facts: said.append((event, facts))):
        pass
    return said


@pytest.mark.parametrize("places", [(0,), (499,), (3, 4, 250), (7, 100, 101, 102, 498)])
def test_bad_rows_are_found_among_hundreds_and_all_others_arrive(
    warehouse: Warehouse, kept: Store, places: tuple[int, ...]
) -> None:
    rows = [silence(f"s{n:03}", **({"version": "many"} if n in places else {})) for n in range(500)]
    put(kept, *rows)
    said = until_done(kept, warehouse)
    bad = [f"s{n:03}" for n in places]
    assert arrived(warehouse) == {f"s{n:03}" for n in range(500)} - set(bad)
    assert waiting(kept) == 0 and aside(kept) == bad
    assert [(event, facts["table"], facts["row"]) for event, facts in said] == [
        ("row_refused", "silence", one) for one in bad
    ]
    assert all("version" in facts["why"] and "Code:" not in facts["why"] for _, facts in said)
    assert json.loads(set_aside(kept)[0]["row"])["silence_id"] == bad[0], "nothing of it is lost"
    assert b"lowtide_desk_rows_refused %d.0" % len(bad) in DeskMetrics(kept, None, lambda: 0).text()


@pytest.mark.parametrize(
    "row",
    [
        {"start_at": "yesterday"}, {"ends_when_idle_s": "soon"}, {"version": {"a": 1}}, {"reason": [[1]], "version": "x"},
        {"version": -1, "start_at": "2026-13-45T00:00:00Z"},
    ],
)  # fmt: skip
def test_kinds_of_bad_rows_alone(warehouse: Warehouse, kept: Store, row: dict[str, Any]) -> None:
    put(kept, silence("bad", **row))
    until_done(kept, warehouse)
    assert (waiting(kept), aside(kept), arrived(warehouse)) == (0, ["bad"], set())


def test_a_text_that_is_not_json_does_not_take_its_neighbours_along(
    warehouse: Warehouse, kept: Store
) -> None:
    put(kept, silence("a"), silence("b"), silence("c"))
    with kept.transaction() as tx:
        tx.execute("UPDATE ship SET row = ? WHERE row_id = 'b'", '{"silence_id": "b", "reason": "')
    until_done(kept, warehouse)
    assert (arrived(warehouse), aside(kept)) == ({"a", "c"}, ["b"])


def test_a_table_that_is_refused_waits_and_other_tables_go_on(warehouse: Warehouse, kept: Store) -> None:
    """A table that is missing, or that the user may not write, is mended by a person; then its rows arrive."""
    put(kept, *(("is_not_there", str(n), {"a": 1}) for n in range(ships.BATCH + 5)), silence("s"))
    assert ship(kept, warehouse) == 1 and arrived(warehouse) == {"s"}
    with pytest.raises(WarehouseError, match="is_not_there"):
        ship(kept, warehouse)
    assert waiting(kept) == ships.BATCH + 5 and aside(kept) == []


@pytest.mark.parametrize(
    "error",
    [
        OperationalError("Error connecting to the server"),
        DatabaseError("Code: 241. DB::Exception: Memory limit exceeded"),
        DatabaseError("Code: 243. DB::Exception: Cannot reserve 1 MiB, not enough space"),
        DatabaseError("Code: 27. DB::Exception: Cannot write: No space left on device"),
        DatabaseError("Code: 252. DB::Exception: Too many parts"),
        OSError("Connection refused"),
    ],
)
def test_what_a_retry_mends_costs_no_row(
    warehouse: Warehouse, kept: Store, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    if str(error).startswith("Code"):
        error.code = int(str(error).split()[1].rstrip("."))  # type: ignore[attr-defined]
    tries = []

    def refuse(self: Warehouse, sql: str, parameters: object = None) -> None:
        tries.append(sql)
        raise WarehouseError(f"the warehouse refused: {error}") from error

    put(kept, silence("a"), silence("b", version="many"), ("audit", "c", {"actor": "c"}))
    with monkeypatch.context() as away:
        away.setattr(Warehouse, "command", refuse)
        with pytest.raises(WarehouseError):
            ship(kept, warehouse)
    assert len(tries) == 1, "the batch is not cut up, and nothing else is tried"
    assert waiting(kept) == 3 and aside(kept) == []
    until_done(kept, warehouse)
    assert (arrived(warehouse), aside(kept)) == ({"a"}, ["b"])


def test_the_next_start_tries_again_and_a_rebuild_keeps_them(warehouse: Warehouse, tmp_path: Path) -> None:
    with desk(tmp_path, warehouse) as made:
        made.once()
        put(made.store, silence("a", version="many"), silence("b"))
        made.once()
        assert aside(made.store) == ["a"] and arrived(warehouse) == {"b"}
        with made.store.transaction() as tx:
            _empty(tx)
        assert aside(made.store) == ["a"]
        with made.store.transaction() as tx:  # as a newer version would make it
            tx.execute("UPDATE ship_refused SET row = replace(row, '\"many\"', '2')")
    with desk(tmp_path, warehouse) as made:
        made.once()
        assert aside(made.store) == [] and arrived(warehouse) == {"a", "b"}


def test_a_newer_version_of_a_row_replaces_the_one_that_was_set_aside(
    warehouse: Warehouse, kept: Store
) -> None:
    put(kept, silence("a", version="many"))
    until_done(kept, warehouse)
    put(kept, silence("a", reason="newer"))
    again(kept)
    until_done(kept, warehouse)
    assert aside(kept) == []
    assert warehouse.rows("SELECT reason FROM lowtide.silence") == [{"reason": "newer"}]
    put(kept, silence("b", version="many"))
    until_done(kept, warehouse)
    put(kept, silence("b"))
    until_done(kept, warehouse)
    assert aside(kept) == [], "it says nothing that the warehouse does not have newer"


def test_a_row_that_is_replaced_while_it_is_refused_is_not_set_aside(
    warehouse: Warehouse, kept: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    insert = desk_record.insert_json

    def late(*given: Any) -> None:
        monkeypatch.setattr(desk_record, "insert_json", insert)
        put(kept, silence("a", reason="newer"))
        insert(*given)

    put(kept, silence("a", version="many"))
    monkeypatch.setattr(desk_record, "insert_json", late)
    until_done(kept, warehouse)
    assert aside(kept) == [] and arrived(warehouse) == {"a"}
