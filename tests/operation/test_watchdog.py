"""A process that hangs is noticed, and only that one: not who is late, who has ended well, or who slept with its machine."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest

from lowtide.operation import Health, Watchdog
from lowtide.operation.watchdog import ATTEMPT

from .children import end, lowtide, until

EVERY = 0.02
QUICK = {"every_s": EVERY, "patience_s": 0.2, "start_s": 60.0}
BUSY = {"patience_s": 2.0}
"""Where a real peer must not look frozen because the machine has other things to do."""
PEER = """
import json, pathlib, sys, time
from lowtide.operation import Health, Watchdog, log
log.setup("json")
folder, process, processes, terms = sys.argv[1:]
health = Health(needs=(), stall_s=0.4)
with Watchdog(pathlib.Path(folder), int(process), int(processes), health, **json.loads(terms)):
    print("up", flush=True)
    for line in sys.stdin:
        exec(line)
"""
"""A process with a watchdog that does what it is told."""


class Seen:
    """Whom a watchdog accused."""

    def __init__(self) -> None:
        self.frozen: list[int] = []
        self.stuck: list[float] = []

    def on_frozen(self, peer: int, still_s: float) -> None:
        self.frozen.append(peer)

    def on_stuck(self, still_s: float) -> None:
        self.stuck.append(still_s)


@contextmanager
def watching(folder: Path | None, process: int = 0, processes: int = 2, **terms: object) -> Iterator[Seen]:
    seen = Seen()
    health = terms.pop("health", None)
    watchdog = Watchdog(
        folder, process, processes, health,  # type: ignore[arg-type]
        on_frozen=seen.on_frozen, on_stuck=seen.on_stuck, **{**QUICK, **terms},  # type: ignore[arg-type]
    )  # fmt: skip
    watchdog.start()
    try:
        yield seen
    finally:
        watchdog.close()


@pytest.fixture
def peer(tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts a peer; all are removed at the end."""
    processes: list[subprocess.Popen[str]] = []

    def start(process: int, processes_: int = 2, **terms: object) -> subprocess.Popen[str]:
        started = lowtide(PEER, tmp_path, process, processes_, json.dumps({**QUICK, **terms}))
        processes.append(started)
        assert started.stdout is not None and started.stdout.readline() == "up\n"
        return started

    yield start
    for one in processes:
        end(one)


def sign(folder: Path, process: int = 0, **changes: object) -> None:
    """A sign of life as an earlier run left it."""
    (folder / "alive").mkdir(exist_ok=True)
    left = {"process": process, "pid": 1, "host": "h", "attempt": "", "sign": 5, "ended": False}
    (folder / "alive" / str(process)).write_text(json.dumps({**left, **changes}))


def some_time() -> None:
    """More than the patience of these tests."""
    time.sleep(2 * QUICK["patience_s"])


def test_a_stopped_peer_is_noticed(tmp_path: Path, peer: Callable[..., subprocess.Popen[str]]) -> None:
    """The case that Bytewax waits on for ever."""
    other = peer(1, patience_s=60.0)
    with watching(tmp_path, **BUSY) as seen:
        some_time()
        assert not seen.frozen
        other.send_signal(signal.SIGSTOP)
        until(lambda: seen.frozen == [1])


def test_who_notices_ends_and_says_why(tmp_path: Path, peer: Callable[..., subprocess.Popen[str]]) -> None:
    one, other = peer(0, **BUSY), peer(1, **BUSY)
    time.sleep(10 * EVERY)
    other.send_signal(signal.SIGSTOP)
    assert one.wait(30) == 1
    assert one.stderr is not None
    (line,) = [json.loads(line) for line in one.stderr]
    assert line["event"] == "peer_frozen" and line["peer"] == 1


def test_a_peer_that_ended_well_is_not_missed(
    tmp_path: Path, peer: Callable[..., subprocess.Popen[str]]
) -> None:
    other = peer(1, patience_s=60.0)
    with watching(tmp_path, **BUSY) as seen:
        time.sleep(5 * EVERY)
        other.communicate("", timeout=30)
        assert other.returncode == 0
        time.sleep(1.2 * BUSY["patience_s"])
        assert not seen.frozen


def test_a_peer_that_was_killed_is_missed(tmp_path: Path, peer: Callable[..., subprocess.Popen[str]]) -> None:
    other = peer(1, patience_s=60.0)
    with watching(tmp_path, **BUSY) as seen:
        time.sleep(5 * EVERY)
        other.kill()
        until(lambda: seen.frozen == [1])


def test_a_peer_that_has_not_come_has_longer(tmp_path: Path) -> None:
    with watching(tmp_path) as seen:
        some_time()
        assert not seen.frozen
    with watching(tmp_path, start_s=0.1) as seen:
        until(lambda: seen.frozen == [1])


@pytest.mark.parametrize("ended", [False, True])
def test_what_an_earlier_run_left_is_no_peer(tmp_path: Path, ended: bool) -> None:
    """Neither is it frozen at once, nor is a peer that never comes taken for one that has ended."""
    sign(tmp_path, 1, ended=ended)
    with watching(tmp_path) as seen:
        some_time()
        assert not seen.frozen
    with watching(tmp_path, start_s=0.1) as seen:
        until(lambda: seen.frozen == [1])


def test_a_peer_of_this_start_that_ended_before_we_looked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ATTEMPT, "abc.2")
    sign(tmp_path, 1, ended=True, attempt="abc.2")
    with watching(tmp_path, start_s=0.1) as seen:
        some_time()
        assert not seen.frozen


def test_a_peer_that_comes_back_is_watched_again(tmp_path: Path) -> None:
    with watching(tmp_path, **BUSY) as seen:
        sign(tmp_path, 1, sign=1)
        time.sleep(5 * EVERY)
        sign(tmp_path, 1, sign=2, ended=True)
        some_time()
        assert not seen.frozen
        sign(tmp_path, 1, sign=1)
        until(lambda: seen.frozen == [1])


def test_a_torn_or_foreign_file_is_no_sign(tmp_path: Path) -> None:
    (tmp_path / "alive").mkdir()
    for content in (b"", b'{"sign": 3', b"[]", b"{}", b"\xff"):
        (tmp_path / "alive" / "1").write_bytes(content)
        with watching(tmp_path, start_s=0.05) as seen:
            until(lambda seen=seen: seen.frozen == [1])  # type: ignore[misc]


def test_a_machine_that_slept_accuses_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its clock has gone on; the peers, which slept as well, have not."""
    jump = [0.0]
    # Its clock alone: with that of the whole process, an event loop of another thread would wait for hours.
    jumping = SimpleNamespace(monotonic=lambda: time.monotonic() + jump[0], sleep=time.sleep)
    monkeypatch.setattr("lowtide.operation.watchdog.time", jumping)
    health = Health(needs=(), stall_s=0.4)
    health.beat()
    with watching(tmp_path, health=health) as seen:
        for number in range(20):
            sign(tmp_path, 1, sign=number)
            health.beat()
            jump[0] += 3600
            time.sleep(EVERY)
        assert not seen.frozen and not seen.stuck


def test_who_cannot_write_accuses_nobody(tmp_path: Path) -> None:
    """When the disk is full, nobody's sign changes; and all would end each other, again and again."""
    sign(tmp_path, 1)
    with watching(tmp_path, start_s=0.3) as seen:
        shutil.rmtree(tmp_path / "alive", ignore_errors=True)
        while not (tmp_path / "alive").is_file():
            shutil.rmtree(tmp_path / "alive", ignore_errors=True)
            try:
                (tmp_path / "alive").touch(exist_ok=False)
            except FileExistsError:
                continue
        some_time()
        assert not seen.frozen
        (tmp_path / "alive").unlink()
        until(lambda: seen.frozen == [1])


def test_a_flow_that_stands_still_is_stuck(tmp_path: Path) -> None:
    health = Health(needs=(), stall_s=1.0)
    with watching(None, 0, 1, health=health) as seen:
        for _ in range(70):
            health.beat()
            time.sleep(0.02)
        assert not seen.stuck
        until(lambda: bool(seen.stuck))


def test_who_waits_for_the_warehouse_is_not_stuck(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    health = Health(needs=(), stall_s=0.2)
    health.beat()
    health.waiting("the warehouse is away")
    with watching(None, 0, 1, health=health) as seen:
        some_time()
        assert not seen.stuck
        health.waiting(None)
        until(lambda: bool(seen.stuck))
    assert caplog.messages == [f"{event} reason='the warehouse is away'" for event in ("waiting", "waited")]


def test_a_stuck_flow_ends_its_process(tmp_path: Path, peer: Callable[..., subprocess.Popen[str]]) -> None:
    one = peer(0, 1)
    assert one.stdin is not None and one.stderr is not None
    one.stdin.write("health.beat()\n")
    one.stdin.flush()
    assert one.wait(30) == 1
    (line,) = [json.loads(line) for line in one.stderr]
    assert line["event"] == "process_stuck"


def test_signs_are_whole_files(tmp_path: Path) -> None:
    """A reader never meets half of one."""
    with watching(tmp_path, 0, 1, every_s=0.001):
        until((tmp_path / "alive" / "0").exists)
        read = [json.loads((tmp_path / "alive" / "0").read_bytes()) for _ in range(500)]
    assert all(one["pid"] == os.getpid() and one["process"] == 0 for one in read)
    assert [one["sign"] for one in read] == sorted(one["sign"] for one in read)
