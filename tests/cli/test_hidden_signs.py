"""A stranger fills every text field with signs that a terminal obeys; no command hands one of them to a terminal.

What was seen before: an SKU with ESC cleared the screen of `lowtide alerts`, and one with a line end wrote an error of ours.
"""

from __future__ import annotations

import ast
import csv
import json
import os
import pty
import re
import subprocess
import unicodedata
from pathlib import Path

import pytest

from lowtide import cli
from lowtide.words.visible import visible
from tests.launcher import python

EVIL = "x\x1b[2J\nFORGED\u202e\u2028\x9b1m\u200b=cmd[red]"
FORMULA = "=cmd|' /C calc'!A0"
COMMANDS = [
    ["replay", "log.jsonl", "--catalogue", "catalogue.csv"],
    ["run", "log.jsonl", "--catalogue", "catalogue.csv", "--locations", "locations.csv", "--warehouse", "store",
     "--state", "state"],
    ["alerts", "--warehouse", "store"],
    ["alerts", "--warehouse", "store", "--all", "--lang", "zh"],
    ["explain", "ID", "--warehouse", "store"],
    ["position", f"S{EVIL}", f"L{EVIL}", "--warehouse", "store"],
    ["ack", "ID", "--as", f"chen{EVIL}", "-m", f"seen{EVIL}", "--warehouse", "store"],
    ["assign", "ID", "--to", f"wu{EVIL}", "-m", EVIL, "--warehouse", "store"],
    ["note", "ID", "--as", EVIL, "-m", EVIL, "--warehouse", "store"],
    ["snooze", "ID", "--for", "2h", "--as", EVIL, "-m", EVIL, "--warehouse", "store"],
    ["silence", "add", f"location=L{EVIL}", "--for", "1d", "--reason", f"works{EVIL}", "--as", EVIL, "--warehouse", "store"],
    ["silence", "ls", "--warehouse", "store"],
    ["rejects", "ls", "--warehouse", "store"],
    ["rejects", "ls", "--counts", "--warehouse", "store"],
    ["report", "--warehouse", "store", "--html", "report.html"],
    ["proposals", "ls", "--warehouse", "store"],
    ["policy", "show", "policy.yaml", f"S{EVIL}", f"L{EVIL}", "--catalogue", "catalogue.csv"],
    ["policy", "check", f"no{EVIL}.yaml"],
    ["state", "ls", "state"],
    ["sql", "SELECT * FROM alert_current", "--warehouse", "store", "--format", "PrettyCompact"],
    ["sql", "SELECT sku FROM alert_current", "--warehouse", "store"],
    ["sql", "SELECT sku, comment FROM alert_act", "--warehouse", "store", "--format", "TabSeparated"],
    ["sql", f"SELECT '{EVIL}' FROM nowhere", "--warehouse", "store"],
    ["map", "guess", "foreign.csv", "--zone", "UTC", "--kind", "sale", "--location", "L1"],
    ["people", "check", "people.yaml"],
    ["people", "duty", "--people", "people.yaml"],
    ["people", "show", "ID", "--people", "people.yaml", "--warehouse", "store"],
    ["desk", "--once", "--people", "people.yaml", "--clock", "log", "--warehouse", "store", "--desk", "desk"],
    ["desk", "explain", "ID", "--desk", "desk", "--people", "people.yaml"],
    ["run", f"no{EVIL}.jsonl", "--warehouse", "none"],
]  # fmt: skip
"""In this order, in one process. ID is the id of the first alert that is open."""

CODE = """
import json, sys
from lowtide.cli.main import main
first = ""
for number, command in enumerate(json.loads(sys.argv[1])):
    command = [first if word == "ID" else word for word in command]
    print(f"@@{number}", flush=True)
    try:
        main(command)
    except SystemExit as stop:
        if stop.code and command[0] not in sys.argv[2].split(",") and "no" != command[-1][:2]:
            print("CODE", stop.code, flush=True)
    if command[0] == "run" and not first:
        from lowtide.warehouse import open_warehouse
        with open_warehouse("store") as opened:
            first = opened.rows("SELECT alert_id FROM lowtide.alert_open ORDER BY alert_id LIMIT 1")[0]["alert_id"]
"""


def movements() -> list[dict[str, str]]:
    """Three days of a shop that runs out, in words of a stranger."""
    names = {"source": "till", "sku": "S", "location": "L", "ref": "r", "reason": "y", "counterparty": "c"}
    text = {name: f"{start}{EVIL}" for name, start in names.items()}
    rows = [
        {**text, "id": f"{at}{EVIL}", "kind": "sale" if at else "count", "quantity": "40" if at == 0 else "2",
         "event_time": f"2026-11-{1 + at // 8:02d}T{8 + at % 8:02d}:00:00Z"}
        for at in range(60)
    ]  # fmt: skip
    bad = [("kind", EVIL), ("quantity", EVIL), ("event_time", EVIL), ("unit_value", EVIL), ("of", EVIL)]
    return rows + [{**rows[-1], "id": f"bad{name}{EVIL}", name: value} for name, value in bad]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("evil")
    lines = [json.dumps(row) for row in movements()] + [f"no record {EVIL!s}".replace("\n", " ")]
    (folder / "log.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    tables = {
        "catalogue.csv": (
            ["sku", "name", "category", "supplier", "unit_price"],
            [f"S{EVIL}", *[EVIL] * 3, "2"],
        ),
        "locations.csv": (["location", "name", "region"], [f"L{EVIL}", EVIL, EVIL]),
        "foreign.csv": (["day", f"item{EVIL}", "sold", FORMULA], ["2026-11-01", EVIL, "3", FORMULA]),
    }
    for name, rows in tables.items():
        with (folder / name).open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(rows)
    (folder / "policy.yaml").write_text("version: 1\ndefaults: {lead_time: 2d}\n", "utf-8")
    people = {
        "time_zone": "UTC",
        "people": {"chen": {"name": f"Chen{EVIL}", "contacts": ["console"]}},
        "teams": {"dairy": {"lead": "chen", "members": ["chen"], "fallback": "chen"}},
        "routes": [{"to": "dairy"}],
    }
    (folder / "people.yaml").write_text(json.dumps(people), "utf-8")
    return folder


def said(shop: Path, commands: list[list[str]], *, terminal: bool) -> list[tuple[list[str], str]]:
    """What each command writes, on a terminal or into a pipe."""
    env = {**os.environ, "TERM": "dumb", "COLUMNS": "500", "NO_COLOR": "1", "LOWTIDE_LANG": "en"}
    allowed = "policy,people,sql"
    command = [*python(), "-c", CODE, json.dumps(commands), allowed]
    ours, theirs = pty.openpty() if terminal else os.pipe()
    with subprocess.Popen(command, cwd=shop, env=env, stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs):
        os.close(theirs)
        whole = b""
        while True:
            try:
                piece = os.read(ours, 65536)
            except OSError:
                break
            if not piece:
                break
            whole += piece
    os.close(ours)
    parts = re.split(r"@@(\d+)\r?\n", whole.decode("utf-8"))[1:]
    return [(commands[int(number)], text) for number, text in zip(parts[::2], parts[1::2], strict=True)]


def check(command: list[str], text: str) -> None:
    """Nothing in an answer moves a cursor, hides, or begins a line that the command did not begin."""
    allowed = "\n\r\t" if command[-1] in {"store", "TabSeparated"} else "\n\r"
    hidden = {sign for sign in text if unicodedata.category(sign) in {"Cc", "Cf", "Zl", "Zp"}}
    assert hidden <= set(allowed), (command, hidden, text)
    assert not re.search(r"^FORGED", text, re.MULTILINE), (command, text)
    assert "Traceback" not in text and "CODE" not in text, (command, text)


@pytest.fixture(scope="module")
def answers(shop: Path) -> list[tuple[list[str], str]]:
    return said(shop, COMMANDS, terminal=True)


def test_no_command_hands_a_hidden_sign_to_a_terminal(answers: list[tuple[list[str], str]]) -> None:
    assert len(answers) == len(COMMANDS), answers[-1]
    for command, text in answers:
        check(command, text)
    shown = "".join(text for command, text in answers if command[0] == "replay")
    assert f"S{visible(EVIL)}" in shown


def test_rows_for_a_pipe_have_one_line_each(shop: Path, answers: list[tuple[list[str], str]]) -> None:
    commands = [[*words, "--warehouse", "store"] for words in (["alerts"], ["rejects", "ls"])]
    for command, text in said(shop, commands, terminal=False):
        check(command, text)
        head, *rows = (line.count("\t") for line in text.strip("\n").split("\n"))
        assert len(rows) > 1 and set(rows) == {head}, (command, text)


def test_a_report_writes_hidden_signs_out(shop: Path, answers: list[tuple[list[str], str]]) -> None:
    html = (shop / "report.html").read_text("utf-8")
    assert not {sign for sign in html if unicodedata.category(sign) in {"Cc", "Cf", "Zl", "Zp"}} - {"\n"}
    assert visible(EVIL)[:8] in html


def test_every_command_writes_through_the_doors() -> None:
    """A sentence, a row or a table that goes another way would not be looked at."""
    for path in Path(cli.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module in {"rich.console", "rich.table"}:
                raise AssertionError(
                    f"{path.name}:{node.lineno}: use Screen and Listing of lowtide.operation.screen"
                )
            if isinstance(node, ast.Call) and ast.unparse(node.func) in {"typer.echo", "click.echo", "print"}:
                said = ast.unparse(node.args[0]) if node.args else ""
                assert re.match(r"as_json|orjson|f'|'", said) and ast.unparse(node.func) == "print", (
                    f"{path.name}:{node.lineno}: use echo or tabbed of lowtide.operation.screen"
                )
