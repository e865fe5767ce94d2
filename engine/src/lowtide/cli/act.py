"""`lowtide ack`, `assign`, `start`, `resolve`, `close`, `reopen`, `note`: what a person does about an alert.

The seven commands have one shape, so they are made from one function and the table `HELP`.
"""

from __future__ import annotations

import getpass
import inspect
from collections.abc import Callable
from typing import Annotated

import typer

from lowtide.actions import VERBS, ActionResult, act_many
from lowtide.actions.life import TAKES
from lowtide.cli.options import ActorOption, LangOption, WarehouseOption, language_of
from lowtide.errors import LowtideError
from lowtide.operation.screen import echo
from lowtide.rows import as_json, moment
from lowtide.warehouse import open_warehouse
from lowtide.words import Language

HELP = {
    "ack": (
        "Acknowledge alerts: you have seen them, and own them from now on, also if they were a colleague's.",
        '--as ana -m "calling the supplier"',
    ),
    "assign": ("Give alerts to the one person who is accountable for them.", "--to ben"),
    "start": (
        "Say that work on alerts has begun; you own them from now on.",
        '-m "transfer from store 31 is on its way"',
    ),
    "resolve": ("Say that what alerts asked for has been done.", '-m "40 ordered, due Friday"'),
    "close": (
        "Close alerts that are resolved, or that the data have ended, and say what they were worth.",
        "--feedback right",
    ),
    "reopen": ("Take alerts up again that were resolved or closed too early.", '-m "the delivery was short"'),
    "note": (
        "Write down what others should know; nothing else changes.",
        '-m "shelf is empty, backroom is full"',
    ),
}
"""What each verb does, and the options of its example."""
ONLY = {"to": ("assign",), "feedback": ("close",), "for_": TAKES}
"""The options that belong to some verbs only."""


def command(verb: str) -> Callable[..., None]:
    """The command of a verb, with the options that this verb has.

    It acts on all its alerts with one insert: those that can be changed are, and the first that cannot is the error.
    """

    def run(
        alert: Annotated[
            list[str], typer.Argument(metavar="ALERT_ID…", help="One or more alerts, or the start of an id.")
        ],
        to: Annotated[
            str, typer.Option("--to", metavar="NAME", help="The one person who is accountable.")
        ] = "",
        for_: Annotated[
            str,
            typer.Option(
                "--for", metavar="NAME", help="You act for this person, who owns the alert and goes on owning it."
            ),
        ] = "",
        feedback: Annotated[
            str,
            typer.Option(
                "--feedback", metavar="F",
                help="`right`: true and needed; `false`: not true; `unnecessary`: true, not needed.",
            ),
        ] = "",
        as_: ActorOption = "",
        comment: Annotated[
            str, typer.Option("--comment", "-m", metavar="TEXT", help="What others should know.")
        ] = "",
        at: Annotated[
            str,
            typer.Option("--at", metavar="TIME", help="When it was done, RFC 3339 with a zone; else now."),
        ] = "",
        key: Annotated[
            str,
            typer.Option(
                "--key", metavar="K", help="Your own name for the action: the same key again is a retry."
            ),
        ] = "",
        json_: Annotated[bool, typer.Option("--json", help="The entry as a JSON object a line.")] = False,
        warehouse: WarehouseOption = "embedded:",
        lang: LangOption = None,
    ) -> None:  # fmt: skip
        when, language = moment(at) if at else None, language_of(lang)
        with open_warehouse(warehouse) as opened:
            results = act_many(
                opened, alert, verb, as_ or getpass.getuser(), owner=to, for_=for_, feedback=feedback,
                comment=comment, at=when, key=key or None,
            )  # fmt: skip
        failed = [result for result in results if isinstance(result, LowtideError)]
        for result in results:
            if isinstance(result, ActionResult):
                if json_:
                    print(as_json(result.to_dict()))
                else:
                    echo(_sentence(verb, result, language))
        for other in failed[1:]:
            echo(f"error: {other}", err=True)
        if failed:
            raise failed[0]

    what, example = HELP[verb]
    signature = inspect.signature(run, eval_str=True)
    options = [option for name, option in signature.parameters.items() if verb in ONLY.get(name, (verb,))]
    run.__signature__ = signature.replace(parameters=options)  # type: ignore[attr-defined]
    run.__name__ = verb
    run.__doc__ = f"{what}\n\nExample:\n\n    lowtide {verb} 01C07FGZ {example}\n"
    return run


ack, assign, start, resolve, close, reopen, note = (command(verb) for verb in VERBS)


def _sentence(verb: str, result: ActionResult, language: Language) -> str:
    done = language.word("entry", VERBS[verb].entry)
    said = language.say("act.done", id=result.alert_id, done=done, actor=result.action.actor)
    owner = language.say("act.owner", owner=result.standing.owner) if result.standing.owner else ""
    return said + owner + (language.say("act.repeated") if result.repeated else "")
