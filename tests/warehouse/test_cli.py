"""`lowtide alerts` and `lowtide sql` as a person types them."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import typer
from prompt_toolkit.application import create_app_session
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput
from rich.cells import cell_len
from typer.testing import CliRunner

from lowtide.cli.alerts import COLUMNS, alerts, draw
from lowtide.cli.sql import sql
from lowtide.cli.sql_output import FORMATS
from lowtide.cli.sql_prompt import Names, prompt
from lowtide.errors import SettingsError
from lowtide.operation.screen import Screen
from lowtide.warehouse import Warehouse, Writer, queries
from lowtide.warehouse.alert_ids import short_ids
from lowtide.words import Language

from .batches import LEDGER, POSITION, alert_id, batch, detail

app = typer.Typer()
app.command()(alerts)
app.command()(sql)


@pytest.fixture
def filled(warehouse: Warehouse, store: Path) -> str:
    with Writer(warehouse) as writer:
        writer.write(
            "ledger",
            batch(
                LEDGER,
                {"alert_id": alert_id(1), "sku": "7"},
                {"alert_id": alert_id(2), "severity": "critical", "detail": detail([1.0], [2.0])},
                {
                    "alert_id": alert_id(3),
                    "sku": "8",
                    "entry": "CLEARED",
                    "p_stockout": None,
                    "stockout_p50": None,
                },
            ),
        )
    return str(store)


def said(*arguments: str, typed: str | None = None) -> str:
    result = CliRunner().invoke(app, list(arguments), input=typed, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_alerts_for_a_pipe(filled: str) -> None:
    head, *rows = (line.split("\t") for line in said("alerts", "--warehouse", filled).splitlines())
    assert head == [column.name for column in COLUMNS if column.text]
    assert [row[-1] for row in rows] == [alert_id(2), alert_id(1)], "most expected loss first"
    assert rows[0] == [
        "critical", "projected_stockout", "330", "1004906", "20", "0", "", "73%", "7", "6.00",
        "2026-11-22 12:00", "open", "new", "", "", alert_id(2),
    ]  # fmt: skip
    closed = said("alerts", "--all", "--warehouse", filled).splitlines()[3].split("\t")
    assert closed[7:9] == ["", ""] and closed[11] == "cleared"


def test_alerts_as_json(filled: str) -> None:
    lines = [
        json.loads(line)
        for line in said("alerts", "--json", "--limit", "1", "--warehouse", filled).splitlines()
    ]
    assert [(line["alert_id"], line["expected_loss"]) for line in lines] == [(alert_id(2), 6.0)]


def test_alerts_from_the_environment(filled: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOWTIDE_WAREHOUSE", filled)
    assert said("alerts", "--severity", "critical").count("\n") == 2


def test_help_shows_an_example() -> None:
    assert "lowtide alerts --severity critical" in said("alerts", "--help")
    assert "lowtide sql < report.sql" in said("sql", "--help")


def test_a_query_as_argument_and_on_standard_input(filled: str) -> None:
    query = "SELECT severity, count() AS n FROM alert_current GROUP BY 1 ORDER BY 1"
    assert said("sql", query, "--warehouse", filled) == "severity\tn\ncritical\t1\nwatch\t2\n"
    assert said(
        "sql", "--warehouse", filled, "--format", "JSONEachRow", typed=query + ";\n"
    ).splitlines() == [
        '{"severity":"critical","n":1}',
        '{"severity":"watch","n":2}',
    ]
    with pytest.raises(SettingsError, match="read-only"):
        said("sql", "DROP TABLE ledger", "--warehouse", filled)


def test_on_a_terminal_alerts_are_a_table(filled: str, warehouse: Warehouse) -> None:
    paper = StringIO()
    console = Screen(file=paper, width=200, force_terminal=True, color_system="standard")
    rows = queries.alerts(warehouse)
    draw(rows, short_ids(warehouse, [row["alert_id"] for row in rows]), console, Language("en"))
    draw([], {}, console, Language("en"))
    drawn = paper.getvalue()
    assert drawn.index(alert_id(2)) < drawn.index(alert_id(1))
    assert "\x1b[" in drawn and "critical" in drawn, "colour, and never colour alone"
    assert f"`lowtide explain {alert_id(2)}`" in drawn and "No alert matches" in drawn


def test_on_a_terminal_alerts_have_names_words_and_the_time_of_the_shop(
    filled: str, warehouse: Warehouse
) -> None:
    named = {"name": "香蕉" * 20, "place": "Nord", "zone": "Asia/Shanghai"}
    rows = [{**row, **named} for row in queries.alerts(warehouse)]
    short = short_ids(warehouse, [row["alert_id"] for row in rows])
    for lang, words in (
        ("en", ("Nord", "22 Nov 2026 20:00 Asia/Shanghai", "projected stockout", "2 alerts. `lowtide")),
        ("zh", ("门店名称", "2026年11月22日 20:00 Asia/Shanghai", "预计缺货", "紧急", "共 2 个告警。")),
    ):
        paper = StringIO()
        draw(rows, short, Screen(file=paper, width=250, color_system=None), Language(lang))
        assert all(word in paper.getvalue() for word in words), paper.getvalue()
        assert "香蕉" * 5 + "香…" in paper.getvalue()
        assert len({cell_len(line) for line in paper.getvalue().splitlines()[1:3]}) == 1


def test_a_narrow_terminal_leaves_columns_out_and_cuts_none(warehouse: Warehouse) -> None:
    """At 80 columns every column was cut to a few characters, so that no id could be read."""
    ids = ["01KAAAAAAA" + "0" * 16, "01KAAAAABB" + "0" * 16, "01KBBBBBBB" + "0" * 16]
    with Writer(warehouse) as writer:
        writer.write(
            "ledger",
            batch(
                LEDGER,
                *({"alert_id": one, "sku": f"100490{at}", "on_order": 5} for at, one in enumerate(ids)),
            ),
        )
        writer.write("position", batch(POSITION, {"sku": "1004901", "on_order": 41, "available": "17.5"}))
    rows = queries.alerts(warehouse)
    short = short_ids(warehouse, ids)
    assert short == dict(zip(ids, ["01KAAAAAA", "01KAAAAAB", "01KBBBBB"], strict=True))
    for beginning, whole in zip(short.values(), ids, strict=True):
        assert queries.alert_id(warehouse, beginning) == whole
    lines: dict[int, list[str]] = {}
    for width in (200, 80, 40, 10):
        paper = StringIO()
        draw(rows, short, Screen(file=paper, width=width, color_system=None), Language("en"))
        head, first, second, third, *_ = lines[width] = paper.getvalue().splitlines()
        assert "…" not in head + first + second + third
        for line, beginning in zip((first, second, third), short.values(), strict=True):
            assert line.split()[-1] == beginning, width
    assert lines[80][0].split() == [
        "severity",
        "type",
        "location",
        "SKU",
        "available",
        "on",
        "order",
        "alert",
        "id",
    ]
    assert lines[200][0].split() == [
        "severity", "type", "location", "SKU", "available", "on", "order", "since", "alert", "chance", "out", "in",
        "days", "opened", "at", "status", "state", "alert", "id",
    ], "nobody owns one, and no loss is known"  # fmt: skip
    assert "17.5        41  -2.5 available, +36 on order" in lines[200][2].replace("−", "-")
    assert [len(lines[width][0].split()) for width in (40, 10)] == [4, 2]


def test_the_prompt_takes_queries_over_lines_survives_an_error_and_remembers(
    filled: str,
    warehouse: Warehouse,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    typed = (
        "\\save x.csv\rSELECT 41 + 1\rAS answer;\rDROP TABLE ledger;\rSELECT 2 AS two;\r"
        f"\\save {tmp_path}/two.csv\r\\format CSV\rSELECT 'three';\r\\nonsense\rexit\r"
    )
    with create_pipe_input() as keys, create_app_session(input=keys, output=DummyOutput()):
        keys.send_text(typed)
        with warehouse.reader() as reader:
            prompt(reader, "JSONEachRow")
    said = capfdbinary.readouterr().out
    assert b'{"answer":42}' in said and b'{"two":2}' in said and b"a reader's query is read-only" in said
    assert b'"three"' in said and b"there is no answer yet" in said and b"not a command" in said
    assert (tmp_path / "two.csv").read_text() == '"two"\n2\n'
    assert "AS answer;" in (tmp_path / "lowtide" / "sql_history").read_text()


@pytest.mark.parametrize("ending", FORMATS)
def test_an_answer_goes_to_a_file_by_its_ending(filled: str, tmp_path: Path, ending: str) -> None:
    file = tmp_path / f"alerts{ending}"
    said(
        "sql",
        "SELECT location, count() AS n FROM ledger GROUP BY location",
        "-o",
        str(file),
        "--warehouse",
        filled,
    )
    if ending == ".parquet":
        assert pq.read_table(file).to_pylist() == [{"location": "330", "n": 3}]
    elif ending == ".arrow":
        assert pa.ipc.open_file(file).read_all().to_pylist() == [{"location": "330", "n": 3}]
    else:
        assert "330" in file.read_text() and "location" in file.read_text()
    assert [found.name for found in tmp_path.iterdir()] == [file.name], "no part is left behind"


def test_a_file_that_says_no_format_or_cannot_be_written_is_an_error(filled: str, tmp_path: Path) -> None:
    for name in ("alerts.xyz", "no/such/folder/alerts.csv"):
        with pytest.raises(SettingsError):
            said("sql", "SELECT 1", "-o", str(tmp_path / name), "--warehouse", filled)
    said("sql", "SELECT 1", "-o", str(tmp_path / "one.xyz"), "--format", "CSV", "--warehouse", filled)
    assert (tmp_path / "one.xyz").read_text() == "1\n"


def test_names_complete_columns_of_the_tables_named_first(warehouse: Warehouse) -> None:
    with warehouse.reader() as reader:
        names = Names.of(reader)

    def complete(text: str) -> list[str]:
        return [one.text for one in names.get_completions(Document(text), CompleteEvent())]

    assert complete("SELECT * FROM led")[0] == "ledger"
    assert complete("SELECT * FROM reject WHERE mes")[0] == "message"
    assert "SELECT" in complete("SEL") and "select" in complete("sel")
    assert "toStartOfMonth" in complete("SELECT toStartOfMo")
    found = complete("SELECT s")
    assert len(found) == len(set(found)) and "sku" in found


def test_csv_holds_no_formula_unless_it_is_asked_for_raw(filled: str, tmp_path: Path) -> None:
    texts = "['=1+1', '-2', '+3', '@x', '\\tx', '＝1', 'a=\"b\"', '']"
    query = f"SELECT arrayJoin({texts}) AS text, -5 AS n, toDecimal64(-2.5, 2) AS d"
    shown = ["'=1+1", "'-2", "'+3", "'@x", "'\tx", "'＝1", 'a=""b""', ""]
    safe = '"text","n","d"\n' + "".join(f'"{text}",-5,-2.5\n' for text in shown)
    assert said("sql", query, "--format", "CSVWithNames", "--warehouse", filled) == safe
    assert said("sql", f"{query} FORMAT CSVWithNames", "--warehouse", filled) == safe
    file = tmp_path / "texts.csv"
    said("sql", query, "--output", str(file), "--warehouse", filled)
    assert file.read_text("utf-8") == safe
    raw = safe.replace("\"'", '"')
    said("sql", query, "--output", str(file), "--raw", "--warehouse", filled)
    assert file.read_text("utf-8") == raw
    assert said("sql", query, "--format", "CSVWithNames", "--raw", "--warehouse", filled) == raw


def test_tsv_holds_no_formula_unless_a_program_asks(filled: str, tmp_path: Path) -> None:
    """TSV does not say which cells are text: what can only be a number stays a number. A pipe is for a program."""
    query = (
        "SELECT arrayJoin(['=1+1', '-2', '-2+cmd', '@x', 'a\tb']) AS text, -5 AS n, toDecimal64(-2.5, 2) AS d"
    )
    raw = "text\tn\td\n" + "".join(f"{text}\t-5\t-2.5\n" for text in ["=1+1", "-2", "-2+cmd", "@x", r"a\tb"])
    safe = raw.replace("=1", "'=1").replace("-2+", "'-2+").replace("@", "'@")
    for name in ("TSVWithNames", "TabSeparatedWithNames"):
        assert said("sql", query, "--format", name, "--warehouse", filled) == safe
        assert said("sql", query, "--format", name, "--raw", "--warehouse", filled) == raw
    assert said("sql", f"{query} FORMAT TSVWithNames", "--warehouse", filled) == safe
    assert said("sql", query, "--warehouse", filled) == raw
    said("sql", query, "--output", str(tmp_path / "texts.tsv"), "--warehouse", filled)
    assert (tmp_path / "texts.tsv").read_text("utf-8") == safe
