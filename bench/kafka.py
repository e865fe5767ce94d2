"""How fast does one process read a topic through the core, by the CPU time of that process?

Starts a real broker on loopback, fills a topic of one partition with the movements of the quick bench, once with one
movement per message and once with a hundred, and reads each topic to its end several times: consume, decode, deduplicate,
apply, take the rows. The time of the broker is not counted.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient, NewTopic

import movements
import record
from lowtide.core import Job, Log, decode
from lowtide.kafka.topic import open_topic

sys.path.insert(0, str(Path(__file__).parent.parent))
from tests.kafka.broker import Broker, Missing


def fill(broker: Broker, name: str, values: list[bytes]) -> str:
    """Make a topic of one partition with these messages, and give its address."""
    admin = AdminClient({"bootstrap.servers": broker.address})
    admin.create_topics([NewTopic(name, 1, 1, config={"retention.ms": "-1"})])[name].result(30)
    producer = Producer(
        {"bootstrap.servers": broker.address, "linger.ms": 50, "queue.buffering.max.messages": 1_000_000}
    )
    for value in values:
        while True:
            try:
                producer.produce(name, value, partition=0)
                break
            except BufferError:
                producer.poll(0.1)
    assert producer.flush(120) == 0
    return f"kafka://{broker.address}/{name}"


def read(address: str) -> tuple[float, float, int]:
    """CPU and wall seconds to read a topic to its end, and the movements it held."""
    cpu, wall = time.process_time(), time.perf_counter()
    ((name, blocks),) = open_topic(address).items()
    log = Log(Job.of(partition=name), blocks, 1)
    for block in blocks:
        for number, part in decode(log.partition, block):
            log.group(number).apply(part)
        log.group(0).take()
    return time.process_time() - cpu, time.perf_counter() - wall, log.partition.counts()["records"]


def main() -> None:
    """Measure and print; `--record` writes a record file."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--movements", type=int, default=500_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--record", action="store_true", help="write bench/records/<date>-kafka.json")
    asked = parser.parse_args()
    lines = [line.rstrip(b"\n") for line in movements.lines(100_000, asked.movements)]
    many = [b"\n".join(lines[at : at + 100]) for at in range(0, len(lines), 100)]
    figures: dict[str, object] = {"movements": len(lines), "rounds": asked.rounds}
    with tempfile.TemporaryDirectory(dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None) as folder:
        try:
            broker = Broker(Path(folder)).start()
        except Missing as missing:
            raise SystemExit(f"missing: {missing}") from None
        try:
            print(f"{len(lines):,} movements, 100,000 positions, one partition, median of {asked.rounds}")
            for name, values in (("one-a-message", lines), ("hundred-a-message", many)):
                address = fill(broker, name, values)
                found = [read(address) for _ in range(asked.rounds)]
                assert {records for _, _, records in found} == {len(lines)}
                cpu, wall = (len(lines) / statistics.median(one[at] for one in found) for at in (0, 1))
                figures[name] = {"per_cpu_s": round(cpu), "per_wall_s": round(wall)}
                print(
                    f"{name:<18} {cpu / 1e6:6.3f} M/s by CPU of the process   {wall / 1e6:6.3f} M/s by wall clock"
                )
        finally:
            broker.kill()
    if asked.record:
        print(record.write("kafka", figures))


if __name__ == "__main__":
    main()
