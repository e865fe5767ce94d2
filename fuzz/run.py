"""Runs targets under libFuzzer, one after another: `python fuzz/run.py [--seconds 60 | --runs 1000000] [TARGET…]`.

A stable Rust and a C++ compiler are enough: the coverage is LLVM's own, and nothing needs a nightly Rust. What is found lies
in `fuzz/corpus/TARGET/found`; add it to `fuzz/seeds/TARGET.txt` when it is mended.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
TARGETS = re.findall(r'^    \("(\w+)", ', (HERE / "src" / "lib.rs").read_text(), re.MULTILINE)
LONGEST = {
    "group": 12_000,
    "partition": 12_000,
    "policy": 4096,
    "map": 4096,
    "block": 4096,
    "log": 400,
    "columns": 700,
}
"""Bytes of the longest input; 2,048 of the others. More would only be slower."""


def built(compares: bool) -> Path:
    """The program with all targets; with `compares` libFuzzer also sees what is compared with what."""
    said = subprocess.run(["rustc", "-vV"], capture_output=True, text=True, check=True).stdout
    host = next(line.removeprefix("host: ") for line in said.splitlines() if line.startswith("host: "))
    flags = "--cfg fuzzing" + (" --cfg compares" if compares else "")
    environment = {**os.environ, "RUSTFLAGS": flags, "RUSTC_WRAPPER": str(HERE / "rustc.sh")}
    command = ["cargo", "build", "--release", "--locked", "--target", host]  # so build scripts have no flags
    subprocess.run(command, cwd=HERE, env=environment, check=True)
    return Path(os.environ.get("CARGO_TARGET_DIR", HERE / "target")) / host / "release" / "lowtide-fuzz"


def fuzz(program: Path, target: str, limits: list[str]) -> int:
    """Runs a target; its exit code."""
    folder = HERE / "corpus" / target
    for part in ("kept", "seeds", "found"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    options = [
        *limits,
        f"-max_len={LONGEST.get(target, 2048)}",
        "-timeout=25",
        "-rss_limit_mb=2048",
        f"-artifact_prefix={folder / 'found'}/",
        "-print_final_stats=1",
    ]
    environment = {**os.environ, "LOWTIDE_FUZZ": target, "LOWTIDE_FUZZ_SEEDS": str(folder / "seeds")}
    command = [program, *options, folder / "kept", folder / "seeds"]
    done = subprocess.run(
        command, env=environment, stderr=subprocess.PIPE, text=True, errors="replace", check=False
    )
    said = re.search(r"number_of_executed_units: (\d+)", done.stderr)
    outcome = "nothing found" if done.returncode == 0 else f"FOUND, see {folder / 'found'}"
    print(f"{target:10} {int(said[1]) if said else 0:>12,} executions: {outcome}", flush=True)
    if done.returncode:
        print(done.stderr[-3000:])
    return done.returncode


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--seconds", type=int, default=60, help="of each target")
    arguments.add_argument("--runs", type=int, help="of each target, in the place of seconds")
    arguments.add_argument(
        "--compares", action="store_true", help="see each comparison as well: deeper, and three times as slow"
    )
    arguments.add_argument("targets", nargs="*", metavar="TARGET", help=", ".join(TARGETS))
    asked = arguments.parse_args()
    if unknown := set(asked.targets) - set(TARGETS):
        arguments.error(f"there is no target {', '.join(sorted(unknown))}")
    limits = [f"-runs={asked.runs}"] if asked.runs else [f"-max_total_time={asked.seconds}"]
    program = built(asked.compares)
    sys.exit(max(fuzz(program, target, limits) != 0 for target in asked.targets or TARGETS))


if __name__ == "__main__":
    main()
