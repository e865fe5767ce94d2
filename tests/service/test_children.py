"""A child has no network, limits, one turn at a time, and ends with whoever asked."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from lowtide.errors import JobError, SettingsError
from lowtide.readers.confinement import Limits
from lowtide.service.children.child import Left, TimeOver, Work, run
from lowtide.service.children.room import Room


def work(do: str, *, wait_s: float = 60.0, cpu_s: int = 30, **more: Any) -> Work:
    limits = Limits(addresses=1 << 30, cpu_s=cpu_s, output=1 << 20)
    return Work("tests.service.probe", {"do": do, **more}, limits, wait_s)


def lives(pid: int) -> bool:
    """Whether a process runs; one that has ended and was not waited for does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def until(true: Callable[[], Any]) -> None:
    """Wait until something is true."""
    end = time.monotonic() + 60
    while not true():
        assert time.monotonic() < end, "it did not become true"
        time.sleep(0.02)


def gone(*pids: int) -> bool:
    end = time.monotonic() + 20
    while time.monotonic() < end:
        if not any(map(lives, pids)):
            return True
        time.sleep(0.05)
    return False


def test_it_answers_and_says_how_far_it_is() -> None:
    heard: list[Mapping[str, Any]] = []
    answer = run(work("answer"), progress=heard.append)
    assert answer["cwd"] == str(Path.cwd()) and heard == [{"done": 1, "of": 2}]
    assert gone(answer["pid"])


def test_it_has_no_network_and_neither_has_what_it_starts() -> None:
    assert set(run(work("connect")).values()) == {"refused 13"}


def test_it_has_limits_of_memory_and_time() -> None:
    with pytest.raises(TimeOver, match="memory"):
        run(work("fill", bytes=2 << 30))
    with pytest.raises(TimeOver, match="processor time"):
        run(work("spin", cpu_s=1))
    with pytest.raises(TimeOver, match="in all"):
        run(work("sleep", wait_s=1.0))


def test_an_error_keeps_its_words_and_a_death_is_told() -> None:
    with pytest.raises(SettingsError, match="it is wrong") as told:
        run(work("refuse"))
    assert told.value.hint == "do it right"
    with pytest.raises(JobError, match="code 9"):
        run(work("die"))


def test_who_leaves_ends_the_child_and_its_helper() -> None:
    heard: list[Mapping[str, Any]] = []
    with pytest.raises(Left):
        run(work("sleep"), progress=heard.append, is_wanted=lambda: not heard)
    assert gone(heard[0]["pid"], heard[0]["helper"])


def test_a_visit_that_nobody_looks_at_ends_and_the_next_has_its_turn() -> None:
    now = [0.0]
    room = Room(clock=lambda: now[0])
    first = room.begin("sleep", "wang", work("sleep"))
    until(lambda: first.progress)
    second = room.begin("answer", "chen", work("answer"))
    now[0] = 15.0
    assert room.look(first.id, "chen") is None  # somebody else's
    assert room.look(second.id, "chen") is second and second.state == "waiting"
    now[0] = 25.0
    assert first.wait(30) and first.state == "left"
    assert second.wait(30) and second.state == "done"
    assert gone(first.progress["pid"], first.progress["helper"])


def test_who_leaves_a_visit_ends_it_at_once() -> None:
    room = Room()
    visit = room.begin("sleep", "wang", work("sleep"))
    until(lambda: visit.progress)
    room.leave(visit.id)
    assert visit.wait(10) and visit.state == "left"
    assert gone(visit.progress["pid"], visit.progress["helper"])


def test_the_child_ends_with_its_parent() -> None:
    """A desk that is killed leaves no child behind."""
    code = (
        "from tests.service.test_children import work; from lowtide.service.children.child import run\n"
        "run(work('sleep'), progress=lambda facts: print(facts['pid'], facts['helper'], flush=True))"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    parent = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, env=environment
    )
    assert parent.stdout is not None
    pids = [int(pid) for pid in parent.stdout.readline().split()]
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    assert len(pids) == 2 and gone(*pids)
