"""A topic read through a real broker is the same log as a file of its messages."""

from __future__ import annotations

import os
import struct
import subprocess
from base64 import b64decode
from collections.abc import Callable
from pathlib import Path

import orjson
import pyarrow as pa
import pytest

from lowtide.errors import BrokerError, InputError, SettingsError
from lowtide.kafka import topic as topics
from lowtide.kafka.address import parse
from lowtide.kafka.topic import open_topic
from lowtide.samples.synthetic import Synthetic
from tests.launcher import python
from tests.sources.spoiled_arrow import movements, stream

from .broker import Broker

Make = Callable[..., str]


def lines(positions: int, days: int, seed: int) -> list[bytes]:
    blocks = Synthetic(positions, days, seed).blocks(0)
    return [line for block in blocks for line in block.bytes.splitlines()]


def replay(source: object, *options: object) -> list[dict]:
    command = [*python(), "-m", "lowtide", "replay", str(source), "--json", *map(str, options)]
    done = subprocess.run(command, capture_output=True, timeout=120, env=os.environ, check=False)
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    return [orjson.loads(line) for line in done.stdout.splitlines()]


def now(line: bytes) -> int:
    """An arrival at which no record is ahead of the clock."""
    return 4_000_000_000_000


@pytest.fixture(scope="module")
def log() -> list[bytes]:
    return lines(60, 40, 5)


def test_one_movement_a_message_is_the_log_that_a_file_is(
    topic: Make, log: list[bytes], tmp_path: Path
) -> None:
    (tmp_path / "log.jsonl").write_bytes(b"\n".join(log) + b"\n")
    want = replay(tmp_path / "log.jsonl", "--rejects", tmp_path / "want.rejects")
    assert len(want) > 20
    address = topic([(0, line, now(line)) for line in log])
    assert replay(address, "--rejects", tmp_path / "got.rejects") == want
    want_rejects, got_rejects = (
        [
            {**orjson.loads(line), "partition": "", "file": None, "line": None}
            for line in (tmp_path / name).read_bytes().splitlines()
        ]
        for name in ("want.rejects", "got.rejects")
    )
    assert got_rejects == want_rejects and got_rejects


@pytest.mark.parametrize("form", ["auto", "ndjson", "array"])
def test_many_movements_a_message_are_the_same(
    topic: Make, log: list[bytes], tmp_path: Path, form: str
) -> None:
    good = [line for line in log if line.startswith(b"{") and line.endswith(b"}")]
    (tmp_path / "log.jsonl").write_bytes(b"\n".join(good) + b"\n")
    parts = [good[at : at + 37] for at in range(0, len(good), 37)]
    joined = [b"[" + b", ".join(part) + b"]" if form != "ndjson" else b"\n".join(part) for part in parts]
    address = topic([(0, value, now(value)) for value in joined])
    assert replay(f"{address}?format={form}") == replay(tmp_path / "log.jsonl")
    assert replay(address, "--format", form) == replay(tmp_path / "log.jsonl")


def test_arrow_among_text_is_read_by_its_looks(topic: Make, log: list[bytes], tmp_path: Path) -> None:
    """A hub sends its night's work as columns, tills send lines; what only looks like columns is a reject with its bytes."""
    good = [orjson.loads(line) for line in log if line.startswith(b"{") and line.endswith(b"}")]
    wanted = ("id", "source", "kind", "sku", "location", "quantity", "event_time", "ref", "due")
    simple = [row for row in good if all(isinstance(row.get(name), str | None) for name in wanted)][:900]
    messages: list[tuple[int, bytes, int]] = []
    for at in range(0, len(simple), 30):
        part = simple[at : at + 30]
        if at % 60:
            messages += [(0, orjson.dumps(row), now(b"")) for row in part]
            continue
        table = pa.table({name: pa.array([row.get(name) for row in part], pa.utf8()) for name in wanted})
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, table.schema) as writer:
            writer.write_table(table, max_chunksize=7)
        messages.append((0, sink.getvalue().to_pybytes(), now(b"")))
    good = stream(movements(13, quantity=pa.array(range(13), pa.int64())))
    length, rows = struct.pack("<q", 13 * 8), struct.pack("<qq", 13, 0)
    bad = [
        b"\xff\xff\xff\xff and then nothing", good.replace(length, struct.pack("<q", 0)),
        good.replace(rows, struct.pack("<qq", 1 << 40, 0)), good[:-60],
    ]  # fmt: skip
    messages += [(0, value, now(b"")) for value in bad]
    (tmp_path / "log.jsonl").write_bytes(
        b"\n".join(orjson.dumps({n: row.get(n) for n in wanted}) for row in simple)
    )
    address = topic(messages)
    got = replay(address, "--positions", tmp_path / "got", "--rejects", tmp_path / "rejects")
    want = replay(tmp_path / "log.jsonl", "--positions", tmp_path / "want")
    assert [row["alert_id"] for row in got] == [row["alert_id"] for row in want]
    assert (tmp_path / "got").read_bytes() == (tmp_path / "want").read_bytes() != b""
    rejected = [orjson.loads(line) for line in (tmp_path / "rejects").read_bytes().splitlines()]
    whole = [
        (row["offset"], b64decode(row["record_base64"])) for row in rejected if row["reason"] == "bad_message"
    ]
    assert whole == [(len(simple) + number, value) for number, value in enumerate(bad)]


def test_each_partition_is_a_log_of_its_own(topic: Make, tmp_path: Path) -> None:
    """Whatever the workers and however the partitions come in, the tables are those of the files run one by one."""
    logs = [
        [line.replace(b'"location":"', b'"location":"%d' % part) for line in lines(20, 30, part)]
        for part in range(3)
    ]
    address = topic([(part, line, now(line)) for part, log in enumerate(logs) for line in log], 3)
    want = []
    for part, log in enumerate(logs):
        file = tmp_path / f"{part}.jsonl"
        file.write_bytes(b"\n".join(log) + b"\n")
        want += replay(file)
    key = lambda row: (row["event_time"], row["location"], row["sku"], row["alert_id"], row["seq"])  # noqa: E731
    assert replay(address) == sorted(want, key=key)
    for workers in (1, 3):
        store = tmp_path / f"store{workers}"
        command = ["run", address, "--workers", str(workers), "--warehouse", str(store), "--json"]
        done = subprocess.run(
            [*python(), "-m", "lowtide", *command], capture_output=True, timeout=120, check=False
        )
        assert done.returncode == 0, done.stderr.decode()[-2000:]
        query = "SELECT alert_id, seq, entry, partition, offset FROM ledger FINAL ORDER BY alert_id, seq"
        asked = [
            *python(),
            "-m",
            "lowtide",
            "sql",
            query,
            "--warehouse",
            str(store),
            "--format",
            "JSONEachRow",
        ]
        rows = [
            orjson.loads(line)
            for line in subprocess.run(asked, capture_output=True, check=True).stdout.splitlines()
        ]
        assert [(row["alert_id"], row["seq"], row["entry"]) for row in rows] == sorted(
            (row["alert_id"], row["seq"], row["entry"]) for row in want
        )
        assert {row["partition"].rpartition("/")[2] for row in rows} == {"0", "1", "2"}


def test_a_record_has_the_offset_of_its_message(topic: Make, tmp_path: Path) -> None:
    good = b'{"id":"1","source":"s","kind":"heartbeat","event_time":1770000000000}'
    bad = [(0, value, 0) for value in (b"{}", b"", None, b"[1, 2]", b"nonsense", good)]
    assert replay(topic(bad), "--rejects", tmp_path / "rejects") == []
    rows = [orjson.loads(line) for line in (tmp_path / "rejects").read_bytes().splitlines()]
    assert [(row["offset"], row["reason"]) for row in rows] == [
        (0, "missing_field"), (3, "not_an_object"), (4, "not_an_object"), (5, "not_json"),
    ]  # fmt: skip


def test_ahead_of_its_message_is_a_reject(topic: Make, tmp_path: Path) -> None:
    line = b'{"id":"%d","source":"t","kind":"sale","sku":"A","location":"1","quantity":1,"event_time":%d}'
    moment = 1_770_000_000_000
    values = [(0, line % (n, moment + ahead), moment) for n, ahead in enumerate((0, 600_000, 600_001))]
    replay(topic(values), "--rejects", tmp_path / "rejects")
    (row,) = [orjson.loads(line) for line in (tmp_path / "rejects").read_bytes().splitlines()]
    assert (row["offset"], row["reason"]) == (2, "clock_ahead")


def test_the_start_is_earliest_latest_or_a_time(topic: Make) -> None:
    address = topic([(0, b"{%d}" % n, 1_770_000_000_000 + n * 1000) for n in range(10)])

    def offsets(start: str) -> list[int]:
        (blocks,) = open_topic(f"{address}?start={start}").values()
        return [offset for block in blocks for offset in block.messages.offsets.to_pylist()]

    assert offsets("earliest") == list(range(10)) and offsets("latest") == []
    assert offsets("2026-02-02T02:40:07Z") == [7, 8, 9] and offsets("2030-01-01T00:00:00Z") == []


def test_what_is_not_there_is_said(topic: Make, broker: Broker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(topics, "_ASK_S", 1.0)
    with pytest.raises(InputError, match="no topic `nothing`"):
        open_topic(f"kafka://{broker.address}/nothing")
    with pytest.raises(BrokerError, match="127\\.0\\.0\\.1:1"):
        open_topic("kafka://127.0.0.1:1/sales?kafka.socket.timeout.ms=500")


@pytest.mark.parametrize(
    "spec", ["kafka://", "kafka://h:1", "kafka://h/a/b", "kafka://h/t?start=soon", "kafka://h/t?start=2026-01-01T00:00",
             "kafka://h/t?format=avro", "kafka://h/t?nonsense=1"],
)  # fmt: skip
def test_an_address_that_is_none_is_said(spec: str) -> None:
    with pytest.raises((InputError, SettingsError)):
        parse(spec)


def test_security_goes_through_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAFKA_SASL_PASSWORD", "secret")
    address = parse("kafka://a,b:9093/t?kafka.security.protocol=SASL_SSL")
    assert address.brokers == "a:9092,b:9093"
    assert address.settings.reveal() == {"sasl.password": "secret", "security.protocol": "SASL_SSL"}


def receipts(*places: tuple[int, str]) -> list[tuple[int, bytes, int]]:
    """A receipt at location 1 in each (partition, SKU)."""
    line = b'{"id":"%d","source":"t","kind":"receipt","sku":"%s","location":"1","quantity":1,"event_time":1770000000000}'
    values = [(part, line % (number, sku.encode())) for number, (part, sku) in enumerate(places)]
    return [(part, value, now(value)) for part, value in values]


def test_a_position_in_two_partitions_is_named(topic: Make, tmp_path: Path) -> None:
    """A topic that is not keyed by location: neither log knows the whole stock, and the run says which positions."""
    address = topic(receipts((0, "A"), (1, "A"), (2, "B"), (2, "A"), (1, "C")), 3)
    command = [*python(), "-m", "lowtide", "run", address, "--warehouse", str(tmp_path / "store")]
    told = subprocess.run([*command, "--json"], capture_output=True, timeout=60, check=True).stdout
    assert orjson.loads(told)["shared"] == [
        {
            "location": "1",
            "sku": "A",
            "partitions": [f"{address.rpartition('/')[2]}/{part}" for part in range(3)],
        }
    ]
    query = "SELECT counts['shared_positions'] AS n FROM run FINAL ORDER BY started_at LIMIT 1"
    asked = [
        *python(),
        "-m",
        "lowtide",
        "sql",
        query,
        "--warehouse",
        str(tmp_path / "store"),
        "--format",
        "CSV",
    ]
    assert subprocess.run(asked, capture_output=True, timeout=60, check=True).stdout == b"1\n"
    said = subprocess.run(command, capture_output=True, timeout=60, check=True, text=True).stdout
    (one,) = [line for line in said.splitlines() if "SKU A at 1 has movements in" in line]
    assert "key the topic by location" in said
    replayed = subprocess.run(
        [*python(), "-m", "lowtide", "replay", address, "--positions", str(tmp_path / "positions")],
        capture_output=True, timeout=60, check=True, text=True,
    )  # fmt: skip
    assert replayed.stderr.splitlines().count(one) == 1 and "SKU A" not in replayed.stdout
    assert "key the topic by location" in replayed.stderr
    assert len((tmp_path / "positions").read_bytes().splitlines()) == 5


def test_two_processes_name_it_too(topic: Make, tmp_path: Path) -> None:
    """Each reads one of the partitions, and neither alone could know."""
    address = topic(receipts((0, "A"), (1, "A"), (1, "C")), 2)
    command = [*python(), "-m", "lowtide", "run", address, "--warehouse", "none", "--processes", "2"]
    options = ["--state", str(tmp_path / "state"), "--json"]
    ran = subprocess.run([*command, *options], capture_output=True, timeout=60, check=True)
    told = orjson.loads(ran.stdout)
    name = address.rpartition("/")[2]
    assert told["shared"] == [{"location": "1", "sku": "A", "partitions": [f"{name}/0", f"{name}/1"]}]
    assert told["counts"]["shared_positions"] == 1
