"""Lowtide on the movements of a world: the rows that its core writes, and inputs learned before the decisions."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import orjson
import pyarrow as pa

from events import DAY_MS, LOCATION, line
from lowtide.core import Job
from lowtide.inputs import InputsFolder, load_inputs
from lowtide.policy import read_policy_text
from score import FIRST_DAY

BLOCK = 4096
Tables = dict[str, pa.RecordBatch]


@dataclass(frozen=True)
class Setting:
    """Under which policy Lowtide runs."""

    values: dict[str, object]
    """Values of the policy for all positions."""
    inputs: InputsFolder | None = None
    over: dict[str, object] | None = None
    """Values that stand above what the inputs say."""
    sample: int = 1
    """One position in so many tells its chance each midnight; 0: none does."""

    def job(self) -> Job:
        """The job of the core."""
        layers = (
            [{"name": "over inputs", "match": {"location": LOCATION}, "set": self.over}] if self.over else []
        )
        document = {"calibration_sample": self.sample, "defaults": self.values, "layers": layers}
        policy = read_policy_text(orjson.dumps(document).decode(), "policy")
        return Job.of(policy, partition="world", inputs=self.inputs)

    def cover_days(self) -> int:
        """Lead time and review period, in days."""
        terms = orjson.loads(self.job().group().terms(LOCATION, "0"))
        return round(terms["lead_time_days"]["value"] + terms["review_period_days"]["value"])


def tables(lines: list[bytes], setting: Setting) -> Iterator[Tables]:
    """Run the core on the lines; yield the rows of each block of them."""
    job = setting.job()
    partition, group = job.partition(1), job.group()
    blocks = [b"".join(lines[at : at + BLOCK]) for at in range(0, len(lines), BLOCK)]
    for routed in [partition.lines(block) for block in blocks] + [partition.finish()]:
        for _, part in routed:
            group.apply(part)
        yield group.take()


def learned(
    lines: list[bytes], values: dict[str, object], folder: Path, start_ms: int, quiet: bool = False
) -> tuple[list[bytes], InputsFolder]:
    """Learn inputs in `folder` from the first days; give the lines with a record that puts them in force, and the inputs."""
    begin = start_ms + FIRST_DAY * DAY_MS
    cut = next(at for at, one in enumerate(lines) if orjson.loads(one)["event_time"] > begin)
    history, policy, out = folder / "history.jsonl", folder / "policy.yaml", folder / "inputs"
    history.write_bytes(b"".join(lines[:cut]))
    policy.write_bytes(orjson.dumps({"defaults": values}))
    command = [sys.executable, "-m", "lowtide", "learn", str(history), "--out", str(out)]
    done = subprocess.run([*command, "--policy", str(policy)], check=True, capture_output=True, text=True)
    if not quiet:
        print(done.stdout, end="", file=sys.stderr)
    named = (out / "current").read_text("utf-8").strip()
    change = {"id": "inputs", "source": "world", "kind": "inputs", "event_time": begin, "ref": named}
    inputs = load_inputs(out)
    return [*lines[:cut], line(change), *lines[cut:]], replace(inputs, start=None)
