"""The `lowtide` command: every command in one place, every error with its exit code and what to do next."""

from __future__ import annotations

import sys
from typing import Annotated

import typer
from rich.console import Console

from lowtide import __version__
from lowtide.errors import LowtideError

app = typer.Typer(
    name="lowtide",
    help="Real-time projected inventory and explained alerts for retailers.\n\nStart with `lowtide demo`.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(show: bool) -> None:
    if show:
        typer.echo(f"lowtide {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Real-time projected inventory and explained alerts for retailers. Start with `lowtide demo`."""


def _register() -> None:
    from lowtide.cli import (
        act,
        alerts,
        dashboards,
        demo,
        doctor,
        explain,
        generate,
        policy,
        position,
        rejects,
        replay,
        report,
        run,
        settings,
        sql,
        state,
        topics,
        warehouse,
    )

    app.command("run")(run.run)
    app.command("replay")(replay.replay)
    app.command("alerts")(alerts.alerts)
    app.command("explain")(explain.explain)
    app.command("position")(position.position)
    app.command("sql")(sql.sql)
    app.command("report")(report.report)
    for action in act.COMMANDS:
        app.command(action.__name__)(action)
    app.add_typer(warehouse.app, name="warehouse")
    app.add_typer(policy.app, name="policy")
    app.add_typer(state.app, name="state")
    app.add_typer(rejects.app, name="rejects")
    app.add_typer(dashboards.app, name="dashboards")
    app.command("generate")(generate.generate)
    app.command("demo")(demo.demo)
    app.command("heartbeat")(topics.heartbeat)
    app.command("repartition")(topics.repartition)
    app.command("doctor")(doctor.doctor)
    app.command("settings")(settings.settings)


def main(arguments: list[str] | None = None) -> int:
    """Runs a command. Exit codes: 0 good, 1 the job failed, 2 usage or settings, 3 input, 4 warehouse or broker."""
    if not app.registered_commands:
        _register()
    try:
        app(args=arguments, standalone_mode=True)
    except LowtideError as error:
        console = Console(stderr=True, highlight=False, soft_wrap=True)
        console.print(f"error: {error.message}", style="bold red", markup=False)
        if error.hint:
            console.print(error.hint, markup=False)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    return 0


if __name__ == "__main__":
    main()
