"""A warehouse under siege: how long another reader waits for `SELECT 1`, and how much memory the siege takes.

`make warehouse-siege`, or `python -m tests.warehouse.http.siege SECONDS CONNECTIONS`.
"""

from __future__ import annotations

import http.client
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from .process import Front, environment, front

PAUSE_S = 0.02


@dataclass(frozen=True)
class Measured:
    """What another reader waited, in milliseconds, and the memory of the warehouse in MB before and at most."""

    waits: list[float]
    before_mb: float
    most_mb: float
    answers: str = ""

    def of(self, share: float) -> float:
        """The wait that this share of the queries did not exceed."""
        ordered = sorted(self.waits)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]

    def line(self, name: str) -> str:
        """For a table."""
        return (
            f"{name:<12} {len(self.waits):>6} {self.of(0.5):>8.1f} {self.of(0.99):>8.1f} {max(self.waits):>8.1f} "
            f"{self.before_mb:>8.0f} {self.most_mb:>8.0f} {self.most_mb / self.before_mb:>6.2f}"
        )


def asked(port: int) -> float:
    """Milliseconds of one `SELECT 1`, over a connection of its own."""
    start = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("POST", "/?user=reader", b"SELECT 1")
        answer = connection.getresponse()
        assert (answer.status, answer.read()) == (200, b"1\n")
    finally:
        connection.close()
    return (time.perf_counter() - start) * 1e3


def measured(served: Front, seconds: float, connections: int, text: str = "") -> Measured:
    """Another reader for so many seconds, beside so many connections of besiegers."""
    before = served.memory_mb()
    command = [
        sys.executable,
        "-m",
        "tests.warehouse.http.besiegers",
        str(served.port),
        str(connections),
        str(seconds),
        text,
    ]
    siege = None
    if connections:
        siege = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment())
    waits, most, end = [], before, time.monotonic() + seconds
    while time.monotonic() < end:
        waits.append(asked(served.port))
        most = max(most, served.memory_mb())
        time.sleep(PAUSE_S)
    told = siege.communicate(timeout=120)[0] if siege else ""
    return Measured(waits, before, max(most, served.memory_mb()), told.strip())


def main() -> None:
    """Print the table."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 60.0
    connections = int(sys.argv[2]) if len(sys.argv) > 2 else 2000
    with tempfile.TemporaryDirectory() as folder, front(Path(folder) / "warehouse") as served:
        for _ in range(200):
            asked(served.port)
        print("             queries   p50 ms   p99 ms   max ms   MB then  MB most  times")
        print(measured(served, min(seconds, 10), 0).line("alone"), flush=True)
        siege = measured(served, seconds, connections)
        print(siege.line(f"{connections:,} more"))
        print(f"answers to the siege, by status: {siege.answers}")


if __name__ == "__main__":
    main()
