"""What is done to a run in a history of each kind; it reads its log to the end all the same."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from tests.faults.clock import Clock
from tests.faults.ground import Ground
from tests.faults.history import History, Outcome
from tests.faults.hosts import Hosts
from tests.faults.services import (
    full_disk,
    full_spool,
    killed_broker,
    killed_brokers,
    killed_warehouse,
    without_warehouse,
)

DAY_S = 86_400.0


def killed(history: History, kills: int = 10) -> None:
    """SIGKILL repeatedly, at random times and named steps, also during recovery; other workers each time."""
    for _ in range(kills):
        history.kill_once()
    history.to_end()


def damaged(history: History) -> None:
    """Files of the state are cut, changed or removed: the run goes back to an undamaged checkpoint, or to the start."""
    for _ in range(4):
        run, before = history.start(), len(list(history.state.glob("segments/*/*/*")))
        while run.poll() is None and len(list(history.state.glob("segments/*/*/*"))) < before + 8:
            time.sleep(0.02)
        time.sleep(history.rng.uniform(0.0, 0.6))
        run.kill()
        run.communicate()
        files = sorted(history.state.glob("segments/*/*/*-*"), key=lambda path: path.stat().st_mtime_ns)
        # After a power cut, the newest files may be incomplete.
        pool = files[-24:] if history.rng.random() < 0.5 else files
        for file in history.rng.sample(pool, min(history.rng.choice([1, 4, 12]), len(pool))):
            _damage(file, history.rng)
            history.outcome.count("damaged segments")
    history.to_end()


def _damage(file: Path, rng: random.Random) -> None:
    data = bytearray(file.read_bytes())
    match rng.randrange(3):
        case 0:
            file.unlink()
        case 1:
            file.write_bytes(bytes(data[: rng.randrange(len(data))]))
        case _:
            data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
            file.write_bytes(bytes(data))


def killed_processes(history: History) -> None:
    """Two or four processes under a supervisor; one of them is killed, twice."""
    processes = history.rng.choice([2, 4])
    run = history.start("none", "--processes", processes)
    for _ in range(2):
        time.sleep(history.rng.uniform(1.0, 2.5))
        children = [int(pid) for pid in _children(run.pid)]
        if run.poll() is None and children:
            with suppress(ProcessLookupError):
                os.kill(history.rng.choice(children), signal.SIGKILL)
                history.outcome.count("kills")
                history.outcome.count(f"at a process of {processes}")
    run.communicate(timeout=900)
    history.to_end()


def killed_hosts(history: History) -> None:
    """A process on each of two hosts; one is killed, or the link is cut. A host starts again what has ended."""
    with Hosts(history.database, history.outcome.seed % 256) as hosts:
        for port in (history.ground.broker.port, history.ground.front.port):
            hosts.open(port)
        addresses = ";".join(f"{address}:2101" for address in hosts.addresses)
        command = history.command("--insecure-cluster")

        def start(host: int) -> subprocess.Popen[bytes]:
            variables = {"BYTEWAX_ADDRESSES": addresses, "BYTEWAX_PROCESS_ID": str(host)}
            return history.ground.start(*command, within=hosts.command(host, []), variables=variables)

        runs, harms, until = [start(0), start(1)], ["kill", "kill", "cut"], time.monotonic() + 300
        history.rng.shuffle(harms)
        while [run.poll() for run in runs] != [0, 0]:
            assert time.monotonic() < until, "the two processes did not come to the end"
            time.sleep(history.rng.uniform(1.0, 2.5))
            _harm(history, hosts, runs, harms)
            ended = [host for host in (0, 1) if runs[host].poll() is not None]
            if len(ended) == 1 or any(runs[host].returncode for host in ended):
                for host in ended:
                    runs[host].communicate()
                    runs[host] = start(host)
    history.to_end()


def _harm(history: History, hosts: Hosts, runs: list[subprocess.Popen[bytes]], harms: list[str]) -> None:
    """The next harm, while both processes run."""
    if not harms or any(run.poll() is not None for run in runs):
        return
    if harms.pop() == "cut":
        hosts.cut()
        time.sleep(history.rng.uniform(1.0, 6.0))
        hosts.mend()
        history.outcome.count("cuts between hosts")
        return
    history.rng.choice(runs).kill()
    history.outcome.count("kills")
    history.outcome.count("at a host of two")


def wrong_clock(history: History) -> None:
    """Each start has another date, and while it runs the clock jumps, up to two days ahead and an hour back."""
    history.clock = Clock(history.ground.folder / "clocks" / history.database)
    for _ in range(3):
        ahead = history.rng.uniform(-2.0, 2.0) * DAY_S
        history.clock.set(ahead)
        run, until = history.start(), time.monotonic() + history.rng.uniform(1.5, 3.0)
        while run.poll() is None and time.monotonic() < until:
            time.sleep(history.rng.uniform(0.1, 0.4))
            ahead += history.rng.choice([-3600.0, -0.5, 3600.0, 2 * DAY_S])
            history.clock.set(ahead)
            history.outcome.count("clock jumps")
        if run.poll() is None:
            run.kill()
            history.outcome.count("kills")
            history.outcome.count("at time")
        run.communicate()
    history.clock.set(history.rng.uniform(-2.0, 2.0) * DAY_S)
    history.to_end()


def _children(pid: int) -> list[str]:
    with suppress(OSError):
        return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return []


KINDS: dict[str, Callable[[History], None]] = {
    "killed": killed,
    "damaged": damaged,
    "away": without_warehouse,
    "store": killed_warehouse,
    "broker": killed_broker,
    "disk": full_disk,
    "processes": killed_processes,
    "hosts": killed_hosts,
    "brokers": killed_brokers,
    "spool": full_spool,
    "clock": wrong_clock,
}
ALONE = ("store", "broker", "brokers")
"""Kinds that disturb the services of other histories."""


def tell(ground: Ground, seed: int, kind: str) -> Outcome:
    """Plays one history."""
    history = History(ground, seed, kind)
    try:
        KINDS[kind](history)
    except Exception as error:
        history.outcome.wrong.append(f"{type(error).__name__}: {error}")
    return history.outcome
