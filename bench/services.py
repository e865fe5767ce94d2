"""Shared by the benches of a running pipeline: a broker, a served warehouse, a run, and messages for them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient, NewTopic

sys.path.insert(0, str(Path(__file__).parent.parent))
from tests.kafka.broker import Broker, Missing

LOWTIDE = [sys.executable, "-m", "lowtide"]


@contextmanager
def broker() -> Iterator[Broker]:
    """A real broker, with its log in memory if possible."""
    with tempfile.TemporaryDirectory(dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None) as folder:
        try:
            running = Broker(Path(folder)).start()
        except Missing as missing:
            raise SystemExit(f"missing: {missing}") from None
        try:
            yield running
        finally:
            running.kill()


@contextmanager
def warehouse(folder: Path) -> Iterator[str]:
    """`lowtide warehouse` on loopback; its address."""
    command = [*LOWTIDE, "warehouse", "--warehouse", str(folder), "--listen", "127.0.0.1:0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    found = re.search(r"http://\S+", process.stdout.readline())
    assert found is not None
    try:
        yield found[0]
    finally:
        process.terminate()
        process.wait(30)


@contextmanager
def following(address: str, state: Path, store: str, *options: str) -> Iterator[str]:
    """`lowtide run --follow`; the address of its metrics."""
    command = [*LOWTIDE, "run", address, "--follow", "--state", str(state), "--warehouse", store]
    process = subprocess.Popen(
        [*command, "--metrics", "127.0.0.1:0", "--log", "json", *options],
        stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    assert process.stderr is not None
    found = None
    while found is None:
        line = process.stderr.readline()
        assert line, "the run has ended"
        found = re.search(r"http://[^\"]+/metrics", line)
    drain = subprocess.Popen(["cat"], stdin=process.stderr, stdout=subprocess.DEVNULL)
    try:
        yield found[0]
    finally:
        process.terminate()
        process.wait(60)
        drain.wait()


def figure(metrics: str, name: str) -> float:
    """The sum of a metric over its labels."""
    text = urllib.request.urlopen(metrics, timeout=10).read().decode()
    found = re.findall(rf"^{name}(?:\{{.*\}})? (\S+)$", text, re.MULTILINE)
    return sum(map(float, found))


def make_topic(running: Broker, name: str, partitions: int = 1) -> str:
    """An empty topic; its address."""
    admin = AdminClient({"bootstrap.servers": running.address})
    config = {"retention.ms": "-1"}
    admin.create_topics([NewTopic(name, partitions, 1, config=config)])[name].result(30)
    return f"kafka://{running.address}/{name}"


def producer(running: Broker, linger_ms: int = 20) -> Producer:
    """A producer with default settings."""
    return Producer(
        {
            "bootstrap.servers": running.address,
            "linger.ms": linger_ms,
            "queue.buffering.max.messages": 1_000_000,
            "log_level": 2,
        }
    )


def send(client: Producer, topic: str, values: Iterable[bytes], at_ms: int = 0) -> int:
    """Produces values in order, as fast as possible, with a timestamp (0: now). Returns their number."""
    count = 0
    for value in values:
        while True:
            try:
                client.produce(topic, value, partition=0, timestamp=at_ms)
                break
            except BufferError:
                client.poll(0.05)
        count += 1
        if count % 10_000 == 0:
            client.poll(0)
    assert client.flush(300) == 0
    return count


def wait(until: float, metrics: str, name: str) -> None:
    """Waits until a metric has reached a value."""
    while figure(metrics, name) < until:
        time.sleep(0.05)
