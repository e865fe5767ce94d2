"""A topic that is not the one that was read, or has lost messages, is refused and never read on in silence."""

from __future__ import annotations

import signal
import subprocess
import time
from pathlib import Path

import orjson
import pytest
from confluent_kafka import Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

from lowtide.errors import TopicChangedError
from lowtide.kafka.topic import open_topic
from lowtide.sources.feed import ResumePoint

from .conftest import send
from .test_follow import begin, lowtide, read_so_far, wait_for
from .test_kafka_source import Make

HOUR = 3_600_000
START = 1_770_000_000_000


def movement(number: int, kind: str = "sale", quantity: int = 1) -> bytes:
    return orjson.dumps({
        "id": f"{kind}-{number}-{quantity}", "source": "dc", "kind": kind, "sku": "9001", "location": "330",
        "quantity": quantity, "event_time": START + number * HOUR,
    })  # fmt: skip


def messages(*quantities: int, partition: int = 0) -> list[tuple[int, bytes, int]]:
    """A receipt, then sales."""
    kinds = ["receipt", *["sale"] * len(quantities)]
    rows = enumerate(zip(kinds, quantities, strict=False))
    return [(partition, movement(number, kind, q), START + 1000 * HOUR) for number, (kind, q) in rows]


def made_anew(address: str, partitions: int, *quantities: int) -> None:
    """Deletes a topic and makes another one of the same name, with other messages."""
    broker, name = address.removeprefix("kafka://").split("/")
    admin = AdminClient({"bootstrap.servers": broker})
    admin.delete_topics([name])[name].result(30)
    until = time.monotonic() + 30
    while name in admin.list_topics(timeout=10).topics:
        assert time.monotonic() < until, "the topic does not go"
        time.sleep(0.1)
    config = {"retention.ms": "-1", "message.timestamp.after.max.ms": str(2**62)}
    admin.create_topics([NewTopic(name, partitions, 1, config=config)])[name].result(30)
    send(broker, name, messages(*quantities))


def ended(run: subprocess.Popen[str]) -> tuple[int, str]:
    _, err = run.communicate(timeout=120)
    return run.returncode, err


@pytest.mark.parametrize(
    "quantities", [(50, 2, 2, 3), (50, 2, 2), (50,)], ids=["longer", "as long", "shorter"]
)
def test_a_topic_that_was_made_anew_is_refused(
    topic: Make, tmp_path: Path, quantities: tuple[int, ...]
) -> None:
    """The receipt of 50 and two sales were passed over in silence, because the new topic was long enough."""
    address = topic(messages(10, 1, 1))
    command = ["run", address, "--state", tmp_path / "state", "--warehouse", "none"]
    lowtide(*command)
    before = lowtide("state", "export", tmp_path / "state")
    made_anew(address, 1, *quantities)
    for _ in range(2):
        code, err = ended(begin(*command))
        assert (
            code == 2 and "was deleted and made anew under the same name" in err and "?start=earliest" in err
        )
    assert lowtide("state", "export", tmp_path / "state") == before


def test_fewer_partitions_are_another_topic(topic: Make, tmp_path: Path) -> None:
    address = topic([*messages(10), *messages(5, partition=1)], 2)
    command = ["run", address, "--state", tmp_path / "state", "--warehouse", "none"]
    lowtide(*command)
    made_anew(address, 1, 10)
    code, err = ended(begin(*command))
    assert code == 2 and "was deleted and made anew" in err


def test_it_is_noticed_while_the_run_follows_and_nobody_starts_it_again(topic: Make, tmp_path: Path) -> None:
    address, state = topic(messages(10, 1, 1)), tmp_path / "state"
    command = ["run", address, "--state", state, "--warehouse", "none", "--checkpoint-every", 0.1]
    run = begin(*command, "--follow", "--processes", 1, "--metrics", "off")
    wait_for(lambda: read_so_far(state) == 3, run)
    made_anew(address, 1, 50, 2, 2, 3, 4, 5)
    code, err = ended(run)
    assert code == 2 and "was deleted and made anew" in err, err
    events = [orjson.loads(line)["event"] for line in err.splitlines() if line.startswith("{")]
    assert "giving_up" in events and "restarting" not in events


@pytest.mark.usefixtures("way")
def test_messages_that_a_new_leader_never_had_are_missed(topic: Make) -> None:
    """After an unclean election, or in a new topic of a broker without ids, another message is where the last one was."""
    address = topic(messages(10, 1, 1, 1))
    (feed,) = open_topic(address).values()
    assert [block.records for block in feed] == [4]
    end = feed.resume_point
    assert end == ResumePoint(4, end.origin, (3, 0, START + 1000 * HOUR)) and len(end.origin) == 22

    def read(at: ResumePoint) -> list[int]:
        (feed,) = open_topic(address).values()
        offsets = [n for block in feed.begin(at) if block for n in block.messages.offsets.to_pylist()]
        assert feed.resume_point.next == 4
        return offsets

    time_ms = START + 1000 * HOUR
    assert read(end) == read(ResumePoint(4, "", None)) == read(ResumePoint(4, "", (3, -1, -1))) == []
    assert read(ResumePoint(3, "", (2, 0, time_ms))) == read(ResumePoint(3, "", (1, 0, time_ms))) == [3]
    for witness in ((3, 1, time_ms), (3, 0, time_ms - 1)):
        with pytest.raises(
            TopicChangedError, match=r"message 3 in partition 0 of .* is not the one that was read"
        ):
            read(ResumePoint(4, "", witness))


def test_a_message_that_was_deleted_before_it_was_read_is_missed(topic: Make, tmp_path: Path) -> None:
    address = topic(messages(10, 1, 1))
    command = ["run", address, "--state", tmp_path / "state", "--warehouse", "none"]
    lowtide(*command)
    broker, name = address.removeprefix("kafka://").split("/")
    send(broker, name, messages(50, 2, 2)[1:])
    admin = AdminClient({"bootstrap.servers": broker})
    [deleted.result(30) for deleted in admin.delete_records([TopicPartition(name, 0, 4)]).values()]
    code, err = ended(begin(*command))
    assert (
        code == 2 and "holds messages 4 to 5, and the state goes on at 3: the topic keeps too little" in err
    )


class Transactions:
    """Writes messages in transactions, each of which ends with a marker that takes an offset."""

    def __init__(self, address: str) -> None:
        broker, self._name = address.removeprefix("kafka://").split("/")
        self._producer = Producer(
            {"bootstrap.servers": broker, "transactional.id": self._name, "log_level": 0}
        )
        self._producer.init_transactions(30)

    def send(self, *values: bytes, abort: bool = False) -> None:
        self._producer.begin_transaction()
        for value in values:
            self._producer.produce(self._name, value, timestamp=START + 1000 * HOUR)
        self._producer.flush(30)
        if abort:
            self._producer.abort_transaction(30)
        else:
            self._producer.commit_transaction(30)


def test_the_end_of_a_transaction_is_not_a_lost_message(topic: Make, tmp_path: Path) -> None:
    """Offset 3 is the marker. When the messages before it had expired, the run said that it missed message 3."""
    address, state = topic([]), tmp_path / "state"
    command = ["run", address, "--state", state, "--warehouse", "none", "--json"]
    source = Transactions(address)
    source.send(movement(0, "receipt", 10), movement(1), movement(2))
    assert orjson.loads(lowtide(*command))["counts"]["accepted"] == 3
    broker, name = address.removeprefix("kafka://").split("/")
    admin = AdminClient({"bootstrap.servers": broker})
    [deleted.result(30) for deleted in admin.delete_records([TopicPartition(name, 0, 4)]).values()]
    source.send(movement(3, quantity=3))
    assert orjson.loads(lowtide(*command))["counts"]["accepted"] == 1
    (row,) = map(orjson.loads, lowtide("state", "export", state).splitlines())
    assert row["on_hand"] == "5"


@pytest.mark.usefixtures("way")
def test_lag_ends_at_0_behind_markers_and_aborted_messages(topic: Make) -> None:
    address = topic([])
    source = Transactions(address)
    source.send(movement(0, "receipt", 10))
    source.send(movement(1), movement(2), abort=True)
    (feed,) = open_topic(address, follow=True).values()
    blocks = feed.begin(wait=False)
    until = time.monotonic() + 30
    while feed.position != 5 and time.monotonic() < until:
        next(blocks)
    assert (feed.position, feed.behind) == (5, 0)
    assert feed.resume_point.witness == (0, 0, START + 1000 * HOUR), (
        "markers and aborted messages are never seen"
    )


def test_a_run_that_follows_says_lag_0(topic: Make, tmp_path: Path) -> None:
    """It stood at 1 after the last transaction, so that alerts on lag never ended."""
    address, state = topic([]), tmp_path / "state"
    Transactions(address).send(movement(0, "receipt", 10))
    command = ["run", address, "--state", state, "--warehouse", "none", "--checkpoint-every", 0.1, "--follow"]
    run = begin(*command, "--metrics", "off")
    wait_for(lambda: '"next":2' in points(state), run)
    run.send_signal(signal.SIGTERM)
    assert ended(run)[0] == 0
    assert orjson.loads(lowtide(*command[:-1], "--json"))["counts"]["records"] == 0


def points(state: Path) -> str:
    """Where the logs of a state go on, as they stand in the recovery store."""
    store = state / "epochs" / "part-0.sqlite3"
    wal = store.with_name(store.name + "-wal")
    return "".join(path.read_bytes().decode("latin-1") for path in (store, wal) if path.exists())
