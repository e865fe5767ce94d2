"""`lowtide warehouse`: one process has the embedded store, all others ask it over HTTP."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lowtide.cli.help import App
from lowtide.cli.options import WarehouseOption
from lowtide.cli.warehouse_docs import docs
from lowtide.errors import SettingsError
from lowtide.operation.screen import echo
from lowtide.secret import Secret
from lowtide.warehouse import Warehouse

app = App(invoke_without_command=True, no_args_is_help=False)
app.command("docs")(docs)
_DEFAULT = "127.0.0.1:8123"


def _token(name: str, file: Path | None, value: str | None) -> Secret[str] | None:
    if file is not None:
        try:
            value = file.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            why = getattr(error, "strerror", None) or "it is not text"
            raise SettingsError(
                f"the {name}'s token cannot be read from `{file}`: {why}", "It is the file's only line."
            ) from error
    if value is None:
        return None
    token = value.strip()
    if len(token) < 16 or not token.isascii() or not token.isprintable():
        raise SettingsError(
            f"the {name}'s token has {len(token)} characters, or odd ones",
            "It needs 16 or more of ASCII: `openssl rand -hex 24 > token`.",
        )
    return Secret(token)


@app.callback()
def warehouse(
    context: typer.Context,
    warehouse: WarehouseOption = "embedded:",
    listen: Annotated[
        str,
        typer.Option(
            metavar="HOST:PORT", envvar="LOWTIDE_LISTEN", help="Where to listen; port 0: a free one."
        ),
    ] = _DEFAULT,
    writer_token_file: Annotated[
        Path | None,
        typer.Option(
            metavar="F", envvar="LOWTIDE_WRITER_TOKEN_FILE", help="File with the password of `writer`."
        ),
    ] = None,
    reader_token_file: Annotated[
        Path | None,
        typer.Option(
            metavar="F", envvar="LOWTIDE_READER_TOKEN_FILE", help="File with the password of `reader`."
        ),
    ] = None,
    writer_token: Annotated[
        str | None, typer.Option(envvar="LOWTIDE_WRITER_TOKEN", hidden=True, help="The password itself.")
    ] = None,
    reader_token: Annotated[
        str | None, typer.Option(envvar="LOWTIDE_READER_TOKEN", hidden=True, help="The password itself.")
    ] = None,
    reader_seconds: Annotated[
        float | None,
        typer.Option(min=0.1, envvar="LOWTIDE_READER_SECONDS", help="A reader's query runs no longer; 60."),
    ] = None,
    reader_memory_mb: Annotated[
        int | None,
        typer.Option(min=16, envvar="LOWTIDE_READER_MEMORY_MB", help="Memory of a reader's query; 2048."),
    ] = None,
    reader_rows: Annotated[
        int | None,
        typer.Option(min=1, envvar="LOWTIDE_READER_ROWS", help="Rows of a reader's answer; 10 million."),
    ] = None,
    reader_result_mb: Annotated[
        int | None,
        typer.Option(min=1, envvar="LOWTIDE_READER_RESULT_MB", help="Size of a reader's answer; 1024."),
    ] = None,
    reader_queries: Annotated[
        int | None,
        typer.Option(
            min=1, envvar="LOWTIDE_READER_QUERIES", help="Readers' queries that run at once; half the cores."
        ),
    ] = None,
    log: Annotated[bool, typer.Option("--log", help="A line on standard error for each request.")] = False,
) -> None:
    """Serve the embedded store to other programs, as a ClickHouse server would.

    One process has the store; runs, analysts and dashboards ask it over HTTP, with any client of ClickHouse.
    It ends with SIGTERM or Ctrl-C, when what runs has finished.

    Examples:

        lowtide warehouse

        lowtide run sales.jsonl --warehouse http://127.0.0.1:8123

        curl 'http://reader@127.0.0.1:8123/?query=SELECT+count()+FROM+alert_current'

        lowtide warehouse --listen 0.0.0.0:8123 --writer-token-file w.token --reader-token-file r.token
    """
    if context.invoked_subcommand is not None:
        return
    # ClickHouse takes a second to load; `--help` need not wait for it.
    from lowtide.warehouse.http import Options, serve
    from lowtide.warehouse.http.limits import Limits
    from lowtide.warehouse.http.users import Tokens

    tokens = Tokens(
        _token("writer", writer_token_file, writer_token), _token("reader", reader_token_file, reader_token)
    )
    limited = {
        "seconds": reader_seconds, "memory_mb": reader_memory_mb, "rows": reader_rows,
        "result_mb": reader_result_mb, "queries": reader_queries,
    }  # fmt: skip
    limits = Limits(**{name: value for name, value in limited.items() if value is not None})  # type: ignore[arg-type]

    def ready(address: str, opened: Warehouse) -> None:
        echo(_welcome(address, opened, tokens.any))

    serve(Options(_folder(context, warehouse), listen, tokens, limits, log), ready)


def _folder(context: typer.Context, warehouse: str) -> str:
    """What to serve. `LOWTIDE_WAREHOUSE` may tell clients of this machine the address of this very server."""
    source = context.get_parameter_source("warehouse")
    told_to_clients = source is not None and source.name == "ENVIRONMENT" and warehouse.startswith("http")
    return "embedded:" if told_to_clients else warehouse


def _welcome(address: str, opened: Warehouse, tokens: bool) -> str:
    """Where it listens, and how a client gets there."""
    password = ":TOKEN" if tokens else ""
    at = address.removeprefix("http://")
    return "\n".join(
        (
            f"The warehouse `{opened.address.shown}` listens on {address}",
            f"  write   lowtide run SOURCE --warehouse http://writer{password}@{at}",
            f"  read    lowtide alerts --warehouse http://reader{password}@{at}",
            f"  curl    curl 'http://reader{password}@{at}/?query=SELECT+count()+FROM+alert_current'",
            f"  Python  clickhouse_connect.get_client(dsn='http://reader{password}@{at}/{opened.database}')",
        )
    )
