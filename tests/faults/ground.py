"""Shared by all histories: a broker, a served warehouse, a few shops, and the result of an undisturbed run of each."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests import launcher
from tests.faults.clock import Clock
from tests.faults.oracle import Tables, tables
from tests.faults.topic_log import Shop, open_shop
from tests.kafka.broker import Broker
from tests.warehouse.http.process import Front

ROOT = Path(__file__).parent.parent.parent


@dataclass
class Ground:
    """The running services, and the shops with their tables."""

    folder: Path
    broker: Broker
    front: Front
    shops: list[tuple[Shop, Tables]]
    days: int

    def start(
        self,
        *arguments: object,
        place: str = "none",
        clock: Clock | None = None,
        within: Sequence[str] = (),
        variables: Mapping[str, str] | None = None,
    ) -> subprocess.Popen[bytes]:
        """`lowtide` in a process of its own: killed at a place, with a clock that jumps, or `within` a command."""
        real = (  # a clock is preloaded, and processes are found by parent
            clock is not None or within or "--processes" in arguments
        )
        python = [sys.executable] if real else launcher.python()
        module = ["lowtide"] if place == "none" else ["tests.faults.victim", place]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("LOWTIDE_")}
        environment |= {**(clock.environment if clock else {}), **(variables or {})}
        return subprocess.Popen(
            [*within, *python, "-m", *module, *map(str, arguments)],
            cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    def server(self, port: int | None = None) -> str:
        """The address of the warehouse, perhaps with another port."""
        return f"http://127.0.0.1:{port or self.front.port}"


@contextmanager
def ground(folder: Path, broker: Broker, shops: int, days: int = 120) -> Iterator[Ground]:
    """Starts a warehouse beside a running broker, and reads every shop once without disturbances."""
    front = Front(folder / "store")
    made = Ground(folder, broker, front, [], days)
    try:
        for seed in range(shops):
            shop = open_shop(broker.address, seed, days=days)
            run = made.start("run", shop.address, "--warehouse", f"{made.server()}/undisturbed{seed}")
            _, err = run.communicate(timeout=900)
            assert run.returncode == 0, err.decode()[-2000:]
            made.shops.append((shop, tables(made.server(), f"undisturbed{seed}")))
        yield made
    finally:
        front.stop()
