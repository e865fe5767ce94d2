"""A run that never ends takes what comes, ends when it is told to, and goes on; several processes are one run."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import orjson
import pytest

from tests.launcher import python

from .conftest import send
from .test_kafka_source import Make, lines, now, replay

DAY = 86_400_000
START = 1_770_000_000_000


def begin(*arguments: object, **options: object) -> subprocess.Popen[str]:
    command = [*python(), "-m", "lowtide", *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)


def lowtide(*arguments: object) -> str:
    process = begin(*arguments)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err[-3000:]
    return out


def wait_for(what: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    """Until it is so; a run that ends before it fails."""
    until = time.monotonic() + 300
    while not what():
        assert process.poll() is None, process.communicate()[1][-3000:]
        assert time.monotonic() < until, "it does not come"
        time.sleep(0.1)


def read_so_far(state: Path) -> int:
    """Records in the last checkpoint, over all logs."""
    if not (state / "epochs" / "part-0.sqlite3").exists():
        return 0
    rows = [orjson.loads(line) for line in lowtide("state", "ls", state, "--json").splitlines()]
    return sum(row["next"] for row in rows if row["part"] == "log")


def ledger(warehouse: object) -> list[tuple[str, int, str, str]]:
    query = (
        "SELECT alert_id, seq, entry, event_time, on_hand, detail FROM ledger FINAL ORDER BY alert_id, seq"
    )
    out = lowtide("sql", query, "--warehouse", warehouse, "--format", "JSONEachRow")
    rows = [orjson.loads(line) for line in out.splitlines()]
    return [(row["alert_id"], row["seq"], row["entry"], row["detail"]) for row in rows]


def told(rows: list[dict]) -> list[tuple[str, int, str, str]]:
    return sorted((row["alert_id"], row["seq"], row["entry"]) for row in rows)


@pytest.fixture
def logs() -> list[list[bytes]]:
    """Three logs of places of their own."""
    return [
        [line.replace(b'"location":"', b'"location":"%d' % part) for line in lines(20, 30, part)]
        for part in range(3)
    ]


@pytest.fixture
def served(tmp_path: Path) -> Iterator[str]:
    """A warehouse that several processes share."""
    process = begin("warehouse", "--warehouse", tmp_path / "served", "--listen", "127.0.0.1:0")
    assert process.stdout is not None
    yield re.search(r"http://\S+", process.stdout.readline())[0]  # type: ignore[index]
    process.terminate()
    process.wait(30)


def test_it_takes_what_comes_ends_well_and_goes_on(
    topic: Make, logs: list[list[bytes]], tmp_path: Path
) -> None:
    first = [(part, line, now(line)) for part, log in enumerate(logs) for line in log[:300]]
    rest = [(part, line, now(line)) for part, log in enumerate(logs) for line in log[300:]]
    address, state, store = topic(first, 3), tmp_path / "state", tmp_path / "store"
    command = ["run", address, "--state", state, "--warehouse", store, "--checkpoint-every", 0.2]
    run = begin(*command, "--follow", "--metrics", "127.0.0.1:0")
    wait_for(lambda: read_so_far(state) == 900, run)
    broker, name = address.removeprefix("kafka://").split("/")
    send(broker, name, rest)
    wait_for(lambda: read_so_far(state) == sum(map(len, logs)), run)
    run.send_signal(signal.SIGTERM)
    out, err = run.communicate(timeout=60)
    assert run.returncode == 0 and out.startswith("stopped: the same command goes on"), err[-2000:]
    assert f"{sum(map(len, logs)):,} records" in out
    stock = [orjson.loads(line) for line in lowtide("state", "export", state).splitlines()]
    columns = "location, sku, toString(on_hand) AS on_hand, toString(available) AS available"
    query = f"SELECT {columns} FROM position FINAL ORDER BY location, sku"
    rows = lowtide("sql", query, "--warehouse", store, "--format", "JSONEachRow").splitlines()
    assert [tuple(orjson.loads(row).values()) for row in rows] == sorted(
        tuple(row[name] for name in ("location", "sku", "on_hand", "available")) for row in stock
    ), "what changed since the last mark is published at the stop"
    assert {"started", "checkpoint"} <= {orjson.loads(line)["event"] for line in err.splitlines()}
    again = orjson.loads(lowtide(*command, "--json"))
    assert again["counts"]["records"] == 0 and again["status"] == "finished"
    want = replay(address)
    assert [row[:3] for row in ledger(store)] == told(want) and len(want) > 20


def test_a_process_that_dies_takes_nothing_with_it(
    topic: Make, logs: list[list[bytes]], tmp_path: Path, served: str
) -> None:
    """Two processes share a warehouse; one is killed again and again, and all come back from the last checkpoint."""
    address = topic([(part, line, now(line)) for part, log in enumerate(logs) for line in log], 3)
    command = ["run", address, "--state", tmp_path / "state", "--warehouse", served, "--processes", 2]
    run = begin(*command, "--checkpoint-every", 0.1, "--block-records", 20, "--follow", "--metrics", "off")
    assert run.stderr is not None
    killed = 0

    def read() -> dict:
        """The next event. A panic of a worker whose peer was killed used to write lines of its own between them."""
        while not (text := run.stderr.readline()).startswith("{"):
            assert text and "panicked" not in text and "RUST_BACKTRACE" not in text, text
        return orjson.loads(text)

    while killed < 3:
        line = read()
        if line["event"] == "processes_started":
            pids = line["pids"]
        if line["event"] == "checkpoint":
            os.kill(pids[killed % 2], signal.SIGKILL)
            killed += 1
            while line["event"] != "restarting":
                line = read()
    os.set_blocking(run.stderr.fileno(), False)
    wait_for(lambda: read_so_far(tmp_path / "state") == sum(map(len, logs)), run)
    run.send_signal(signal.SIGTERM)
    assert run.wait(60) == 0
    want = replay(address)
    assert [row[:3] for row in ledger(served)] == told(want) and len(want) > 20


def test_four_processes_are_one_row_of_run_and_write_what_one_writes(
    topic: Make, tmp_path: Path, served: str
) -> None:
    """Its counts are those of one process that reads all: who asks how good the data are must not see half of them."""
    logs = [
        [line.replace(b'"location":"', b'"location":"%d' % part) for line in lines(5, 20, part)]
        for part in range(5)
    ]
    sent = [(part, line, now(line)) for part, log in enumerate(logs) for line in [*log, log[7], b"{"]]
    address = topic(sent, 5)
    (tmp_path / "strict.yaml").write_text("defaults:\n  watch: 0.05\n")
    lowtide("policy", "apply", tmp_path / "strict.yaml", address)
    command = ["run", address, "--warehouse", served, "--json"]
    alone = orjson.loads(lowtide(*command, "--pipeline", "alone"))
    both = orjson.loads(lowtide(*command, "--state", tmp_path / "state", "--processes", 4))
    assert alone["counts"] == both["counts"] and both["counts"]["reject.not_json"] == 5
    assert (alone["positions"], alone["rows"]["ledger"]) == (both["positions"], both["rows"]["ledger"])
    query = (
        "SELECT run_id, source, status, workers, records, duplicates, rejects, counts FROM run FINAL "
        "WHERE pipeline = 'lowtide'"
    )
    asked = ["--warehouse", served, "--format", "JSONEachRow"]
    (row,) = map(orjson.loads, lowtide("sql", query, *asked).splitlines())
    name = address.rpartition("/")[2]
    assert (row["run_id"], row["source"], row["status"], row["workers"]) == (
        both["run_id"],
        name,
        "finished",
        4,
    )
    assert [int(row[column]) for column in ("records", "duplicates", "rejects")] == [
        both["counts"][column] for column in ("records", "duplicates", "rejects")
    ]
    assert int(row["counts"]["reject.not_json"]) == 5
    query = "SELECT location, sku, type, seq, entry, event_time FROM ledger FINAL WHERE pipeline = '{}' ORDER BY ALL"
    one, four = (lowtide("sql", query.format(name), *asked) for name in ("alone", "lowtide"))
    assert one == four and one.count("\n") > 10


def test_a_policy_in_the_topic_holds_from_there_on(
    topic: Make, logs: list[list[bytes]], tmp_path: Path
) -> None:
    (tmp_path / "strict.yaml").write_text("defaults:\n  watch: 0.05\n  warning: 0.2\n")
    address = topic([(part, line, now(line)) for part, log in enumerate(logs) for line in log[:400]], 3)
    state, store = tmp_path / "state", tmp_path / "store"
    command = ["run", address, "--state", state, "--warehouse", store]
    lowtide(*command)
    run = begin(*command, "--policy", tmp_path / "strict.yaml")
    assert "lowtide policy apply" in run.communicate(timeout=60)[1] and run.returncode == 2
    assert "each of 3 partitions" in lowtide("policy", "apply", tmp_path / "strict.yaml", address)
    broker, name = address.removeprefix("kafka://").split("/")
    send(broker, name, [(part, line, now(line)) for part, log in enumerate(logs) for line in log[400:]])
    lowtide(*command)
    lowtide(*command, "--policy", tmp_path / "strict.yaml"), "either file is right now"
    want = replay(address)
    assert [row[:3] for row in ledger(store)] == told(want)
    assert len({row["policy_version"] for row in want}) == 2
    versions = lowtide(
        "sql", "SELECT count() FROM policy_version FINAL", "--warehouse", store, "--format", "TSV"
    )
    assert versions.strip() == "2"


def test_heartbeats_alone_fire_what_is_due(topic: Make, tmp_path: Path) -> None:
    order = orjson.dumps({
        "id": "1", "source": "erp", "kind": "order", "sku": "A", "location": "1", "quantity": 5, "ref": "PO1",
        "due": START + DAY, "event_time": START,
    })  # fmt: skip
    address, state, store = topic([(1, order, START)], 3), tmp_path / "state", tmp_path / "store"
    command = ["run", address, "--state", state, "--warehouse", store]
    lowtide(*command)
    assert ledger(store) == []
    lowtide("heartbeat", address, "--at", "2026-02-12T00:00:00Z")
    lowtide(*command)
    assert [row[2] for row in ledger(store)] == ["OPENED"]
