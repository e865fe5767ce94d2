"""How fast does one process read a topic through the core, by the CPU time of that process?

Starts a real broker on loopback, fills a topic of one partition with the movements of the quick bench, once with one
movement per message and once with a hundred, and reads each topic to its end several times: receive, decode, deduplicate,
apply, take the rows. The time of the broker is not counted. Messages are received directly out of librdkafka and, for
comparison, through the client in Python; with one movement a message they are also received without the core. All of
these run in turn.

With `--mock` the broker is that of librdkafka, in a process of its own: it needs no Java, and keeps only 100,000 movements.
"""

from __future__ import annotations

import argparse
import multiprocessing
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection

from confluent_kafka import Consumer, Producer
from confluent_kafka.admin import AdminClient, NewTopic

import movements
import record
import services
from lowtide.core import Job, Log, decode
from lowtide.kafka import topic as topics
from lowtide.kafka.address import Address
from lowtide.kafka.receiver import ClientReceiver, DirectReceiver, Receiver, receiver

MOCK_PARTITIONS = 4
"""Those that the broker of librdkafka gives to a topic. It keeps 5 MB of each."""


def fill(broker: str, name: str, values: list[bytes], partitions: int) -> str:
    """Put messages into a topic, and give its address."""
    producer = Producer(
        {"bootstrap.servers": broker, "linger.ms": 50, "queue.buffering.max.messages": 1_000_000}
    )
    for number, value in enumerate(values):
        while True:
            try:
                producer.produce(name, value, partition=number % partitions)
                break
            except BufferError:
                producer.poll(0.1)
    assert producer.flush(120) == 0
    return f"kafka://{broker}/{name}"


def directly(consumer: Consumer, address: Address) -> Receiver:
    """The direct way, or an end if it is not there."""
    way = receiver(consumer, address)
    if not isinstance(way, DirectReceiver):
        raise SystemExit("messages cannot be taken directly here: `lowtide doctor` says why")
    return way


def through_client(consumer: Consumer, _: Address) -> Receiver:
    """The way through the client in Python."""
    return ClientReceiver(consumer)


WAYS = {"direct": directly, "client": through_client}


def read(address: str, way: str, core: bool) -> tuple[float, float, int]:
    """CPU and wall seconds to read a topic to its end, and the movements, or without the core the messages, it held."""
    topics.receiver = WAYS[way]
    feeds = topics.open_topic(address)
    cpu, wall, records = time.process_time(), time.perf_counter(), 0
    for name, blocks in feeds.items():
        log = Log(Job.of(partition=name), blocks, 1)
        for block in blocks:
            records += 0 if core else block.records
            for number, part in decode(log.partition, block) if core else ():
                log.group(number).apply(part)
            if core:
                log.group(0).take()
        records += log.partition.counts()["records"]
    return time.process_time() - cpu, time.perf_counter() - wall, records


def measured(address: str, name: str, rounds: int, count: int, core: bool) -> dict[str, dict[str, int]]:
    """Print and return the speed of each way, from rounds in turn."""
    found: dict[str, list[tuple[float, float, int]]] = {way: [] for way in WAYS}
    for _ in range(rounds):
        for way, rows in found.items():
            rows.append(read(address, way, core))
    figures = {}
    for way, rows in found.items():
        assert {records for _, _, records in rows} == {count}, rows
        cpu, wall = (count / statistics.median(one[at] for one in rows) for at in (0, 1))
        figures[way] = {"per_cpu_s": round(cpu), "per_wall_s": round(wall)}
        print(
            f"{name:<26} {way:<7} {cpu / 1e6:6.3f} M/s by CPU of the process   {wall / 1e6:6.3f} M/s by wall clock"
        )
    ratio = statistics.median(
        client[0] / direct[0] for direct, client in zip(found["direct"], found["client"], strict=True)
    )
    print(f"{name:<26} direct  {ratio:6.2f} x the speed of the client, median of pairs")
    return figures


def mock(address: Connection) -> None:
    """A broker of librdkafka, until its process is ended."""
    client = Producer({"bootstrap.servers": "mock", "test.mock.num.brokers": 1, "log_level": 0})
    (broker,) = client.list_topics(timeout=10).brokers.values()
    address.send(f"{broker.host}:{broker.port}")
    while True:
        time.sleep(60)


@contextmanager
def mock_broker() -> Iterator[str]:
    """The address of a broker of librdkafka that runs for a while."""
    here, there = multiprocessing.get_context("spawn").Pipe()
    process = multiprocessing.get_context("spawn").Process(target=mock, args=(there,), daemon=True)
    process.start()
    try:
        yield here.recv()
    finally:
        process.kill()
        process.join()


@contextmanager
def real_broker() -> Iterator[str]:
    """The address of a real broker that runs for a while."""
    with services.broker() as running:
        yield running.address


def main() -> None:
    """Measure and print; `--record` writes a record file."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--movements", type=int, default=500_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--mock", action="store_true", help="the broker of librdkafka, without Java")
    parser.add_argument("--record", action="store_true", help="write bench/records/<date>-kafka.json")
    asked = parser.parse_args()
    lines = [line.rstrip(b"\n") for line in movements.lines(100_000, asked.movements)]
    lines = lines[:100_000] if asked.mock else lines
    many = [b"\n".join(lines[at : at + 100]) for at in range(0, len(lines), 100)]
    partitions = MOCK_PARTITIONS if asked.mock else 1
    figures: dict[str, object] = {"movements": len(lines), "rounds": asked.rounds, "mock": asked.mock}
    with mock_broker() if asked.mock else real_broker() as broker:
        print(
            f"{len(lines):,} movements, 100,000 positions, {partitions} partitions, median of {asked.rounds}"
        )
        for name, values in (("one-a-message", lines), ("hundred-a-message", many)):
            if not asked.mock:
                made = NewTopic(name, partitions, 1, config={"retention.ms": "-1"})
                admin = AdminClient({"bootstrap.servers": broker})
                admin.create_topics([made])[name].result(30)
            address = fill(broker, name, values, partitions)
            figures[name] = measured(address, name, asked.rounds, len(lines), core=True)
            if name == "one-a-message":
                label = f"{name}, no core"
                figures[label] = measured(address, label, asked.rounds, len(values), core=False)
    if asked.record:
        print(record.write("kafka", figures))


if __name__ == "__main__":
    main()
