"""The plain job on other engines and on Lowtide's core: the same bytes, CPU time as a multiple of the plain loop.

Makes a file of shop events, builds what has to be built, and runs each peer in turn, several times in one run. A peer
that does the whole job must write the ledger of the plain loop, entry by entry at each position; DuckDB must do so
for the kinds that SQL can do. This is also checked on sixty days of a small shop in which each kind occurs. Lowtide
defines its alerts in another way, so for it the positions where the shared kinds opened are compared. What cannot run
on this machine is skipped, and the run says so.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

import build
import ledgers
import movements
import record

HERE = Path(__file__).parent


def python(script: str) -> Callable[[], list[str]]:
    """The command of a peer in this environment."""
    return lambda: [sys.executable, str(HERE / script)]


@dataclass(frozen=True)
class Peer:
    """One engine. `does`: all of the plain job, part of it (the shared kinds), or other (Lowtide)."""

    name: str
    command: Callable[[], list[str]]
    does: str = "all"


PLAIN = "plain loop"
PEERS = (
    Peer(PLAIN, python("plain.py")),
    Peer("lowtide core", python("lowtide_core.py"), "other"),
    Peer("bytewax", python("bytewax_flow.py")),
    Peer("flink", lambda: build.java("flink", "FlinkJob")),
    Peer("kafka-streams", lambda: build.java("kafka-streams", "StreamsJob")),
    Peer("timely", lambda: build.rust("timely")),
    Peer("duckdb", build.duckdb, "part"),
    Peer("limit", lambda: build.rust("limit")),
)


def events(positions: int, moves: int, days: int = 14) -> Path:
    """The file of shop events, made once."""
    build.OUT.mkdir(exist_ok=True)
    path = build.OUT / f"shop-{positions}-{moves}-{days}.jsonl"
    if not path.exists():
        half = path.with_suffix(".half")
        with half.open("wb") as out:
            out.writelines(movements.lines(positions, moves, days=days))
        half.rename(path)
    return path


def ready(names: list[str]) -> tuple[dict[Peer, list[str]], dict[str, str]]:
    """The commands of the peers that can run, and why the others cannot."""
    commands: dict[Peer, list[str]] = {}
    skipped = {}
    for peer in PEERS:
        if names and peer.name not in (*names, PLAIN):
            continue
        try:
            commands[peer] = peer.command()
        except build.Missing as missing:
            skipped[peer.name] = str(missing)
            print(f"SKIPPED {peer.name}: {missing}", flush=True)
    return commands, skipped


def run(command: list[str], path: Path, ledger: Path) -> dict[str, Any]:
    """The figures that one run printed."""
    done = subprocess.run([*command, str(path), str(ledger)], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"`{command[-1]}` failed:\n{done.stdout}{done.stderr}")
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return figures


def judge(peer: Peer, ledger: Path, plain: list[ledgers.Line]) -> tuple[str, dict[str, Any]]:
    """What the comparison with the plain loop says, and its figures. Ends the run if a ledger must be equal and is not."""
    theirs = ledgers.read(ledger)
    if peer.does == "other":
        found = {kind: ledgers.overlap(theirs, plain, kind) for kind in ledgers.SHARED}
        parts = [
            f"{kind} at {one['both']:,} of the same positions, {one['lowtide_only']:,} and {one['plain_only']:,} others"
            for kind, one in found.items()
        ]
        return "; ".join(parts), {"opened": found}
    kinds = ledgers.SHARED if peer.does == "part" else None
    if (wrong := ledgers.difference(theirs, plain, kinds)) is not None:
        raise SystemExit(f"{peer.name}: its ledger differs from that of the plain loop, {wrong}")
    return "equal" if kinds is None else f"equal for {' and '.join(kinds)}; the others are left out", {}


def check(commands: dict[Peer, list[str]]) -> None:
    """Run each peer once over sixty days of a small shop, in which alerts of every kind open and clear."""
    path = events(300, 6_000, 60)
    plain: list[ledgers.Line] = []
    for peer, command in commands.items():
        ledger = build.OUT / f"{peer.name}.tsv"
        run(command, path, ledger)
        plain = plain or ledgers.read(ledger)
        print(f"sixty days of a small shop, {peer.name}: {judge(peer, ledger, plain)[0]}", flush=True)


def main() -> None:
    """Measure and print; `--record` writes a record file."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--positions", type=int, default=100_000)
    parser.add_argument("--movements", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", nargs="*", default=[], metavar="PEER", help="these, beside the plain loop")
    parser.add_argument("--record", action="store_true", help="write bench/records/<date>-peers.json")
    asked = parser.parse_args()
    path = events(asked.positions, asked.movements)
    commands, skipped = ready(asked.only)
    check(commands)
    runs: dict[str, list[dict[str, Any]]] = {peer.name: [] for peer in commands}
    for number in range(asked.rounds):
        for peer, command in commands.items():
            runs[peer.name].append(run(command, path, build.OUT / f"{peer.name}.tsv"))
            print(f"round {number + 1}: {json.dumps(runs[peer.name][-1])}", file=sys.stderr, flush=True)
    plain = ledgers.read(build.OUT / f"{PLAIN}.tsv")
    load = os.getloadavg()[2]
    print(
        f"{runs[PLAIN][0]['records']:,} records, {asked.positions:,} positions, median of {asked.rounds}, "
        f"CPU time of the process; load of the last 15 minutes {load:.1f}"
    )
    print(f"{'':<15}{'CPU s':>8}{'M/s by CPU':>12}{'x plain loop':>14}{'entries':>10}   ledger")
    figures: dict[str, Any] = {}
    for peer in commands:
        done = runs[peer.name]
        pairs = zip(runs[PLAIN], done, strict=True)
        multiple = statistics.median(one["cpu_s"] / other["cpu_s"] for one, other in pairs)
        cpu = statistics.median(one["cpu_s"] for one in done)
        verdict, compared = judge(peer, build.OUT / f"{peer.name}.tsv", plain)
        figures[peer.name] = {
            "multiple": round(multiple, 3),
            "per_cpu_s": round(done[0]["records"] / cpu),
            "cpu_s": [one["cpu_s"] for one in done],
            "wall_s": [one["wall_s"] for one in done],
            "entries": done[0]["entries"],
            "ledger": verdict,
            **compared,
        }
        speed = done[0]["records"] / cpu / 1e6
        print(
            f"{peer.name:<15}{cpu:>8.2f}{speed:>12.3f}{multiple:>14.2f}{done[0]['entries']:>10,}   {verdict}"
        )
    if asked.record:
        written = {"records": runs[PLAIN][0]["records"], "positions": asked.positions, "rounds": asked.rounds}
        written |= {"load": round(load, 1), "peers": figures, "skipped": skipped}
        print(record.write("peers", written))


if __name__ == "__main__":
    main()
