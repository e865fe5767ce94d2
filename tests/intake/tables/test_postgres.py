"""PostgreSQL by transaction numbers: what commits late is not lost, what wraps around is not read twice."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from lowtide.intake.tables.address import engine_of
from lowtide.intake.tables.modes import MODES, Watermark
from lowtide.intake.tables.settings import Table
from lowtide.intake.tables.statement import read
from tests.intake.tables.cluster import Cluster
from tests.intake.tables.kills import battery

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


class Reading:
    """A table that is read again and again."""

    def __init__(self, cluster: Cluster, **more: Any) -> None:
        settings = {"name": "moves", "url": cluster.url, "table": "moves", "map": "m", "mode": "postgres"}
        self.table = Table.model_validate({**settings, **more})
        self.engine: Engine = engine_of(cluster.url, "moves")
        self.last: Watermark | None = None
        self.reason: str | None = None

    def ids(self) -> list[int]:
        """The ids of the rows that are new."""
        with self.engine.connect() as plain:
            connection = plain.execution_options(isolation_level="REPEATABLE READ")
            window = MODES[self.table.mode](connection, self.table, self.last, NOW, UTC)
            if window is None:
                self.reason = None
                return []
            found = [row["id"] for rows in read(connection, self.table, window.rows) for row in rows]
            self.last, self.reason = window.watermark, window.reason
        return sorted(found)


def make(cluster: Cluster) -> Any:
    """A connection to a database with an empty table."""
    connection = cluster.connect()
    connection.execute("DROP TABLE IF EXISTS moves")
    connection.execute("CREATE TABLE moves (id int PRIMARY KEY, at timestamptz DEFAULT now())")
    return connection


def test_a_transaction_that_commits_late_is_read(cluster: Cluster) -> None:
    """`id > last` loses row 1: it is not there when row 2 is read, and behind `last` when it appears."""
    now = make(cluster)
    reading = Reading(cluster)
    slow = cluster.connect()
    slow.autocommit = False
    slow.execute("INSERT INTO moves VALUES (1)")
    now.execute("INSERT INTO moves VALUES (2)")
    assert reading.ids() == [2]
    assert reading.ids() == []
    now.execute("INSERT INTO moves VALUES (3)")
    slow.commit()
    assert reading.ids() == [1, 2, 3], "row 2 again: its transaction began after one that still ran"
    assert reading.ids() == []
    now.execute("INSERT INTO moves VALUES (4)")
    assert reading.ids() == [4]


def test_subtransactions_and_rolled_back_rows(cluster: Cluster) -> None:
    """A savepoint has a number of its own, above that of its transaction."""
    now = make(cluster)
    reading = Reading(cluster)
    assert reading.ids() == []
    slow = cluster.connect()
    slow.autocommit = False
    slow.execute("INSERT INTO moves VALUES (1)")
    slow.execute("SAVEPOINT a")
    slow.execute("INSERT INTO moves VALUES (2)")
    slow.execute("SAVEPOINT b")
    slow.execute("INSERT INTO moves VALUES (3)")
    slow.execute("ROLLBACK TO SAVEPOINT b")
    for number in range(10, 15):
        now.execute("INSERT INTO moves VALUES (%s)", [number])
        reading.ids()
    slow.commit()
    assert {1, 2} <= set(reading.ids())


def test_an_updated_row_is_read_again_and_vacuum_moves_nothing(cluster: Cluster) -> None:
    now = make(cluster)
    reading = Reading(cluster)
    now.execute("INSERT INTO moves VALUES (1), (2)")
    assert reading.ids() == [1, 2]
    now.execute("UPDATE moves SET at = now() WHERE id = 2")
    assert reading.ids() == [2]
    now.execute("VACUUM (FREEZE, FULL) moves")
    assert reading.ids() == []


def test_a_table_that_was_made_anew_is_read_again(cluster: Cluster) -> None:
    now = make(cluster)
    reading = Reading(cluster)
    now.execute("INSERT INTO moves VALUES (1)")
    assert reading.ids() == [1]
    make(cluster).execute("INSERT INTO moves VALUES (1), (2)")
    assert reading.ids() == [1, 2]
    assert reading.reason == "database_is_another"


def test_after_a_dump_only_the_window_is_read_again(cluster: Cluster) -> None:
    now = make(cluster)
    reading = Reading(cluster, time="at", lookback="1d")
    now.execute("INSERT INTO moves VALUES (1, '2026-11-01Z'), (2, '2026-11-22T11:00Z')")
    assert reading.ids() == [1, 2]
    make(cluster).execute("INSERT INTO moves VALUES (1, '2026-11-01Z'), (2, '2026-11-22T11:00Z')")
    assert reading.ids() == [2]


def test_an_older_copy_of_the_server_is_read_again(cluster: Cluster) -> None:
    now = make(cluster)
    reading = Reading(cluster)
    now.execute("INSERT INTO moves VALUES (1)")
    assert reading.ids() == [1]
    assert reading.last is not None
    reading.last = {**reading.last, "transaction": reading.last["transaction"] + 1000}
    assert reading.ids() == [1]


def test_a_query_names_its_xmin(cluster: Cluster) -> None:
    now = make(cluster)
    query = "SELECT m.id, m.at, m.xmin, '10:30' AS hour FROM moves m WHERE m.at::date > '2000-01-01'"
    reading = Reading(cluster, table=None, query=query)
    now.execute("INSERT INTO moves VALUES (1)")
    assert reading.ids() == [1]
    now.execute("INSERT INTO moves VALUES (2)")
    assert reading.ids() == [2]


def test_no_row_is_lost_by_kills_and_uneven_commits(cluster: Cluster, tmp_path: Path) -> None:
    """The battery in short: `python -m tests.intake.tables.kills 200` has 200 kills."""
    outcome = battery(cluster, tmp_path, kills=3)
    assert outcome.committed > 50
    assert outcome.lost == 0
    assert outcome.lost_by_id > 0, "the usual way loses rows that are committed late"


def test_across_the_wrap_of_transaction_numbers(cluster: Cluster) -> None:
    """The 32 bits of `xmin` start again at 3; the window then stands on both sides of the wrap."""
    now = make(cluster)
    now.execute("INSERT INTO moves VALUES (1)")
    for database in ("shop", "postgres", "template1"):
        with cluster.connect() as admin:
            admin.execute("VACUUM (FREEZE)") if database == "shop" else None
    now.close()
    cluster.stop()
    cluster.reset_transactions((1 << 32) - 20, 0)
    cluster.start()
    reading = Reading(cluster)
    now = cluster.connect()
    assert reading.ids() == [1]
    read: list[int] = []
    for number in range(2, 60):
        now.execute("INSERT INTO moves VALUES (%s)", [number])
        if number % 7 == 0:
            read += reading.ids()
    read += reading.ids()
    assert read == list(range(2, 60))
    assert reading.last is not None
    assert reading.last["transaction"] > 1 << 32
