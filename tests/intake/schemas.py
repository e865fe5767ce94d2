"""Schemathesis against a running intake: thousands of generated requests, and no answer is a mistake of the server.

    python -m tests.intake.schemas 2000

Schemathesis is a heavy tool, so it is not among the packages of the project. The battery installs it into a temporary
environment, or uses the command that the variable SCHEMATHESIS names. One intake takes movements in our own form, another
one has a default map.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

from lowtide.intake.journal import JournalFolder
from lowtide.intake.journal.listing import listings

from .process import IntakeProcess

VERSION = "4.32.5"
MAP = """
lowtide_map: 1
name: shop
read: {format: json, each: lines}
source: web
movements:
  - id: {hash: [^id, sku], occurrence: true}
    kind: {from: "{kind}", map: {in: receipt, out: sale}, else: sale}
    sku: "{sku}"
    location: "330"
    quantity: {from: "{qty}", sign: abs, round: 3}
    event_time: "{^at}"
"""
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,unsupported_method"


def command(folder: Path) -> str:
    """Where schemathesis is."""
    if named := os.environ.get("SCHEMATHESIS"):
        return named
    venv.create(folder, with_pip=True)
    subprocess.run([folder / "bin" / "pip", "install", "-q", f"schemathesis=={VERSION}"], check=True)
    return str(folder / "bin" / "st")


def main() -> int:
    """The battery from a command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cases", type=int, nargs="?", default=2000)
    cases = parser.parse_args().cases
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        tool = command(folder / "venv")
        (folder / "map.yaml").write_text(MAP)
        outcomes = [
            _battery(tool, folder / "own", cases // 2),
            _battery(tool, folder / "mapped", cases // 2, "--map", str(folder / "map.yaml")),
        ]
    print("good" if not any(outcomes) else "BAD")
    return int(any(outcomes))


def _battery(tool: str, folder: Path, cases: int, *options: str) -> int:
    folder.mkdir()
    intake = IntakeProcess(folder, *options)
    asked = [
        tool, "run", f"http://127.0.0.1:{intake.port}/openapi.json", "--phases", "coverage,fuzzing",
        "--max-examples", str(max(1, cases * 2 // 5)), "--checks", CHECKS, "--continue-on-failure", "--seed", "1",
        "--generation-database", "none",
    ]  # fmt: skip
    done = subprocess.run(asked, cwd=folder, check=False)
    code = intake.stop()
    damage = [listing.damage for listing in listings(JournalFolder(intake.journal)) if listing.damage]
    print(f"schemathesis {done.returncode}, intake {code}, damage {damage}")
    return done.returncode or code or len(damage)


if __name__ == "__main__":
    sys.exit(main())
