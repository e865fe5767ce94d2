"""`--warehouse http://…` and `--warehouse embedded:` are alike: the same rows, the same answers, the same errors."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.launcher import python

from .kills import TABLES, generated, pipeline_rows
from .process import Front, front, lowtide

Both = tuple[Front, Path]


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    """A log run over HTTP, and the same log run embedded."""
    folder = tmp_path_factory.mktemp("alike")
    log = generated(folder, days=20)
    items = folder / "shop" / "catalogue.parquet"
    plain = folder / "embedded"
    done = lowtide("run", log, "--catalogue", items, "--warehouse", f"embedded:{plain}")
    assert done.returncode == 0, done.stderr
    with front(folder / "served") as one:
        over = lowtide("run", log, "--catalogue", items, "--warehouse", one.url)
        assert over.returncode == 0, over.stderr
        assert _figures(over) == _figures(done)
        yield one, plain


def _figures(run: subprocess.CompletedProcess[str]) -> list[str]:
    """The counts that a run prints, without its duration."""
    return [line for line in run.stderr.splitlines() if "accepted" in line or "rejects:" in line]


def test_a_run_writes_the_same_rows(both: Both) -> None:
    served, plain = both
    with served.client() as client:
        over = {table: pipeline_rows(client, table, "lowtide") for table in TABLES}
        items = client.query("SELECT * FROM lowtide.catalogue FINAL ORDER BY ALL").result_rows
    with front(plain) as other, other.client() as client:
        for table in TABLES:
            assert over[table] == pipeline_rows(client, table, "lowtide"), table
        assert items == client.query("SELECT * FROM lowtide.catalogue FINAL ORDER BY ALL").result_rows
    assert len(over["ledger"]) > 100 and over["reject"]


def test_commands_answer_the_same(both: Both) -> None:
    served, plain = both
    reader = served.url.replace("//", "//reader@")
    alerts = lowtide("alerts", "--json", "--warehouse", reader)
    assert alerts.returncode == 0 and alerts.stdout, alerts.stderr
    one = json.loads(alerts.stdout.splitlines()[0])
    for command in (
        ("explain", one["alert_id"]),
        ("position", one["sku"], one["location"], "--json"),
        (
            "sql",
            "SELECT type, entry, count() FROM ledger GROUP BY ALL ORDER BY ALL",
            "--format",
            "JSONEachRow",
        ),
    ):
        over, embedded = (lowtide(*command, "--warehouse", where) for where in (reader, plain))
        assert over.returncode == 0, over.stderr
        assert over.stdout == embedded.stdout and over.stdout, command


def test_errors_are_the_same(both: Both) -> None:
    served, plain = both
    for command in (
        ("sql", "SELECT * FROM nowhere"),
        ("sql", "DROP TABLE ledger"),
    ):
        over, embedded = (lowtide(*command, "--warehouse", where) for where in (served.url, plain))
        assert over.returncode == embedded.returncode != 0, command
        assert over.stderr == embedded.stderr, command


def test_people_act_over_http(both: Both) -> None:
    served, _ = both
    alert = json.loads(lowtide("alerts", "--json", "--warehouse", served.url).stdout.splitlines()[-1])[
        "alert_id"
    ]
    done = lowtide("ack", alert, "--as", "kim", "--warehouse", served.url)
    assert done.returncode == 0, done.stderr
    with served.client() as client:
        found = client.query(
            "SELECT state, owner FROM alert_current WHERE alert_id = {a:String}", {"a": alert}
        )
        assert found.result_rows == [("acknowledged", "kim")]
    denied = lowtide("resolve", alert, "--as", "kim", "--warehouse", served.url.replace("//", "//reader@"))
    assert denied.returncode == 4 and "readonly" in denied.stderr.lower()


def test_fifty_readers_while_a_run_writes(both: Both, tmp_path: Path) -> None:
    """Readers and writers must not see an error, however many ask at the same time."""
    served, _ = both
    log = generated(tmp_path, days=40)
    errors: list[BaseException] = []
    answered = []
    done = threading.Event()

    def read(number: int) -> None:
        try:
            with served.client(username="reader", database="lowtide") as client:
                while number not in answered or not done.is_set():
                    client.query("SELECT type, count() FROM alert_current GROUP BY type")
                    client.query(
                        "SELECT count() FROM position FINAL WHERE sku = {s:String}", {"s": f"S{number:05}"}
                    )
                    answered.append(number)
                    done.wait(1)
        except BaseException as error:
            errors.append(error)

    readers = [threading.Thread(target=read, args=[number]) for number in range(50)]
    for thread in readers:
        thread.start()
    run = subprocess.run(
        [*python(), "-m", "lowtide", "run", str(log), "--warehouse", served.url],
        capture_output=True, text=True, check=False, timeout=100, env=_pipeline("second"),
    )  # fmt: skip
    done.set()
    for thread in readers:
        thread.join()
    assert run.returncode == 0, run.stderr
    assert not errors, errors[:3]
    assert set(answered) == set(range(50))


def _pipeline(name: str) -> dict[str, str]:
    from .process import environment

    return environment(LOWTIDE_PIPELINE=name)


def test_the_dialect_of_sqlalchemy(both: Both) -> None:
    """The statements that Superset uses: reflection, text and expressions."""
    served, _ = both
    engine = sa.create_engine(f"clickhousedb://reader@127.0.0.1:{served.port}/lowtide")
    with engine.connect() as connection:
        assert connection.execute(sa.text("SELECT count() > 0 FROM ledger")).scalar() == 1
        found = sa.inspect(connection)
        assert "lowtide" in found.get_schema_names()
        assert {"ledger", "position"} <= set(found.get_table_names("lowtide"))
        columns = {column["name"] for column in found.get_columns("ledger", "lowtide")}
        assert {"alert_id", "event_time"} <= columns
        ledger = sa.Table("ledger", sa.MetaData(schema="lowtide"), autoload_with=connection)
        query = (
            sa.select(ledger.c.type, sa.func.count())
            .group_by(ledger.c.type)
            .where(ledger.c.entry == "OPENED")
        )
        rows = connection.execute(query.order_by(ledger.c.type).limit(10)).all()
        assert rows and all(count > 0 for _, count in rows)
        with pytest.raises(sa.exc.DatabaseError, match="READONLY"):
            connection.execute(sa.text("DROP TABLE ledger"))
    writer = sa.create_engine(f"clickhousedb://writer@127.0.0.1:{served.port}/lowtide")
    with writer.begin() as connection:
        connection.execute(sa.text("CREATE TABLE notes (a UInt8) ENGINE = MergeTree ORDER BY a"))
        connection.execute(sa.text("INSERT INTO notes VALUES (1), (2)"))
        assert connection.execute(sa.text("SELECT sum(a) FROM notes")).scalar() == 3
        connection.execute(sa.text("DROP TABLE notes"))


def test_the_prompt_s_questions_are_a_reader_s(both: Both) -> None:
    """`lowtide sql` completes names from the system tables of ClickHouse."""
    source = Path(sys.modules["lowtide"].__path__[0], "cli", "sql_prompt.py").read_text("utf-8")
    served, _ = both
    tables = set(re.findall(r"system\.\w+", source))
    assert tables >= {"system.columns", "system.functions", "system.keywords"}
    with served.client(username="reader") as client:
        for table in tables:
            assert client.query(f"SELECT count() FROM {table}").first_row != (0,)
