"""`databases.yaml`: every mistake at once with its line and column, and never a password."""

from __future__ import annotations

from pathlib import Path

import pytest

from lowtide.errors import SettingsError
from lowtide.intake.tables.address import driver_of, engine_of, reason_of
from lowtide.intake.tables.settings import load_tables

GOOD = """\
tables:
  - name: moves
    url: postgresql://lowtide:${ERP_PASSWORD}@db/erp
    table: public.stock_move
    map: odoo
    mode: postgres
  - {name: stock, url: "mysql://db/erp", query: "SELECT * FROM stock WHERE place = ':a'", map: u8, mode: whole}
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "databases.yaml"
    path.write_text(text)
    return path


def test_tables_and_their_usual_pace(tmp_path: Path) -> None:
    moves, stock = load_tables(written(tmp_path, GOOD), {"ERP_PASSWORD": "p@ss/1"})
    assert moves.url.reveal() == "postgresql://lowtide:p%40ss%2F1@db/erp"
    assert (moves.every_s, stock.every_s) == (10, 3600)


def test_all_mistakes_with_line_and_column(tmp_path: Path) -> None:
    text = """\
tables:
  - name: Moves
    url: postgresql://db/erp
    tabel: moves
    map: odoo
    mode: id
  - {name: b, url: "sqlite://", table: t, map: m, mode: lookback}
"""
    with pytest.raises(SettingsError) as caught:
        load_tables(written(tmp_path, text), {})
    lines = caught.value.message.splitlines()
    assert [line.partition("databases.yaml:")[2] for line in lines] == [
        "2:5: `name`: use small letters, digits and `-`, at most 64",
        "4:5: unknown word `tabel`: did you mean `table`?",
        "6:5: `mode`: use one of postgres, rowversion, lookback, whole",
    ]


def test_what_a_mode_needs(tmp_path: Path) -> None:
    text = """\
tables:
  - {name: a, url: "sqlite://${DB}", table: t, query: q, map: m, mode: lookback}
  - {name: a, url: "sqlite://", table: t, map: m, mode: postgres, time: at}
  - {name: c, url: "postgresql://h/d", table: t, map: m, mode: rowversion}
"""
    with pytest.raises(SettingsError) as caught:
        load_tables(written(tmp_path, text), {})
    said = caught.value.message
    for sentence in (
        "2:15: the environment variable `DB` is not set",
        "write either `table` or `query`",
        "needs `time: COLUMN` and `lookback: 15m`",
        "two tables have the name `a`",
        "`time` and `lookback` come together",
        "reads a PostgreSQL server",
        "`mode: rowversion` needs `rowversion: COLUMN`",
        "reads a SQL Server",
    ):
        assert sentence in said


def test_a_password_is_never_shown(tmp_path: Path) -> None:
    text = GOOD.replace("${ERP_PASSWORD}", "hunter2").replace("mode: postgres", "mode: postgers")
    with pytest.raises(SettingsError) as caught:
        load_tables(written(tmp_path, text), {})
    assert "hunter2" not in str(caught.value)
    for url in ("nonsense:hunter2@db", "postgresql://u:hunter2@db:port/x", "oracle+nothing://u:hunter2@db/x"):
        with pytest.raises(SettingsError) as caught:
            engine_of(url, "moves")
        assert "hunter2" not in str(caught.value)
    assert "hunter2" not in reason_of(OSError("cannot reach postgresql://u:hunter2@db/erp"))


def test_addresses_without_a_driver() -> None:
    assert driver_of("mysql://db/erp") == "mysql+pymysql://db/erp"
    assert driver_of("mssql+pyodbc://db/erp") == "mssql+pyodbc://db/erp"
