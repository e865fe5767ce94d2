"""Write figures to a file, together with the date, the machine and the command."""

from __future__ import annotations

import json
import os
import platform
import shlex
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

RECORDS = Path(__file__).resolve().parent / "records"


def machine() -> str:
    """Name the processor, its count of cores as this process sees it, and the Python."""
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        named = [
            line.split(":", 1)[1].strip() for line in info.read_text().splitlines() if "model name" in line
        ]
        model = named[0] if named else model
    return f"{model}, {os.cpu_count()} cores, Python {platform.python_version()}"


def write(name: str, figures: dict[str, Any]) -> Path:
    """Write `records/<date>-<name>.json` and give its path."""
    now = datetime.now(UTC)
    script = Path(sys.argv[0]).resolve().relative_to(RECORDS.parent.parent)
    command = shlex.join(["python", str(script), *map(_bare, sys.argv[1:])])
    RECORDS.mkdir(exist_ok=True)
    path = RECORDS / f"{now:%Y-%m-%d}-{name}.json"
    record = {"date": f"{now:%Y-%m-%d}", "machine": machine(), "command": command, **figures}
    path.write_text(json.dumps(record, indent=1) + "\n")
    return path


def _bare(argument: str) -> str:
    return Path(argument).name if "/" in argument else argument
