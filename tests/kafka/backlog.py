"""A backlog of large messages is read to its end in little memory: `python -m tests.kafka.backlog [MB] [MB of memory]`.

A real broker is filled with messages of 900 KB, each with some hundred movements. Then `lowtide run` reads them with a state
and the embedded warehouse, in a control group that the kernel kills above its limit. Root is needed to make one; without it
the address space of the process is limited, which is another thing, and this says so.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient, NewTopic

from tests.kafka.broker import Broker
from tests.kafka.test_backlog import large

_GROUPS = Path("/sys/fs/cgroup")


class Group:
    """A control group of this test, in either version of the kernel's interface."""

    def __init__(self, limit: int) -> None:
        self._is_second = (_GROUPS / "cgroup.controllers").exists()
        self.folder = (_GROUPS if self._is_second else _GROUPS / "memory") / f"lowtide-backlog-{os.getpid()}"
        self.folder.mkdir()
        with suppress(OSError):  # nothing may be swapped, where the kernel counts it
            self._write("memory.swap.max" if self._is_second else "memory.swappiness", 0)
        self._write("memory.max" if self._is_second else "memory.limit_in_bytes", limit)

    def _write(self, name: str, value: int) -> None:
        (self.folder / name).write_text(str(value))

    def enter(self) -> None:
        """The calling process is in it from now on, with all that it starts."""
        self._write("cgroup.procs", os.getpid())

    @property
    def most_bytes(self) -> int:
        """The most memory that it took, pages of files too."""
        name = "memory.peak" if self._is_second else "memory.max_usage_in_bytes"
        try:
            return int((self.folder / name).read_text())
        except OSError:  # a kernel before 5.19
            return 0


@contextmanager
def limited(limit: int) -> Iterator[Group | None]:
    """A group with this limit; None where none can be made."""
    try:
        group = Group(limit)
    except OSError as error:
        print(
            f"NO CONTROL GROUP ({error}): the address space is limited instead, to four times as much",
            flush=True,
        )
        yield None
        return
    try:
        yield group
    finally:
        for _ in range(50):
            with suppress(OSError):
                group.folder.rmdir()
                break
            time.sleep(0.1)


def filled(broker: Broker, size: int) -> tuple[str, int]:
    """A topic of two partitions with about `size` bytes of messages: its address, and how many movements they hold."""
    admin = AdminClient({"bootstrap.servers": broker.address})
    admin.create_topics([NewTopic("backlog", 2, 1, config={"retention.ms": "-1"})])["backlog"].result(60)
    producer = Producer({"bootstrap.servers": broker.address, "queue.buffering.max.kbytes": 65_536})
    sent = movements = 0
    while sent < size:
        value = large(sent)
        while True:
            try:
                producer.produce("backlog", value, partition=movements % 2)
                break
            except BufferError:
                producer.poll(0.1)
        producer.poll(0)
        sent, movements = sent + len(value), movements + len(json.loads(value))
    assert producer.flush(120) == 0
    return f"kafka://{broker.address}/backlog", movements


def main(mb: int = 1024, limit_mb: int = 1024) -> None:
    with (
        tempfile.TemporaryDirectory(prefix="lowtide-backlog-") as name,
        Broker(Path(name) / "kafka") as broker,
    ):
        address, movements = filled(broker, mb << 20)
        command = [
            "run",
            address,
            "--state",
            f"{name}/state",
            "--warehouse",
            f"embedded:{name}/store",
            "--json",
        ]
        with limited(limit_mb << 20) as group:

            def enter() -> None:
                if group is not None:
                    group.enter()
                else:
                    resource.setrlimit(resource.RLIMIT_AS, (4 * limit_mb << 20,) * 2)

            started = time.monotonic()
            done = subprocess.run(
                [sys.executable, "-m", "lowtide", *command],
                stdout=subprocess.PIPE,
                preexec_fn=enter,
                check=False,
            )
            took = time.monotonic() - started
            most = group.most_bytes if group is not None else 0
        assert done.returncode == 0, f"it ended with {done.returncode}; the group took {most >> 20:,} MB"
        accepted = json.loads(done.stdout)["counts"]["accepted"]
        assert accepted == movements, (accepted, movements)
        print(
            f"{mb:,} MB of messages of 900 KB, {movements:,} movements, read in {took:.0f} s in a group of {limit_mb:,} MB: "
            f"{most >> 20:,} MB at most, without pages of files that other processes had loaded"
        )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
