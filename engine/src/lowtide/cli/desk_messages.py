"""`lowtide desk explain`, `dead ls`, `dead retry` and `test`: the messages of a desk, one by one."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from lowtide.cli.desk_options import DATABASE, FOLDER, DeskOption, PeopleOption
from lowtide.cli.help import App
from lowtide.cli.options import LangOption, language_of
from lowtide.errors import JobError, SettingsError
from lowtide.operation.screen import Listing, echo, screen
from lowtide.rows import as_json
from lowtide.words import Language

Json = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]
dead_app = App("Messages that no contact of their person took.")


def explain(
    id_: Annotated[
        str, typer.Argument(metavar="NOTIFICATION", help="A message or an alert, or the start of its id.")
    ],
    people: PeopleOption = None,
    folder: DeskOption = FOLDER,
    json_: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    lang: LangOption = None,
) -> None:
    """Say why a message was sent, or why an alert is quiet: stage by stage, with its tries and answers.

    Example:

        lowtide desk explain 7RZ1K0
    """
    from lowtide.desk import explanation
    from lowtide.desk.store import Store
    from lowtide.people import Book

    language, book = language_of(lang), Book.load(people) if people is not None else None
    store = Store.beside(folder / DATABASE)
    try:
        with store.read() as rows:
            book = book or explanation.people_of(rows)
            found = explanation.explain(rows, id_, book)
    finally:
        store.close()
    if book is not None:
        language = Language(language.lang, book.currency, book.zone.key)
    if json_:
        print(as_json(found.to_dict()))
        return
    for sentence in found.sentences(language):
        echo(sentence)


@dead_app.command("ls")
def ls(
    rows: Annotated[
        bool, typer.Option("--rows", help="List the rows that the warehouse refuses, in place of messages.")
    ] = False,
    folder: DeskOption = FOLDER,
    json_: Json = False,
    lang: LangOption = None,
) -> None:
    """List the messages that were refused for good or given up, with the refusal.

    Examples:

        lowtide desk dead ls

        lowtide desk dead ls --rows
    """
    from lowtide.desk.outflow import outbox
    from lowtide.desk.outflow.ship import set_aside
    from lowtide.desk.store import Store

    language = language_of(lang)
    store = Store.beside(folder / DATABASE)
    try:
        refused, messages = set_aside(store), [_dead(dict(row)) for row in outbox.dead_letters(store)]
    finally:
        store.close()
    if json_:
        for row in refused if rows else messages:
            print(as_json(row))
        return
    if rows:
        _show_rows(refused, language)
        return
    _show_messages(messages, language)
    if refused:
        echo(language.say("dead.rows", rows=language.count(len(refused), "row")), err=True)


def _show_rows(rows: list[dict[str, str]], language: Language) -> None:
    if not rows:
        echo(language.say("dead.no_rows"))
        return
    table = Listing(box=None, pad_edge=False)
    for head in ("table", "row_id", "why"):
        table.add_column(language.say(f"dead.{head}"), overflow="fold")
    for row in rows:
        table.add_row(*(row[head] for head in ("table", "row_id", "why")))
    screen().print(table)
    echo(language.say("dead.rows_again"), err=True)


def _show_messages(rows: list[dict[str, Any]], language: Language) -> None:
    if not rows:
        echo(language.say("dead.none"))
        return
    table = Listing(box=None, pad_edge=False)
    for head in _HEADS:
        table.add_column(language.say(f"dead.{head}"), overflow="fold")
    for row in rows:
        shown = {
            **row,
            "decided_at": language.instant(row["decided_at"]),
            "reason": language.word("because", row["reason"]),
        }
        table.add_row(*(str(shown[head]) for head in _HEADS))
    screen().print(table)


_HEADS = ("notification_id", "person", "target", "reason", "because", "tries", "decided_at")


def _dead(row: dict[str, Any]) -> dict[str, Any]:
    """The columns that people see of a row of the outbox."""
    decided = datetime.fromtimestamp(row["decided_at"] / 1000, UTC)
    return {head: row[head] for head in _HEADS} | {"decided_at": decided}


@dead_app.command("retry")
def retry(
    ids: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="NOTIFICATION…", help="Messages, or the starts of their ids; without them all."
        ),
    ] = None,
    folder: DeskOption = FOLDER,
    lang: LangOption = None,
) -> None:
    """Send dead messages again: these, or all of them.

    Examples:

        lowtide desk dead retry 7RZ1K0

        lowtide desk dead retry
    """
    from lowtide.desk.outflow import outbox
    from lowtide.desk.store import Store

    language, now = language_of(lang), round(datetime.now(UTC).timestamp() * 1000)
    store = Store.beside(folder / DATABASE)
    try:
        known = sorted({row["notification_id"] for row in outbox.dead_letters(store)})
        chosen = [_whole(one, known) for one in ids] if ids else known
        for one in chosen:
            outbox.retry(store, one, now)
    finally:
        store.close()
    echo(language.say("dead.retried", messages=language.count(len(chosen), "message")))


def _whole(beginning: str, known: list[str]) -> str:
    """The dead message whose id begins so. Raises SettingsError unless exactly one does."""
    found = [one for one in known if one.startswith(beginning.strip().upper())]
    if len(found) != 1:
        what = "no dead message begins" if not found else "more than one dead message begins"
        raise SettingsError(f"{what} with `{beginning}`", "`lowtide desk dead ls` lists them.")
    return found[0]


def test(
    target: Annotated[
        str,
        typer.Argument(
            metavar="TARGET", help="Name of the target, or `mail:ADDRESS`, `file:PATH`, `console`."
        ),
    ],
    people: PeopleOption = None,
    json_: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    lang: LangOption = None,
) -> None:
    """Send a test message to a target of the people file, and print its answer.

    Examples:

        lowtide desk test wecom-chen --people people.yaml

        lowtide desk test mail:chen@example.com --people people.yaml
    """
    from lowtide.desk.outflow.trial import try_target
    from lowtide.people import Book

    language = language_of(lang)
    book = Book.load(people) if people is not None else Book.alone("")
    answer = try_target(book, target, people.parent if people else Path(), language.lang, datetime.now(UTC))
    if json_:
        # The detail is a sentence; `as_json` takes a `detail` for the JSON text of a table.
        said = {"target": target, "outcome": answer.outcome, "code": answer.code, "detail": answer.detail}
        print(orjson.dumps(said).decode())
    elif answer.outcome == "sent":
        brackets = "（{}）" if language.lang == "zh" else " ({})"
        detail = brackets.format(answer.code) if answer.code else ""
        echo(language.say("desk.tested", target=target, detail=detail))
    if answer.outcome != "sent":
        refused = language.say("desk.not_tested", target=target, code=answer.code, detail=answer.detail)
        raise JobError(refused, "docs/targets.md says for each kind what its refusals mean.")
