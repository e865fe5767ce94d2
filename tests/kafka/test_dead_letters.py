"""A rejected record goes to a topic with its reason, byte for byte, and can be sent again when it can be used."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import orjson
import pyarrow as pa
import pytest
from confluent_kafka import Consumer, TopicPartition

from lowtide.cli.main import main
from lowtide.core import Job, Log
from lowtide.errors import BrokerError
from lowtide.kafka import dead_letters, producer
from lowtide.kafka.address import parse
from lowtide.kafka.dead_letters import DeadLetters, Reject
from lowtide.kafka.topic import open_topic
from lowtide.runner.replay import Replay
from tests.cli import console

from .broker import Broker
from .test_copy import lowtide
from .test_kafka_source import Make

Typed = Callable[..., str]
NASTY = [b"not json", b"a\x00b\xff\xfe", bytes(range(256)), "日本".encode()]
START = 1_770_000_000_000
SALE = b'{"id":"%d","source":"t","kind":"%s","sku":"A","location":"%d","quantity":1,"event_time":%d}'


def rejects(*rows: Reject) -> pa.RecordBatch:
    types = {"offset": pa.uint64(), "record": pa.binary(), "line": pa.uint64()}
    names = [name for name in Reject._fields if name != "cut"]
    schema = pa.schema([(name, types.get(name, pa.string())) for name in names])
    return pa.RecordBatch.from_pylist([row._asdict() for row in rows], schema)


def rejected(*records: bytes) -> pa.RecordBatch:
    rows = (
        Reject("sales/3", n, "not_json", "sku" if n % 2 else None, "不是 JSON", record)
        for n, record in enumerate(records)
    )
    return rejects(*rows)


def run(address: str, letters: DeadLetters | None = None) -> dict[str, str]:
    """Runs a topic with dead letters. Returns stock on hand by location and partition."""
    on_hand = {}
    for name, feed in open_topic(address).items():
        runner = Replay(Log(Job.of(partition=name), feed, 1))
        for block in feed:
            for batch in runner.apply(block)["reject"]:
                if letters:
                    letters.send("shop", batch)
        for row in map(orjson.loads, (line for _, line in runner.positions())):
            on_hand[f"{row['location']} in {name[-2:]}"] = row["on_hand"]
    if letters:
        letters.flush()
    return on_hand


@pytest.fixture
def typed(capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Runs a command in this process. Returns its output."""

    def said(*arguments: object) -> str:
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        assert not ended.value.code
        return capsys.readouterr().out

    return said


def test_a_dead_letter_is_what_the_page_says(topic: Make, broker: Broker) -> None:
    address = topic([])
    letters = DeadLetters(address)
    letters.send("shop", rejected(*NASTY))
    letters.flush()
    reader = Consumer({"bootstrap.servers": broker.address, "group.id": "plain"})
    reader.assign([TopicPartition(parse(address).topic, 0, 0)])
    messages = reader.consume(len(NASTY), timeout=30)
    reader.close()
    assert [message.value() for message in messages] == NASTY
    assert [message.key() for message in messages] == [b"sales/3/%d" % n for n in range(4)]
    assert dict(messages[1].headers()) == {
        "lowtide-reason": b"not_json", "lowtide-field": b"sku", "lowtide-message": "不是 JSON".encode(),
        "lowtide-partition": b"sales/3", "lowtide-offset": b"1", "lowtide-pipeline": b"shop",
    }  # fmt: skip
    assert "lowtide-field" not in dict(messages[0].headers())
    assert rejects(*dead_letters.read(parse(address))) == rejected(*NASTY)


def test_a_full_queue_is_waited_for_and_no_letter_is_lost(topic: Make) -> None:
    address = topic([], 3)
    letters = DeadLetters(f"{address}?kafka.queue.buffering.max.messages=10")
    letters.send("shop", rejected(*(b"%d" % n for n in range(200))))
    letters.flush()
    assert sorted(one.offset for one in dead_letters.read(parse(address))) == list(range(200))


def test_a_topic_that_is_not_there_is_made_and_a_broker_that_is_away_is_said(
    broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"kafka://{broker.address}/made-by-the-first-letter"
    for _ in range(2):
        letters = DeadLetters(address)
        letters.send("shop", rejected(b"x"))
        letters.flush()
    assert len(list(dead_letters.read(parse(address)))) == 2
    monkeypatch.setattr(producer, "ASK_S", 1.0)
    with pytest.raises(BrokerError, match="127\\.0\\.0\\.1:1"):
        DeadLetters("kafka://127.0.0.1:1/letters?kafka.socket.timeout.ms=500")


def test_a_letter_that_the_broker_refuses_is_an_error_and_stays_one(topic: Make) -> None:
    """An epoch must not end as if the letter had been sent, also not at a later try."""
    address = topic([])
    letters = DeadLetters(f"{address}?kafka.message.max.bytes=3000000")
    letters.send("shop", rejected(b"x" * 2_000_000))
    for _ in range(2):
        with pytest.raises(BrokerError, match=r"[Tt]oo large|MSG_SIZE"):
            letters.flush()


def test_a_record_longer_than_a_message_is_cut_and_says_so(topic: Make, tmp_path: Path, typed: Typed) -> None:
    """A record that is too large for a message of the topic must not stop the run."""
    address = topic([])
    letters = DeadLetters(address)
    letters.send("shop", rejected(b"x" * 2_000_000, b"y"))
    letters.flush()
    long, short = dead_letters.read(parse(address))
    assert long.cut and 900_000 < len(long.record) < 1_000_000 and not short.cut
    said = typed("rejects", "retry", tmp_path / "lines.jsonl", "--from", address)
    assert "1 records sent" in said and "1 left: cut" in said
    assert (tmp_path / "lines.jsonl").read_bytes() == b"y\n"


def test_what_can_be_used_by_now_goes_back_into_its_partition(topic: Make, typed: Typed) -> None:
    """The clocks of tills were an hour ahead. Sent again, each record counts; sent twice, it counts once."""
    ahead = [(n % 2, SALE % (n, b"sale", n % 2, START + 3_600_000), START) for n in range(10)]
    address, letters = topic(ahead, 2), f"{topic([])}-letters"
    assert run(address, DeadLetters(letters)) == {}
    assert {one.reason for one in dead_letters.read(parse(letters))} == {"clock_ahead"}
    assert "10 records would be sent" in typed("rejects", "retry", address, "--from", letters, "--dry-run")
    for _ in range(2):
        assert "10 records sent" in typed("rejects", "retry", address, "--from", letters)
        assert run(address) == {"0 in /0": "-5", "1 in /1": "-5"}


def test_what_is_mended_on_the_way_goes_back_too(topic: Make, typed: Typed, tmp_path: Path) -> None:
    """Rejects from the warehouse are corrected by hand and sent to the partitions that they came from."""
    address = topic([(n % 2, SALE % (n, b"sell", n % 2, START), START + 1000) for n in range(6)], 2)
    store = tmp_path / "store"
    lowtide("run", address, "--warehouse", store, code=1)
    listed = lowtide("rejects", "ls", "--json", "--warehouse", store)
    (tmp_path / "rejects").write_text(listed.replace("sell", "sale"))
    said = orjson.loads(typed("rejects", "retry", address, "--from", tmp_path / "rejects", "--json"))
    assert (said["sent"], said["left"]) == (6, {})
    assert run(address) == {"0 in /0": "-3", "1 in /1": "-3"}


def test_what_came_from_elsewhere_is_left(topic: Make, typed: Typed, tmp_path: Path) -> None:
    """A topic takes only its own records: records of a file or of another topic are not sent into it."""
    address = topic([], 2)
    name = parse(address).topic
    partitions = [f"{name}/0", f"{name}/2", f"{name}/x", "counts/0", "sales.jsonl", "", f"shop/{name}/1"]
    rows = [{"partition": p, "offset": 1, "reason": "r", "record": p} for p in partitions]
    (tmp_path / "rejects").write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))
    said = typed("rejects", "retry", address, "--from", tmp_path / "rejects")
    assert "1 records sent" in said and f"6 left: from another log than a partition of `{name}`" in said


def test_the_page_does_not_lie(topic: Make, tmp_path: Path) -> None:
    sales = [
        (0, SALE % (1, b"sale", 0, START + 3_600_000), START),
        (1, SALE % (2, b"sale", 1, START + 3_600_000), START),
        (1, SALE % (3, b"sell", 1, START), START),
    ]
    address = topic(sales, 2)
    letters = f"{address}-rejects"
    run(address, DeadLetters(letters))
    lowtide("run", address, "--warehouse", tmp_path / ".lowtide/warehouse", code=1)
    session = console.sessions("rejects.md")[1].replace("kafka://127.0.0.1:9092/sales", address)
    assert console.typed(session, tmp_path) == session
    assert run(address) == {"0 in /0": "-1", "1 in /1": "-2"}
