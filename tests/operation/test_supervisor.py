"""A process fails, hangs or ignores signals, or the supervisor itself is killed."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from lowtide.operation import free_addresses

from .children import ENDS_WELL, IGNORES, WAITS, end, lowtide, python, runs, text, until

SUPERVISOR = """
import json, sys
from lowtide.operation import Terms, log, supervise
log.setup("json")
commands, terms, environments = json.loads(sys.argv[1])
given = (lambda attempt: [{**one, "START": str(attempt)} for one in environments]) if environments else None
sys.exit(supervise(commands, given, Terms(**terms)))
"""
QUICK = {"backoff_s": 0.01, "grace_s": 20.0, "tell_s": 0.5}
COUNTS = """
import os, pathlib, sys
file = pathlib.Path(sys.argv[1]); starts = int(file.read_text()) + 1 if file.exists() else 1
file.write_text(str(starts))
codes = json_codes = [int(code) for code in sys.argv[2].split(",")]
sys.exit(codes[min(starts, len(codes)) - 1])
"""
"""Ends with the next of its codes at each start."""


@contextmanager
def supervised(
    *commands: list[str], environments: object = None, **terms: object
) -> Iterator[subprocess.Popen[str]]:
    process = lowtide(SUPERVISOR, json.dumps([commands, {**QUICK, **terms}, environments]))
    try:
        yield process
    finally:
        end(process)


def ended(process: subprocess.Popen[str]) -> tuple[int, list[dict[str, object]]]:
    """The exit code, and the log lines."""
    _, log = process.communicate(timeout=30)
    return process.returncode, [json.loads(line) for line in log.splitlines() if line.startswith("{")]


def events(log: list[dict[str, object]], name: str) -> list[dict[str, object]]:
    return [line for line in log if line["event"] == name]


def test_all_that_end_well_are_done(tmp_path: Path) -> None:
    with supervised(python("pass"), python("pass")) as process:
        code, log = ended(process)
    assert code == 0 and not events(log, "restarting")


def test_one_that_dies_takes_the_others_along_and_all_come_back(tmp_path: Path) -> None:
    """A stopped process too: it would never handle SIGTERM."""
    pids = tmp_path / "pids"
    stops = """
import os, pathlib, signal, sys
with open(sys.argv[1], "a") as file: file.write(f"{os.getpid()}\\n")
if len(pathlib.Path(sys.argv[1]).read_text().split()) == 1: os.kill(os.getpid(), signal.SIGSTOP)
"""
    dies_once = """
import pathlib, sys, time
seen = pathlib.Path(sys.argv[2])
if seen.exists(): sys.exit(0)
while not pathlib.Path(sys.argv[1]).exists(): time.sleep(0.01)
seen.write_text("died"); sys.exit(1)
"""
    with supervised(python(stops, pids), python(dies_once, pids, tmp_path / "died")) as process:
        code, log = ended(process)
    first, second = map(int, pids.read_text().split())
    assert code == 0 and first != second and not runs(first)
    assert [line["code"] for line in events(log, "restarting")] == [1]


@pytest.mark.parametrize("hopeless", [2, 3])
def test_what_a_restart_cannot_mend_is_given_up(tmp_path: Path, hopeless: int) -> None:
    """The peer that lost the process fails too, with a code that allows a restart."""
    peer = python("import sys, time; time.sleep(0.1); sys.exit(1)")
    with supervised(python(f"import sys; sys.exit({hopeless})"), peer) as process:
        code, log = ended(process)
    assert code == hopeless
    assert len(events(log, "processes_started")) == 1 and events(log, "giving_up")


def test_it_gives_up_after_so_many_in_a_row(tmp_path: Path) -> None:
    with supervised(python(COUNTS, tmp_path / "n", "4"), max_restarts=2) as process:
        code, log = ended(process)
    assert code == 4 and text(tmp_path / "n") == "3"
    first, second = (float(str(line["pause_s"])) for line in events(log, "restarting"))
    assert second == 2 * first


def test_a_good_start_is_forgiven_what_was_before(tmp_path: Path) -> None:
    """Otherwise a crash a week would end a run that may restart twice."""
    with supervised(python(COUNTS, tmp_path / "n", "1,1,1,1,0"), max_restarts=1, good_s=0.0) as process:
        code, _ = ended(process)
    assert code == 0 and text(tmp_path / "n") == "5"


def test_new_partitions_are_no_failure(tmp_path: Path) -> None:
    with supervised(python(COUNTS, tmp_path / "n", "75,75,0"), max_restarts=0) as process:
        code, log = ended(process)
    assert code == 0 and [line["pause_s"] for line in events(log, "restarting")] == [0.0, 0.0]


def test_who_wants_a_restart_waits_for_the_others_last_checkpoint(tmp_path: Path) -> None:
    """The others also know of the new partitions, and a kill would make them read records again."""
    last = """
import pathlib, sys, time
file = pathlib.Path(sys.argv[1])
if file.exists(): sys.exit(0)
time.sleep(0.3); file.write_text("saved"); sys.exit(75)
"""
    with supervised(python(COUNTS, tmp_path / "n", "75,0"), python(last, tmp_path / "last")) as process:
        code, _ = ended(process)
    assert code == 0 and text(tmp_path / "last") == "saved"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_reaches_all_and_they_end_well(tmp_path: Path, number: signal.Signals) -> None:
    files = [tmp_path / "a", tmp_path / "b"]
    with supervised(*(python(ENDS_WELL, file) for file in files)) as process:
        until(lambda: all(text(file) == "up" for file in files))
        process.send_signal(number)
        code, log = ended(process)
    assert code == 0 and [text(file) for file in files] == ["ended", "ended"]
    assert events(log, "stopping")[0]["signal"] == number.name and not events(log, "restarting")


def test_who_does_not_end_is_killed(tmp_path: Path) -> None:
    files = [tmp_path / "a", tmp_path / "b"]
    commands = [python(IGNORES, files[0]), python(ENDS_WELL, files[1])]
    with supervised(*commands, grace_s=0.3) as process:
        until(lambda: all(text(file) == "up" for file in files))
        process.send_signal(signal.SIGTERM)
        code, _ = ended(process)
    assert code == 1 and text(files[1]) == "ended"


def test_a_stop_during_the_pause_is_a_stop(tmp_path: Path) -> None:
    with supervised(python(COUNTS, tmp_path / "n", "1"), backoff_s=3600.0, backoff_most_s=3600.0) as process:
        until(lambda: text(tmp_path / "n") == "1")
        assert process.stderr is not None
        for line in process.stderr:
            if json.loads(line)["event"] == "restarting":
                break
        process.send_signal(signal.SIGTERM)
        assert ended(process)[0] == 1 and text(tmp_path / "n") == "1"


def test_children_do_not_outlive_a_killed_supervisor(tmp_path: Path) -> None:
    """Otherwise they still run at the next start: two processes on one state."""
    here = """
import os, pathlib, sys, time
pathlib.Path(sys.argv[1]).write_text(str(os.getpid()))
while True: time.sleep(0.02)
"""
    files = [tmp_path / "a", tmp_path / "b"]
    with supervised(*(python(here, file) for file in files)) as process:
        until(lambda: all(text(file) for file in files))
        pids = [int(text(file)) for file in files]
        os.kill(pids[1], signal.SIGSTOP)
        process.kill()
        until(lambda: not any(runs(pid) for pid in pids))


def test_what_a_process_started_ends_with_it(tmp_path: Path) -> None:
    parent = """
import os, pathlib, subprocess, sys
child = subprocess.Popen([sys.executable, "-S", "-c", "import time; time.sleep(3600)"])
pathlib.Path(sys.argv[1]).write_text(str(child.pid))
"""
    with supervised(python(parent, tmp_path / "pid")) as process:
        assert ended(process)[0] == 0
    until(lambda: not runs(int(text(tmp_path / "pid"))))


def test_each_has_its_own_environment_and_each_start_new_ones(tmp_path: Path) -> None:
    says = """
import os, sys
print(os.environ["NAME"], os.environ["START"], os.environ["LOWTIDE_ATTEMPT"], flush=True)
sys.exit(75 if os.environ["START"] == "1" else 0)
"""
    with supervised(python(says), python(says), environments=[{"NAME": "a"}, {"NAME": "b"}]) as process:
        out, _ = process.communicate(timeout=30)
    lines = sorted(line.split() for line in out.splitlines())
    assert [line[:2] for line in lines] == [["a", "1"], ["a", "2"], ["b", "1"], ["b", "2"]]
    attempts = [line[2] for line in lines]
    assert attempts[0] == attempts[2] != attempts[1] == attempts[3]


def test_a_command_that_is_not_there_is_given_up() -> None:
    with supervised(["/nowhere/lowtide"]) as process:
        _, log = process.communicate(timeout=30)
    assert process.returncode == 2 and "cannot start `/nowhere/lowtide`" in log


def test_signals_a_python_ignores_are_as_they_were(tmp_path: Path) -> None:
    """A child process with a pipe would run without end."""
    shell = ["/bin/sh", "-c", f"grep SigIgn /proc/self/status > {tmp_path / 'ignored'}"]
    with supervised(shell) as process:
        assert ended(process)[0] == 0
    assert int(text(tmp_path / "ignored").split()[1], 16) & (1 << signal.SIGPIPE - 1) == 0


def test_free_addresses_are_loopback_and_differ() -> None:
    found = free_addresses(8)
    assert len(set(found)) == 8
    for address in found:
        host, _, port = address.rpartition(":")
        with socket.socket() as one:
            one.bind((host, int(port)))


def test_a_process_of_the_others_waits(tmp_path: Path) -> None:
    """A process that ended well does not end the others."""
    with supervised(python("pass"), python(WAITS, tmp_path / "up")) as process:
        until(lambda: text(tmp_path / "up") == "up")
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.3)
