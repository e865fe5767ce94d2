"""Heartbeats fire what is due where nothing moves, and a badly keyed topic can be mended."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import orjson

from tests.launcher import python

from .test_kafka_source import Make, lines, replay

DAY = 86_400_000
TODAY = int(time.time() * 1000)
"""A broker lets go of messages by their timestamps; the order of arrival is all that matters here."""
START = 1_770_000_000_000


def lowtide(*arguments: object, code: int = 0) -> str:
    command = [*python(), "-m", "lowtide", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, timeout=60, check=False, text=True)
    assert done.returncode == code, done.stderr
    return done.stdout


def test_a_heartbeat_in_each_partition_fires_what_is_due(topic: Make) -> None:
    order = orjson.dumps({
        "id": "1", "source": "erp", "kind": "order", "sku": "A", "location": "1", "quantity": 5, "ref": "PO1",
        "due": START + DAY, "event_time": START,
    })  # fmt: skip
    address = topic([(1, order, START)], 3)
    assert replay(address) == []
    said = lowtide("heartbeat", address, "--at", "2026-02-12T00:00:00Z")
    assert "each of 3 partitions" in said
    (entry,) = replay(address)
    assert (entry["entry"], entry["type"], entry["cause_id"]) == ("OPENED", "overdue_supply", None)
    lowtide("heartbeat", address, "--at", "2026-02-12T00:00:00Z")
    assert replay(address) == [entry], "the same heartbeat again changes nothing"


def test_a_topic_keyed_by_chance_is_mended(topic: Make, tmp_path: Path) -> None:
    """The copy gives what the log in order of arrival gives: every position in one partition, nothing lost."""
    good = [
        line
        for line in lines(20, 20, 3)
        if line.startswith(b"{") and line.endswith(b"}") and b"heartbeat" not in line
    ]
    address = topic([(number % 3, line, TODAY + number) for number, line in enumerate(good)], 3)
    mended = f"{address}-mended"
    said = lowtide("repartition", address, mended, "--partitions", 4)
    assert said.startswith(f"{len(good):,} records")
    (tmp_path / "log.jsonl").write_bytes(b"\n".join(good) + b"\n")
    positions = [tmp_path / "want", tmp_path / "got"]
    replay(tmp_path / "log.jsonl", "--positions", positions[0])
    replay(mended, "--positions", positions[1])
    want, got = (
        [
            (row["location"], row["sku"], row["on_hand"])
            for row in map(orjson.loads, file.read_bytes().splitlines())
        ]
        for file in positions
    )
    assert got == want and len(got) == len(set(got)) > 10


GOOD = b'{"id":"9","source":"t","kind":"heartbeat","location":"7","event_time":"2026-02-02T00:00:00Z"}'


def test_what_cannot_be_keyed_goes_on_as_it_is(topic: Make, tmp_path: Path) -> None:
    values = [b"nonsense", b'{"id":"1"}', b'[{"location":"7","id":"2"},{"location":"8","id":"3"}]', GOOD]
    address = topic([(0, value, TODAY) for value in values])
    said = lowtide("repartition", address, f"{address}-keyed", "--partitions", 2)
    assert "5 records" in said and "2 of them have no location" in said
    replay(f"{address}-keyed", "--rejects", tmp_path / "rejects")
    rejects = [orjson.loads(line) for line in (tmp_path / "rejects").read_bytes().splitlines()]
    assert sorted(row["record"] for row in rejects) == sorted(
        ["nonsense", '{"id":"1"}', '{"location":"7","id":"2"}', '{"location":"8","id":"3"}']
    )
