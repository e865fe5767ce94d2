"""Three doors stay the only ones: the room `python` to Python, `core.py` to the core, `flow.py` to Bytewax."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from lowtide.core import TABLES, Job, Log
from lowtide.runner import flow
from lowtide.runner.plan import Plan
from lowtide.warehouse.migrate import migrations
from lowtide.warehouse.view import views

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "engine/src/lowtide"


def imported(path: Path) -> set[str]:
    """Every module that a file imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def importers(name: str) -> set[str]:
    files = [*PACKAGE.rglob("*.py"), *(ROOT / "dataflows").rglob("*.py")]
    return {
        path.relative_to(ROOT).as_posix()
        for path in files
        if any(module == name or module.startswith(f"{name}.") for module in imported(path))
    }


def test_one_rust_room_names_pyo3():
    naming = {
        path.parent.name for path in (ROOT / "native/src").rglob("*.rs") if "pyo3" in path.read_text("utf-8")
    }
    assert naming == {"python"}


def test_the_core_builds_without_python():
    cargo = shutil.which("cargo")
    if cargo is None:
        pytest.skip("no cargo here")
    command = [cargo, "tree", "--offline", "--locked", "-p", "lowtide-native", "-e", "normal"]
    done = subprocess.run(
        [*command, "--no-default-features"], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    if done.returncode:
        pytest.skip(f"cargo cannot tell offline: {done.stderr.strip().splitlines()[-1]}")
    assert "serde_json" in done.stdout and "pyo3" not in done.stdout


def test_five_modules_import_the_core():
    """`core.py`; below it policy values, the chances of proposals, rows as JSON, and which rows of a block are inserted.

    `lowtide doctor` looks whether it is there.
    """
    assert importers("lowtide._native") == {
        "engine/src/lowtide/core.py",
        "engine/src/lowtide/policy/table.py",
        "engine/src/lowtide/propose/chance.py",
        "engine/src/lowtide/rows.py",
        "engine/src/lowtide/warehouse/settled.py",
        "engine/src/lowtide/cli/doctor.py",
    }


def test_one_module_imports_bytewax():
    assert importers("bytewax") - {"dataflows/files.py"} == {"engine/src/lowtide/runner/flow.py"}


def test_step_names_are_a_format():
    """They are keys in a recovery store: a renamed step silently drops its state."""
    assert flow.STEPS == ("source", "decode", "route", "inventory", "rows", "warehouse")
    source = (PACKAGE / "runner/flow.py").read_text("utf-8")
    named = re.findall(r'\bop\.\w+\("(\w+)"|\("(rows)", rows', source)
    assert {one or other for one, other in named} | {"rows"} == set(flow.STEPS)
    assert flow.build.__doc__ and 'Dataflow("lowtide")' in source


def test_names_of_key_groups_are_a_format():
    """They are keys in a recovery store too; the salt puts a log's key groups where it is read, or where nothing is."""
    file, part = Log(Job.of(partition="sales.jsonl"), [], 16), Log(Job.of(partition="sales/3"), [], 4)
    part.feed.place = 3
    plan = Plan({log.name: log for log in (file, part)}, sink=None, stride=4)  # type: ignore[arg-type]
    assert (plan.source_key(file), plan.log_key(file)) == ("sales.jsonl", "sales.jsonl~33")
    assert (plan.source_key(part), plan.log_key(part)) == ("sales/00003", "sales/00003~31")
    assert [plan.group_key(part, number) for number in range(3)] == [
        "sales/00003/0000~36", "sales/00003/0001~10", "sales/00003/0002~17",
    ]  # fmt: skip


def test_table_names_are_a_format():
    assert TABLES == ("ledger", "position", "demand_day", "stock_count", "supply_event", "calibration_day")
    sql = "\n".join(migration.sql for migration in migrations())
    made = set(re.findall(r"CREATE TABLE IF NOT EXISTS \{local\}\.(\w+)", sql))
    assert made >= {*TABLES, "reject", "run", "policy_version", "catalogue"}
    assert {view.name for view in views()} >= {"alert_current", "position_current"}
