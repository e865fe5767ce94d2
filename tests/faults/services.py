"""What is done to the services of a run: the warehouse, the brokers, the disks."""

from __future__ import annotations

import os
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

from tests.faults.brokers import Brokers
from tests.faults.history import History
from tests.faults.proxy import Proxy
from tests.faults.topic_log import open_shop
from tests.warehouse.http.process import Front


def without_warehouse(history: History) -> None:
    """The connection to the warehouse is cut, slow, or broken in the middle of an answer, while rows are sent."""
    proxy = Proxy(history.ground.front.port)
    history.port = proxy.port
    run = history.start()
    for _ in range(12):
        time.sleep(history.rng.uniform(0.1, 0.4))
        if run.poll() is not None:
            break
        mode = history.rng.choice(["away", "slow", "cut"])
        proxy.set(mode)
        time.sleep(history.rng.uniform(0.1, 0.5))
        if run.poll() is None:
            history.outcome.count("outages")
            history.outcome.count(f"warehouse {mode}")
        proxy.set("open")
    run.communicate(timeout=900)
    history.to_end()


def killed_warehouse(history: History) -> None:
    """The warehouse itself is killed while it writes, and is started again."""
    run = history.start()
    time.sleep(history.rng.uniform(0.6, 1.5))
    history.ground.front.kill()
    history.outcome.count("outages")
    history.outcome.count("warehouse killed")
    history.ground.front.start()
    run.communicate(timeout=900)
    history.to_end()


def killed_broker(history: History) -> None:
    """The broker is killed while it is read, and is started again. In one of two histories the run is killed too."""
    run = history.start()
    time.sleep(history.rng.uniform(0.5, 1.3))
    history.ground.broker.kill()
    history.outcome.count("broker kills")
    if history.rng.random() < 0.5:
        run.kill()
        history.outcome.count("kills")
    history.ground.broker.start()
    run.communicate(timeout=900)
    history.to_end()


def killed_brokers(history: History) -> None:
    """Of three brokers one after another dies while the run reads, and is there again before the next."""
    brokers = Brokers(history.state.with_name(f"{history.database}-brokers")).start()
    try:
        seed = history.outcome.seed % len(history.ground.shops)
        history.source = open_shop(brokers.address, seed, days=history.ground.days, copies=3).address
        run = history.start()
        for broker in history.rng.sample(brokers.nodes, 3):
            time.sleep(history.rng.uniform(0.2, 1.5))
            broker.kill()
            history.outcome.count("broker kills")
            history.outcome.count("at one of three brokers")
            if history.rng.random() < 0.3:
                run.kill()
                run.communicate()
                history.outcome.count("kills")
                run = history.start()
            time.sleep(history.rng.uniform(0.2, 4.0))
            broker.start(120)
        run.communicate(timeout=900)
        history.to_end()
    finally:
        brokers.stop()


def full_disk(history: History) -> None:
    """The disk of the state is full for a time; when there is space again, the run continues."""
    with small_disk(history.state) as resize:
        for _ in range(3):
            used = sum(file.stat().st_blocks * 512 + 4096 for file in history.state.rglob("*"))
            resize(used + history.rng.choice([100_000, 200_000, 500_000]))
            run = history.start()
            _, err = run.communicate(timeout=120)
            if run.returncode:
                history.outcome.count("full disks")
                if b"No space left" not in err and b"disk" not in err:
                    history.outcome.wrong.append(
                        f"it does not say that the disk is full: {err.decode()[-800:]}"
                    )
            resize(256 << 20)
        history.to_end()


def full_spool(history: History) -> None:
    """The disk of the warehouse is full while rows come in; the run waits until there is space again."""
    folder = history.state.with_name(f"{history.database}-store")
    with small_disk(folder) as resize:
        front = Front(folder / "store")
        try:
            history.port = front.port
            run = history.start()
            for _ in range(3):
                time.sleep(history.rng.uniform(0.3, 1.0))
                disk = os.statvfs(folder)
                used = (disk.f_blocks - disk.f_bfree) * disk.f_frsize
                resize(used + history.rng.choice([200_000, 500_000]))
                time.sleep(history.rng.uniform(0.5, 2.0))
                if run.poll() is None:
                    history.outcome.count("full disks")
                    history.outcome.count("full disk of the warehouse")
                resize(256 << 20)
            run.communicate(timeout=900)
            history.to_end()
        finally:
            front.stop()


@contextmanager
def small_disk(folder: Path):  # type: ignore[no-untyped-def]
    folder.mkdir(parents=True, exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o"]
    subprocess.run([*mount, "size=64m", "tmpfs", str(folder)], check=True)
    try:
        yield lambda size: subprocess.run([*mount, f"remount,size={size}", "tmpfs", str(folder)], check=True)
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=False)
