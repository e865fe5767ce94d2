"""What an operator sees of a run: its row, its policy, its lag, and that it waits for a broker that is away."""

from __future__ import annotations

import json
import signal
import subprocess
import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import orjson
from confluent_kafka import Producer

from .broker import Broker, free_port
from .conftest import send
from .test_follow import begin, lowtide, read_so_far, wait_for
from .test_kafka_source import Make, lines, now


def get(address: str, path: str) -> tuple[int, str]:
    """Status and body of a GET; status 0: nobody listens."""
    try:
        with urllib.request.urlopen(f"http://{address}{path}", timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except OSError:
        return 0, ""


def value(address: str, name: str) -> float | None:
    """The sum of a metric over its labels."""
    found = [
        line.rsplit(" ", 1) for line in get(address, "/metrics")[1].splitlines() if line.startswith(name)
    ]
    return sum(float(number) for _, number in found) if found else None


def runs(store: Path) -> list[dict]:
    query = (
        "SELECT status, records, seen_at > started_at AS seen, ended_at FROM run FINAL ORDER BY started_at"
    )
    return [
        orjson.loads(line)
        for line in lowtide("sql", query, "--warehouse", store, "--format", "JSONEachRow").splitlines()
    ]


def follow(source: str, folder: Path, *more: object) -> tuple[subprocess.Popen[str], str]:
    """A run that follows, and the address of its endpoint."""
    endpoint = f"127.0.0.1:{free_port()}"
    options = ["--state", folder / "state", "--warehouse", folder / "store", "--checkpoint-every", 0.2]
    return begin("run", source, "--follow", "--metrics", endpoint, *options, *more), endpoint


def policies(endpoint: str) -> set[str]:
    text = get(endpoint, "/metrics")[1]
    return {
        line.partition('policy_version="')[2].partition('"')[0]
        for line in text.splitlines()
        if line.startswith("lowtide_build_info")
    }


def test_a_killed_run_is_named_and_the_policy_in_force_is_shown(topic: Make, tmp_path: Path) -> None:
    log = lines(5, 20, 0)
    address = topic([(0, line, now(line)) for line in log], 2)
    policy = tmp_path / "policy.yaml"
    policy.write_text("version: 1\ndefaults: {lead_time: 9d}\n", "utf-8")
    run, endpoint = follow(address, tmp_path)
    try:
        wait_for(lambda: read_so_far(tmp_path / "state") == len(log), run)
        before = policies(endpoint)
        applied = lowtide("policy", "apply", policy, address).split()[1]
        wait_for(lambda: policies(endpoint) == {applied}, run)
        assert before and applied not in before
        wait_for(
            lambda: runs(tmp_path / "store")[0]["seen"] and runs(tmp_path / "store")[0]["records"] > 100, run
        )
    finally:
        run.kill()
        run.communicate()
    run, endpoint = follow(address, tmp_path, "--policy", policy)
    try:
        wait_for(lambda: get(endpoint, "/readyz")[0] == 200, run)
        assert [row["status"] for row in runs(tmp_path / "store")] == ["killed", "running"]
        assert policies(endpoint) == {applied}
    finally:
        run.send_signal(signal.SIGTERM)
        _, err = run.communicate(timeout=60)
    assert "run_killed" in {orjson.loads(line)["event"] for line in err.splitlines()}
    assert [(row["status"], row["ended_at"] is None) for row in runs(tmp_path / "store")] == [
        ("killed", True),
        ("stopped", False),
    ]


def transactions(broker: Broker, name: str, held: list[bytes], aborted: list[bytes]) -> None:
    """A transaction that holds, then one that was taken back: the partition ends with markers."""
    producer = Producer({"bootstrap.servers": broker.address, "transactional.id": f"till-{name}"})
    producer.init_transactions(30)
    for log, end in ((held, producer.commit_transaction), (aborted, producer.abort_transaction)):
        producer.begin_transaction()
        for line in log:
            producer.produce(name, line, partition=0, timestamp=now(line))
        producer.flush(30)
        end(30)


def test_messages_of_an_aborted_transaction_are_not_read_and_markers_are_no_lag(
    broker: Broker, topic: Make, tmp_path: Path
) -> None:
    address, log, other = topic([], 1), lines(5, 20, 0), lines(5, 20, 7)
    name, middle = address.rpartition("/")[2], len(log) // 2
    transactions(broker, name, log[:middle], other)

    def until(end: int, and_then: Callable[[str, subprocess.Popen[str]], None] = lambda *_: None) -> None:
        run, endpoint = follow(address, tmp_path)
        try:
            wait_for(lambda: read_so_far(tmp_path / "state") >= end, run)
            wait_for(lambda: value(endpoint, "lowtide_lag_records") == 0, run)
            and_then(endpoint, run)
        finally:
            run.send_signal(signal.SIGTERM)
            run.communicate(timeout=60)

    def more(endpoint: str, run: subprocess.Popen[str]) -> None:
        transactions(broker, name, log[middle:], other)
        wait_for(lambda: value(endpoint, "lowtide_records_total") == len(log), run)
        wait_for(lambda: value(endpoint, "lowtide_lag_records") == 0, run)

    until(middle, more)
    until(len(log))
    done = json.loads(lowtide("run", address, "--warehouse", "none", "--json"))
    assert done["counts"]["records"] == len(log) and done["counts"]["rejects"] == 0
    everything = f"{address}?kafka.isolation.level=read_uncommitted"
    done = json.loads(lowtide("run", everything, "--warehouse", "none", "--json"))
    assert done["counts"]["records"] == len(log) + 2 * len(other), (
        "the isolation level is the reader's choice"
    )


def test_a_run_that_follows_waits_for_a_broker_that_is_away_at_its_start(tmp_path: Path) -> None:
    """A broker that was restarted together with the run ended it with code 4."""
    port = free_port()
    run, endpoint = follow(f"kafka://127.0.0.1:{port}/sales", tmp_path)
    heard: list[dict] = []
    assert run.stderr is not None
    reader = threading.Thread(target=lambda: heard.extend(map(orjson.loads, run.stderr)), daemon=True)
    reader.start()
    try:
        wait_for(lambda: get(endpoint, "/readyz")[0] == 503, run)
        wait_for(lambda: "the broker" in get(endpoint, "/readyz")[1], run)
        assert get(endpoint, "/healthz")[0] == 200 and value(endpoint, "lowtide_build_info") == 1
        wait_for(lambda: any(line["event"] == "broker_away" for line in heard), run)
        assert sum(line["event"] == "broker_away" for line in heard) == 1
    finally:
        run.kill()
        run.wait(30)


def test_a_run_that_waited_reads_what_the_broker_has(broker: Broker, topic: Make, tmp_path: Path) -> None:
    log = lines(5, 20, 0)
    address = topic([(0, line, now(line)) for line in log], 1)
    broker.stop()
    run, endpoint = follow(address, tmp_path)
    try:
        wait_for(lambda: "the broker" in get(endpoint, "/readyz")[1], run)
        broker.start()
        wait_for(lambda: value(endpoint, "lowtide_records_total") == len(log), run)
        wait_for(lambda: get(endpoint, "/readyz")[0] == 200, run)
        send(broker.address, address.rpartition("/")[2], [(0, line, now(line)) for line in lines(5, 20, 3)])
        wait_for(lambda: (value(endpoint, "lowtide_records_total") or 0) > len(log), run)
    finally:
        if broker.process is None:
            broker.start()
        run.send_signal(signal.SIGTERM)
        _, err = run.communicate(timeout=60)
    events = [orjson.loads(line)["event"] for line in err.splitlines()]
    assert events.index("broker_away") < events.index("broker_back") and run.returncode == 0
