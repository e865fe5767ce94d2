"""How many instructions does the core take for a record, and are they more than the committed record says?

Runs 60,000 records of shop and of tight through the installed extension under valgrind's callgrind. A count of instructions
does not depend on what else the machine does, so a change of some percent can be believed. Two counts are kept for each mix:
`core`, of the extension alone, which is the same to some millionths each time, and `all`, with what it calls (the memory
allocator and copies of glibc, Arrow, Python), which differs by some thousandths, because copies depend on addresses.

`make test` compares both with `tests/bench/instructions.json` and fails at 5 % more. What decides a count stands in the
record: the compiler, the processor that valgrind shows, glibc, valgrind. Where one differs, that count is not compared.
`--record` writes the file anew, after `make` has built the extension.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
RECORD = HERE.parent / "tests" / "bench" / "instructions.json"
MIXES = ("shop", "tight")
POSITIONS, MOVES = 5_000, 55_000
LIMIT = 0.05
"""The share by which a count may exceed the record."""
AGAIN = "To write the record anew: build with `make`, then `python bench/instructions.py --record`."
LOOK = "look_closely"
"""The function of the core that looks at a position with all detectors. Only a build with symbols knows its name."""
_RUSTC = re.compile(rb"rustc version [^\0]+")
_SHOWN = ("sse4_2", "avx", "avx2")
"""Valgrind shows one of some fixed processors; which one depends on these features of the real one."""
Counts = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Dump:
    """What callgrind counted for one mix: instructions by object, calls by function."""

    mix: str
    instructions: Counter[str]
    calls: Counter[str]

    @classmethod
    def read(cls, text: str) -> Dump:
        """Reads a dump. `ob=` and `fn=` hold for the lines after them; the cost after `calls=` is the called function's."""
        names: dict[str, str] = {}
        instructions: Counter[str] = Counter()
        calls: Counter[str] = Counter()
        mix = where = called = ""
        of_callee = False
        for line in text.splitlines():
            if line.startswith("desc: Trigger: Client Request: "):
                mix = line.rsplit(" ", 1)[1]
            elif line.startswith(("ob=", "cob=", "fn=", "cfn=")):
                kind, _, told = line.partition("=")
                number, _, name = told.partition(" ")
                key = kind[-2:] + number
                if name:
                    names[key] = name
                if kind == "ob":
                    where = key
                elif kind == "cfn":
                    called = key
            elif line.startswith("calls="):
                calls[called] += int(line[6:].split()[0])
                of_callee = True
            elif line[:1] in "0123456789+-*" and line:
                if not of_callee:
                    instructions[where] += int(line.split()[1])
                of_callee = False
        named = [Counter[str](), Counter[str]()]
        for found, counter in zip((instructions, calls), named, strict=True):
            for key, count in found.items():
                counter[names[key]] += count
        return cls(mix, *named)


def missing() -> str | None:
    """Why nothing can be counted here, or None."""
    if platform.machine() != "x86_64" or sys.platform != "linux":
        return "instructions are counted on Linux on x86-64 only"
    if shutil.which("valgrind") is None:
        return "valgrind is not installed (Debian: apt install valgrind)"
    return None


def installed() -> Path:
    """The extension that Lowtide uses."""
    spec = find_spec("lowtide._native")
    assert spec is not None and spec.origin is not None
    return Path(spec.origin)


def has_symbols(extension: Path) -> bool:
    """Whether an extension names its functions. `make` strips them, so such an extension was built in another way."""
    return b"\0.symtab\0" in extension.read_bytes()


def circumstances(extension: Path) -> dict[str, dict[str, Any]]:
    """What decides the counts, for each of the two."""
    compiler = _RUSTC.search(extension.read_bytes())
    flags = re.search(r"^flags\s*:(.*)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    shown = flags[1].split() if flags else []
    core = {
        "compiler": compiler[0].decode() if compiler else "unknown",
        "processor": [feature for feature in _SHOWN if feature in shown],
    }
    valgrind = subprocess.run(["valgrind", "--version"], capture_output=True, text=True, check=True)
    return {
        "core": core,
        "all": core | {"glibc": platform.libc_ver()[1], "valgrind": valgrind.stdout.strip()},
    }


def count(extension: Path, mixes: tuple[str, ...] = MIXES, moves: int = MOVES) -> Counts:
    """Records, rows and instructions of each mix; looks too if the extension names its functions. Takes half a minute."""
    import mixes as streams
    from lowtide.core import Job

    with tempfile.TemporaryDirectory() as base:
        folder = Path(base)
        (folder / "config").write_bytes(Job.of(None, partition="memory").config)
        for mix in mixes:
            (folder / mix).write_bytes(b"".join(streams.blocks(mix, POSITIONS, moves)))
        found = json.loads(_under_callgrind(folder, extension, mixes))
        dumps = [Dump.read(path.read_text()) for path in folder.glob("counts.*") if path.name != "counts"]
    for dump in dumps:
        if dump.mix in found:
            figures = found[dump.mix]
            if figures.pop("rejects"):
                raise SystemExit(f"{dump.mix}: records were rejected")
            figures |= {
                "core": dump.instructions[str(extension)],
                "all": dump.instructions.total(),
            }
            looks = sum(calls for name, calls in dump.calls.items() if LOOK in name)
            if looks:
                figures["looks"] = looks
    return {mix: found[mix] for mix in mixes}


def _under_callgrind(folder: Path, extension: Path, mixes: tuple[str, ...]) -> str:
    """Runs `counted.py`, always with the same environment, and returns what it printed."""
    paths = {str(Path(find_spec(name).origin).parents[1]) for name in ("lowtide", "pyarrow")}  # type: ignore[union-attr, arg-type]
    command = [
        str(shutil.which("valgrind")), "--quiet", "--tool=callgrind", "--instr-atstart=no",
        f"--callgrind-out-file={folder}/counts",
        sys.executable, "-I", "-S", str(HERE / "counted.py"), str(folder), str(extension), *mixes, "::", *sorted(paths),
    ]  # fmt: skip
    environment = {"PYTHONHASHSEED": "0", "LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"}
    if "LD_LIBRARY_PATH" in os.environ:
        environment["LD_LIBRARY_PATH"] = os.environ["LD_LIBRARY_PATH"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"the count failed:\n{done.stdout}{done.stderr}")
    return done.stdout


def unlike(recorded: dict[str, Any], here: dict[str, Any]) -> str | None:
    """How this machine and build differ from those of the record, or None."""
    told = [
        f"{name} is {here.get(name)}, in the record {was}"
        for name, was in recorded.items()
        if here.get(name) != was
    ]
    return "; ".join(told) or None


def verdict(record: dict[str, Any], here: dict[str, Any], found: Counts) -> tuple[list[str], list[str]]:
    """What is wrong, and what should be known: counts that cannot be compared or that fell by more than the limit."""
    wrong, known = [], []
    for of in ("core", "all"):
        if (differs := unlike(record["circumstances"][of], here[of])) is not None:
            known.append(f"instructions `{of}` were not compared: {differs}")
            continue
        for mix, recorded in record["mixes"].items():
            was, now = (one[of] / one["records"] for one in (recorded, found[mix]))
            told = f"{mix}, `{of}`: {now:,.0f} instructions a record, {now / was - 1:+.1%} against {was:,.0f}"
            if now > was * (1 + LIMIT):
                wrong.append(f"{told}; the limit is {LIMIT:+.0%}. {AGAIN}")
            elif now < was * (1 - LIMIT):
                known.append(f"{told}. A new record keeps the gain. {AGAIN}")
    return wrong, known


def line(mix: str, figures: dict[str, Any]) -> str:
    """The figures of a mix by record."""
    records = figures["records"]
    tables = {"entries": "ledger", "position rows": "position", "days": "demand_day"}
    parts = [f"{figures['core'] / records:,.0f} in the core, {figures['all'] / records:,.0f} in all"]
    parts += [f"{figures[table] / records:.3f} {name}" for name, table in tables.items()]
    if "looks" in figures:
        parts.append(f"{figures['looks'] / records:.3f} looks")
    return f"{mix:<6} {records:,} records; by record: instructions {', '.join(parts)}"


def main() -> None:
    """Count and print, beside the record; `--record` writes it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--record", action="store_true", help="write tests/bench/instructions.json")
    parser.add_argument(
        "--extension",
        type=Path,
        help="count another build; one with symbols, such as that in target/release, has looks too",
    )
    asked = parser.parse_args()
    if (why := missing()) is not None:
        raise SystemExit(f"missing: {why}")
    extension = asked.extension.resolve() if asked.extension else installed()
    if asked.record and has_symbols(extension):
        raise SystemExit(f"{extension} has symbols, so `make` did not build it: `make` first")
    here, found = circumstances(extension), count(extension)
    for mix, figures in found.items():
        print(line(mix, figures))
    if asked.record:
        RECORD.write_text(json.dumps({"circumstances": here, "mixes": found}, indent=1) + "\n")
        print(RECORD)
    elif RECORD.exists():
        record = json.loads(RECORD.read_text())
        for mix, recorded in record["mixes"].items():
            change = {of: found[mix][of] / recorded[of] - 1 for of in ("core", "all")}
            print(f"{mix:<6} against the record: core {change['core']:+.3%}, all {change['all']:+.3%}")
        wrong, known = verdict(record, here, found)
        print(*known, *wrong, sep="\n")


if __name__ == "__main__":
    main()
