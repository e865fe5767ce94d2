"""Every command has `--help`, and its exit code says who must act."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import Any

import pytest
import typer
from rich.cells import cell_len

from lowtide.cli.application import application
from lowtide.cli.commands import GROUPS
from lowtide.cli.help import _paragraphs

COMMANDS = [
    "run", "replay", "backtest", "tune", "alerts", "explain", "position", "calibration", "sql", "policy check",
    "policy schema",
    "policy show", "policy apply", "state ls", "state verify", "state export",
    "people check", "people schema", "people show", "people duty", "people apply",
    "generate", "demo", "shop", "warehouse", "warehouse docs", "doctor", "settings", "ack", "assign", "start",
    "resolve", "close", "reopen", "note", "heartbeat", "repartition", "topic create", "topic load", "report",
    "dashboards export",
    "rejects ls", "rejects retry", "learn", "forecast", "inputs check", "inputs show", "inputs build", "inputs apply",
    "intake", "intake token add", "intake token ls", "intake token rm", "journal ls", "journal verify", "journal export",
    "journal publish",
    "map check", "map guess", "map ls", "map show", "map schema",
    "desk", "desk explain", "desk dead ls", "desk dead retry", "desk rebuild", "desk test", "desk review",
    "silence add", "silence ls", "silence end", "snooze",
    "proposals ls", "proposals show", "proposals approve", "proposals reject", "proposals export",
    "user add", "user passwd", "user ls", "user rm", "token new", "token ls", "token end",
]  # fmt: skip
JSON = [
    "run", "replay", "backtest", "tune", "alerts", "explain", "position", "calibration", "policy check",
    "policy show", "doctor", "settings", "ack", "assign", "start", "resolve", "close", "reopen", "note", "report",
    "warehouse docs", "rejects ls", "rejects retry", "state ls", "state verify", "learn", "forecast", "inputs show",
    "intake token ls", "journal ls", "journal verify", "map check", "map ls", "desk explain", "desk dead ls",
    "desk rebuild", "desk test", "desk review", "silence add", "silence ls", "silence end", "snooze", "proposals ls",
    "proposals show", "proposals approve", "proposals reject", "people check", "people show", "people duty",
    "people apply", "user ls", "token ls", "topic create", "topic load",
]  # fmt: skip


def test_these_are_all_commands(typed):
    help_ = typed("--help")
    assert help_.code == 0
    listed = re.findall(r"^  ([a-z]+) ", help_.out.split("\nRun:")[1], re.MULTILINE)
    assert set(listed) == {name.split()[0] for name in COMMANDS}
    assert re.findall(r"^(\w.*):$", help_.out, re.MULTILINE)[1:] == list(GROUPS)


def test_the_help_is_in_the_language_of_the_reader(typed, monkeypatch):
    assert "检查 Lowtide" in typed("doctor", "--lang", "zh", "--help").out
    monkeypatch.setenv("LOWTIDE_LANG", "zh")
    monkeypatch.setenv("COLUMNS", "60")
    for words in ((), ("run",), ("rejects", "retry")):
        page = typed(*words, "--help").out
        assert page.startswith("用法：") and "\n选项：\n" in page
        assert all(
            cell_len(line) <= 60 for line in page.splitlines() if "lowtide" not in line and "http" not in line
        )


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(typed, command):
    help_ = typed(*command.split(), "--help")
    assert help_.code == 0
    example = help_.out[help_.out.index("Example") :]
    assert re.search(rf"^ +(.*\| |[A-Z_]+=\S+ )?lowtide {command}\b", example, re.MULTILINE), help_.out
    assert ("--json" in help_.out) == (command in JSON)
    assert typed(*command.split(), "-h").out == help_.out


def test_the_version_is_told(typed):
    said = typed("--version")
    assert said.code == 0 and re.fullmatch(r"lowtide \d+\.\d+\.\d+\n", said.out)


def test_good_is_0(typed, log):
    assert typed("replay", log).code == 0
    assert typed("settings").code == 0
    assert typed("policy", "schema").code == 0


def test_a_job_that_fails_is_1(typed, log):
    assert typed("replay", log, "--max-rejects", 2).code == 1


def test_usage_settings_and_policy_are_2(typed, log, tmp_path, monkeypatch):
    policy = tmp_path / "policy.yaml"
    policy.write_text("defaults:\n  led_time: 3d\n")
    for arguments in (
        ["nonsense"],
        ["replay"],
        ["replay", log, "--nonsense"],
        ["run", log, "--workers", "many"],
        ["run", log, "--workers", "0"],
        ["run", log, "--warehouse", "ftp://x"],
        ["run", log, "--policy", policy, "--warehouse", "none"],
        ["replay", log, "--policy", tmp_path / "none.yaml"],
        ["replay", log, "--catalogue", tmp_path / "none.csv"],
        ["replay", log, "--positions", tmp_path / "none" / "positions.jsonl"],
        ["policy", "check", policy],
    ):
        said = typed(*arguments)
        assert said.code == 2 and said.err and not said.out, arguments
        assert "Traceback" not in said.err
    said = typed("policy", "check", policy)
    assert f"{policy}:2:3: unknown word `led_time`: did you mean `lead_time`?" in said.err
    monkeypatch.setenv("LOWTIDE_WORKERS", "many")
    assert typed("settings").code == 2


def test_input_that_cannot_be_read_is_3(typed, tmp_path):
    (tmp_path / "sales.docx").write_bytes(b"x")
    for source in (
        "none.jsonl",
        "sales.docx",
        "kafka://host:9092",
        "kafka://h/t?format=avro",
        "synthetic://?days=x",
    ):
        for command in ("run", "replay"):
            said = typed(command, source)
            assert said.code == 3 and said.err.startswith("error: ") and not said.out, (command, source)


def test_a_warehouse_that_cannot_be_reached_is_4(process, log, tmp_path):
    (tmp_path / "file").write_text("x")
    for warehouse in ("http://127.0.0.1:1", "embedded:file"):
        said = process("run", log, "--warehouse", warehouse)
        assert said.code == 4 and "error: the warehouse" in said.err and not said.out
    said = process("alerts", "--warehouse", tmp_path / "nothing")
    assert said.code == 4 and "there is no warehouse" in said.err
    assert not (tmp_path / "nothing").exists(), "asking makes no store"


def test_policy_check_and_show_answer_people_and_programs(typed, tmp_path):
    import json

    policy = tmp_path / "policy.yaml"
    policy.write_text("layers:\n  - name: dairy\n    match: {category: DAIRY}\n    set: {lead_time: 36h}\n")
    items = tmp_path / "items.csv"
    items.write_text("sku,category\nmilk,DAIRY\n")
    assert re.search(
        r"is good: version [0-9a-f]{12}, 1 layer over the defaults", typed("policy", "check", policy).out
    )
    compiled = json.loads(typed("policy", "check", policy, "--json").out)
    assert [layer["name"] for layer in compiled["layers"]] == ["defaults", "dairy"]
    shown = typed("policy", "show", policy, "milk", "330", "--catalogue", items)
    assert re.search(r"lead_time_days +1\.5 +dairy", shown.out) and re.search(
        r"exit_ratio +0\.5 +defaults", shown.out
    )
    lines = typed("policy", "show", policy, "milk", "330", "--json").out.splitlines()
    assert {"name": "lead_time_days", "value": 7.0, "layer": "defaults"} in map(json.loads, lines)
    assert json.loads(typed("policy", "schema").out)["title"] == "Lowtide policy"


def test_settings_are_shown_with_their_source(typed, tmp_path, monkeypatch):
    import json

    (tmp_path / "lowtide.yaml").write_text("workers: 2\n")
    monkeypatch.setenv("LOWTIDE_PIPELINE", "shop")
    said = typed("settings")
    assert re.search(r"workers +2 +lowtide\.yaml ", said.out)
    assert re.search(r"pipeline +shop +LOWTIDE_PIPELINE ", said.out)
    rows = [json.loads(line) for line in typed("settings", "--json").out.splitlines()]
    assert all(set(row) == {"name", "value", "source", "meaning"} for row in rows)


def test_a_warehouse_that_is_served_does_not_take_the_address_of_clients_for_its_own(
    typed, monkeypatch
) -> None:
    monkeypatch.setenv("LOWTIDE_WAREHOUSE", "http://writer@127.0.0.1:8123")
    said = typed("warehouse", "--listen", "192.0.2.1:0")
    assert said.code == 2 and "there is no token" in said.err, "it gets as far as to listen"
    said = typed("warehouse", "--listen", "192.0.2.1:0", "--warehouse", "http://writer@127.0.0.1:8123")
    assert said.code == 2 and "is a server already" in said.err, "who types it is told"


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_what_is_asked_first_loads_little(option: str) -> None:
    """Help took two seconds: it loaded every command, and with them the columns, the settings and the broker's library."""
    code = "import sys\nfrom lowtide.cli.main import main\n"
    code += f"try: main(['{option}'])\nfinally: print(*sys.modules, file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    loaded = set(done.stderr.split())
    heavy = {"pyarrow", "numpy", "pydantic", "confluent_kafka", "chdb", "clickhouse_connect", "bytewax", "structlog",
             "rich.console", "lowtide.settings", "lowtide._native", "yaml"}  # fmt: skip
    assert not loaded & heavy and "lowtide" in done.stdout
    ours = {"main", "application", "commands", "help"} if option == "--help" else {"main"}
    assert {name for name in loaded if name.startswith("lowtide.cli.")} == {
        f"lowtide.cli.{name}" for name in ours
    }
    assert "lowtide.words.tables" not in loaded and len(loaded) < (500 if option == "--help" else 120)


def test_the_list_of_commands_says_what_the_commands_say() -> None:
    root: Any = typer.main.get_command(application())
    listed: Any = typer.main.get_command(application(""))
    assert sorted(root.commands) == sorted(listed.commands)
    for name, command in root.commands.items():
        assert _paragraphs(command)[0] == _paragraphs(listed.commands[name])[0], (
            f"write it into cli/commands.py: {name}"
        )
