"""`lowtide sql`: ClickHouse SQL on the warehouse, for reading."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from lowtide.cli.alerts import WarehouseOption
from lowtide.errors import LowtideError
from lowtide.warehouse import Warehouse, open_warehouse
from lowtide.warehouse.guard import answer

WELCOME = """\
ClickHouse SQL, read-only; end a query with `;`, leave with Ctrl-D.
For instance: SHOW TABLES;   DESCRIBE ledger;   SELECT type, count() FROM alert_current GROUP BY type;"""


def sql(
    query: Annotated[
        str | None, typer.Argument(metavar="[QUERY]", help="Without it: a prompt, or standard input.")
    ] = None,
    format_: Annotated[
        str | None,
        typer.Option("--format", metavar="F", help="A ClickHouse format: JSONEachRow, CSVWithNames, …"),
    ] = None,
    warehouse: WarehouseOption = "embedded:",
) -> None:
    """Ask the warehouse in ClickHouse SQL; it can only be read.

    Examples:

        lowtide sql "SELECT type, count() FROM alert_current GROUP BY type"

        lowtide sql "SELECT * FROM ledger FINAL LIMIT 3" --format JSONEachRow

        lowtide sql < report.sql
    """
    fmt = format_ or ("PrettyCompact" if sys.stdout.isatty() else "TabSeparatedWithNames")
    with open_warehouse(warehouse) as opened, opened.reader() as reader:
        if query is None and sys.stdin.isatty():
            prompt(reader, fmt)
        else:
            _print(answer(reader, query if query is not None else sys.stdin.read(), fmt))


def _print(output: bytes) -> None:
    sys.stdout.flush()
    sys.stdout.buffer.write(output)
    sys.stdout.buffer.flush()


def prompt(reader: Warehouse, fmt: str) -> None:
    """Ask for queries until Ctrl-D or `exit`; one that fails is no reason to leave."""
    from prompt_toolkit import PromptSession
    from prompt_toolkit.history import FileHistory

    history = Path(typer.get_app_dir("lowtide")) / "sql_history"
    history.parent.mkdir(parents=True, exist_ok=True)
    session: PromptSession[str] = PromptSession(history=FileHistory(str(history)))
    print(WELCOME)
    typed = ""
    while True:
        try:
            typed += session.prompt("lowtide> " if not typed else "    ...> ") + "\n"
        except KeyboardInterrupt:
            typed = ""
            continue
        except EOFError:
            return
        if typed.strip() in {"exit", "quit", "\\q"}:
            return
        if typed.strip().endswith(";"):
            _run(reader, typed, fmt)
            typed = ""
        elif not typed.strip():
            typed = ""


def _run(reader: Warehouse, query: str, fmt: str) -> None:
    try:
        _print(answer(reader, query, fmt))
    except LowtideError as error:
        print(error)
