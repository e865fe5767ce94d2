"""Schemathesis against a running desk: thousands of requests made of the API's description, and no mistake of the server.

    python -m tests.api.schemas 50000

Schemathesis is a heavy tool, so it is not among the packages of the project: see `tests.intake.schemas`, which finds it. An
answer 503 with `Retry-After` is not a mistake: the warehouse may be busy.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.request import Request, urlopen

from tests.intake.schemas import command

CHECKS = "not_a_server_error,content_type_conformance,unsupported_method,ignored_auth,missing_required_header"


def main() -> int:
    """The battery from a command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cases", type=int, nargs="?", default=50_000)
    cases = parser.parse_args().cases
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        tool = command(folder / "venv")
        desk = subprocess.Popen(
            [sys.executable, "-m", "tests.api.process", str(folder / "desk")], stdout=subprocess.PIPE, text=True,
            stderr=(folder / "log").open("w"),
        )  # fmt: skip
        assert desk.stdout is not None
        address = desk.stdout.readline().strip()
        token = (folder / "desk" / "token").read_text()
        asked = [
            tool, "run", f"{address}/api/v1/openapi.json", "--header", f"Authorization: Bearer {token}", "--phases",
            "coverage,fuzzing", "--max-examples", str(max(1, cases // _operations(address, token))), "--checks", CHECKS,
            "--continue-on-failure", "--seed", "1", "--generation-database", "none",
        ]  # fmt: skip
        done = subprocess.run(asked, cwd=folder, check=False)
        desk.terminate()
        code = desk.wait(60)
        failed = [line for line in (folder / "log").read_text().splitlines() if "request_failed" in line]
    print(f"schemathesis {done.returncode}, desk {code}, mistakes in its log {len(failed)}")
    print(*failed[:20], sep="\n")
    return done.returncode or code or len(failed)


def _operations(address: str, token: str) -> int:
    """How many operations the description has."""
    request = Request(f"{address}/api/v1/openapi.json", headers={"Authorization": f"Bearer {token}"})
    with urlopen(request, timeout=30) as answer:
        paths = json.load(answer)["paths"]
    return sum(len(one) for one in paths.values())


if __name__ == "__main__":
    sys.exit(main())
