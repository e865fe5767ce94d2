"""`lowtide ack`, `assign`, `start`, `resolve`, `close`, `reopen`, `note`: what a person does about an alert."""

from __future__ import annotations

import getpass
from typing import Annotated

import typer

from lowtide.actions import VERBS, Done, act
from lowtide.cli.alerts import WarehouseOption
from lowtide.errors import LowtideError
from lowtide.rows import moment
from lowtide.warehouse import open_warehouse, queries

Alerts = Annotated[
    list[str], typer.Argument(metavar="ALERT_ID…", help="One or more alerts, or the start of an id.")
]
Actor = Annotated[
    str,
    typer.Option("--as", metavar="NAME", envvar="LOWTIDE_ACTOR", help="Who does it; else your user name."),
]
Comment = Annotated[str, typer.Option("--comment", "-m", metavar="TEXT", help="What others should know.")]
At = Annotated[
    str, typer.Option("--at", metavar="TIME", help="When it was done, RFC 3339 with a zone; else now.")
]
Key = Annotated[
    str,
    typer.Option("--key", metavar="K", help="Your own name for the action: the same key again is a retry."),
]
Json = Annotated[bool, typer.Option("--json", help="The entry as a JSON object a line.")]


def ack(
    alert: Alerts, as_: Actor = "", comment: Comment = "", at: At = "", key: Key = "", json_: Json = False,
    warehouse: WarehouseOption = "embedded:",
) -> None:  # fmt: skip
    """Acknowledge alerts: somebody has seen them, and owns them from now on.

    Example:

        lowtide ack 01C07FGZ --as ana -m "calling the supplier"
    """
    _act("ack", alert, as_, warehouse, json_, comment=comment, at=at, key=key)


def assign(
    alert: Alerts,
    to: Annotated[str, typer.Option("--to", metavar="NAME", help="The one person who is accountable.")] = "",
    as_: Actor = "", comment: Comment = "", at: At = "", key: Key = "", json_: Json = False,
    warehouse: WarehouseOption = "embedded:",
) -> None:  # fmt: skip
    """Give alerts to the one person who is accountable for them.

    Example:

        lowtide assign 01C07FGZ --to ben
    """
    _act("assign", alert, as_, warehouse, json_, owner=to, comment=comment, at=at, key=key)


def start(
    alert: Alerts, as_: Actor = "", comment: Comment = "", at: At = "", key: Key = "", json_: Json = False,
    warehouse: WarehouseOption = "embedded:",
) -> None:  # fmt: skip
    """Say that work on alerts has begun.

    Example:

        lowtide start 01C07FGZ -m "transfer from store 31 is on its way"
    """
    _act("start", alert, as_, warehouse, json_, comment=comment, at=at, key=key)


def resolve(
    alert: Alerts, as_: Actor = "", comment: Comment = "", at: At = "", key: Key = "", json_: Json = False,
    warehouse: WarehouseOption = "embedded:",
) -> None:  # fmt: skip
    """Say that what alerts asked for has been done.

    Example:

        lowtide resolve 01C07FGZ -m "40 ordered, due Friday"
    """
    _act("resolve", alert, as_, warehouse, json_, comment=comment, at=at, key=key)


def close(
    alert: Alerts,
    feedback: Annotated[
        str,
        typer.Option(
            "--feedback", metavar="F",
            help="`right`: true and needed; `false`: not true; `unnecessary`: true, not needed.",
        ),
    ] = "",
    as_: Actor = "", comment: Comment = "", at: At = "", key: Key = "", json_: Json = False,
    warehouse: WarehouseOption = "embedded:",
) -> None:  # fmt: skip
    """Close alerts that are resolved, or that the data have ended, and say what they were worth.

    Example:

        lowtide close 01C07FGZ --feedback right
    """
    _act("close", alert, as_, warehouse, json_, feedback=feedback, comment=comment, at=at, key=key)


def reopen(
    alert: Alerts, as_: Actor = "", comment: Comment = "", at: At = "", key: Key = "", json_: Json = False,
    warehouse: WarehouseOption = "embedded:",
) -> None:  # fmt: skip
    """Take alerts up again that were resolved or closed too early.

    Example:

        lowtide reopen 01C07FGZ -m "the delivery was short"
    """
    _act("reopen", alert, as_, warehouse, json_, comment=comment, at=at, key=key)


def note(
    alert: Alerts, as_: Actor = "", comment: Comment = "", at: At = "", key: Key = "", json_: Json = False,
    warehouse: WarehouseOption = "embedded:",
) -> None:  # fmt: skip
    """Write down what others should know; nothing else changes.

    Example:

        lowtide note 01C07FGZ -m "shelf is empty, backroom is full"
    """
    _act("note", alert, as_, warehouse, json_, comment=comment, at=at, key=key)


def _act(
    verb: str, alerts: list[str], actor: str, warehouse: str, as_json: bool, *, at: str, key: str, comment: str,
    owner: str = "", feedback: str = "",
) -> None:  # fmt: skip
    """Do it to each alert; those that can be are, and the first that cannot is the error."""
    failed: list[LowtideError] = []
    when = moment(at) if at else None
    with open_warehouse(warehouse) as opened:
        for alert in alerts:
            try:
                done = act(
                    opened, alert, verb, actor or getpass.getuser(), owner=owner, feedback=feedback,
                    comment=comment, at=when, key=key or None,
                )  # fmt: skip
            except LowtideError as error:
                failed.append(error)
            else:
                print(queries.as_json(done.to_dict()) if as_json else _sentence(verb, done))
    for other in failed[1:]:
        typer.echo(f"error: {other}", err=True)
    if failed:
        raise failed[0]


def _sentence(verb: str, done: Done) -> str:
    again = ", as it was already" if done.repeated else ""
    owner = f", owner {done.standing.owner}" if done.standing.owner else ""
    return f"{done.alert_id} {VERBS[verb].done} by {done.action.actor}{owner}{again}"
