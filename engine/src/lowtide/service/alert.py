"""One alert, all of it: why it is there in sentences, where the stock is heading, who has it, and what can be done.

What desk.db knows is told while the warehouse is away: the standing, the legal verbs, people's history, proposals, related
alerts of now, the checklist. The sentences, the chart and the entries are the warehouse's.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

from lowtide.desk.explanation import explain as why
from lowtide.desk.store import Row, Transaction
from lowtide.errors import SettingsError, WarehouseError
from lowtide.people import Book
from lowtide.rows import moment, object_of
from lowtide.service import alert_file as files
from lowtide.service.alert_file import AlertFile, Entry, Event
from lowtide.service.answer import Answer, Away, asked, ms_of
from lowtide.service.caller import Caller
from lowtide.service.context import Context
from lowtide.service.projection import Projection
from lowtide.service.refusal import Missing
from lowtide.service.related import Related, related_to
from lowtide.service.standing import ProposalFacts, Standing, by_id, name_of, proposals_where
from lowtide.words import Language

__all__ = [
    "AlertAnswer", "Entry", "Event", "Ownership", "Related", "Section", "alert", "chart", "entries", "events", "explain",
    "resolved_id",
]  # fmt: skip


@dataclass(frozen=True)
class Section(Answer):
    """Sentences under one heading."""

    key: str
    """happened, stock, supply, demand, estimate, lines, policy, history, people or action: `explain.heading.KEY`."""
    sentences: tuple[str, ...]


@dataclass(frozen=True)
class Ownership(Answer):
    """Who owns it by which rule."""

    person: str
    """Key of who it was routed to; empty: nobody yet."""
    person_name: str
    team: str
    followers: tuple[str, ...]
    """Teams that see it too."""
    route: str
    """The route as the file has it, such as `type: out_of_stock → buyers`; empty: not known."""
    sentences: tuple[str, ...]
    """Why this person, when told, and why it is quiet now, in the language of the reader."""


@dataclass(frozen=True)
class AlertAnswer(Answer):
    """Everything about one alert."""

    standing: Standing
    title: str
    """Severity, type, item and place in one line; empty while the warehouse is away."""
    sections: tuple[Section, ...]
    agrees: bool | None
    """Whether every number came out the same when it was computed again; None: not asked, the warehouse is away."""
    verdict: str
    """The same as a sentence."""
    projection: Projection | None
    """None: the alert has ended, its type has no projection, or the warehouse is away."""
    entries: tuple[Entry, ...]
    events: tuple[Event, ...]
    ownership: Ownership
    proposals: tuple[ProposalFacts, ...]
    related: tuple[Related, ...]
    related_more: int
    """Related alerts that are not listed."""
    checklist: str
    """Markdown of the shop for this type in the reader's language (else the other one); empty: it has none."""
    zone: str
    """Time zone of the position."""
    away: Away | None


def alert(context: Context, caller: Caller, alert_id: str, language: Language) -> AlertAnswer:
    """An alert by its id or the beginning of it. Raises SettingsError unless exactly one begins so.

    One that ended so long ago that desk.db has forgotten it comes from the warehouse: without verbs, with its history.
    """
    whole = resolved_id(context, alert_id)
    known, away = asked(context, lambda warehouse: files.alert_file(warehouse, whole), None)
    now, book = context.now(), context.book()
    with context.store.read() as rows:
        found = by_id(rows, book, [whole], now)
        if not found and known is None:
            assert away is not None
            raise WarehouseError(away.message, away.hint)
        standing = found[0] if found else files.forgotten(known, book)  # type: ignore[arg-type]
        standing = _of_now(standing, known)
        related, more = related_to(rows, book, standing, now)
        beside = standing.proposal.proposal_id if standing.proposal else ""
        proposals = proposals_where(rows, book, "alert_id = ? OR proposal_id = ?", whole, beside)
        ownership = _ownership(rows, book, standing, language, known)
        done = _done(rows, book, whole) if found else files.events(known, book)  # type: ignore[arg-type]
    checklist = _checklist(book, standing.type, language.lang)
    if known is None:
        return AlertAnswer(
            standing,
            "",
            (),
            None,
            "",
            None,
            (),
            done,
            ownership,
            proposals,
            related,
            more,
            checklist,
            "UTC",
            away,
        )
    told = files.explained(known, language)
    sections = tuple(Section(key, tuple(said)) for key, said in told.sections.items() if said)
    chart = files.chart(known, standing, language)
    return AlertAnswer(
        standing, told.title, sections, told.agrees, told.verdict(), chart, files.entries(known), done, ownership, proposals,
        related, more, checklist, known.zone, None,
    )  # fmt: skip


def _of_now(standing: Standing, known: AlertFile | None) -> Standing:
    """With the stock of now, as `lowtide alerts` says it; an alert that has ended keeps that of its last entry."""
    if known is None or known.record is None or standing.status != "open":
        return standing
    stock = known.record.stock
    return replace(
        standing, on_hand=str(stock["on_hand"]), available=str(stock["available"]), on_order=str(stock["on_order"]),
        in_transit=str(stock["in_transit"]),
    )  # fmt: skip


def resolved_id(context: Context, beginning: str) -> str:
    """The whole id of the alert that begins so. Raises Missing for none, SettingsError for several, WarehouseError."""
    text = beginning.strip().upper()
    if text:
        with context.store.read() as rows:
            found = rows.rows(
                "SELECT alert_id FROM alert WHERE alert_id >= ? AND alert_id < ? LIMIT 2", text, text + "~"
            )
        if len(found) == 1:
            return str(found[0]["alert_id"])
        if len(found) > 1:
            raise SettingsError(f"more than one alert begins with `{beginning[:40]}`", "Type more of its id.")
        with context.reading() as warehouse:
            exact = warehouse.rows(
                f"SELECT alert_id FROM {warehouse.database}.ledger WHERE startsWith(alert_id, {{id:String}}) "
                "GROUP BY alert_id LIMIT 2",
                {"id": text},
            )
        if len(exact) == 1:
            return str(exact[0]["alert_id"])
        if len(exact) > 1:
            raise SettingsError(f"more than one alert begins with `{beginning[:40]}`", "Type more of its id.")
    raise Missing(
        f"no alert begins with `{beginning[:40]}`", "The queue and the search field list the alerts."
    )


def entries(context: Context, caller: Caller, alert_id: str) -> tuple[Entry, ...]:
    """The engine's entries of one alert, by seq. Raises WarehouseError, SettingsError, Missing."""
    whole = resolved_id(context, alert_id)
    with context.reading() as warehouse:
        return files.entries(files.alert_file(warehouse, whole))


def events(context: Context, caller: Caller, alert_id: str) -> tuple[Event, ...]:
    """What people and the desk did about one alert, in order of time. Raises SettingsError, Missing."""
    whole, book = resolved_id(context, alert_id), context.book()
    with context.store.read() as rows:
        if rows.row("SELECT 1 FROM alert WHERE alert_id = ?", whole):
            return _done(rows, book, whole)
    with context.reading() as warehouse:
        return files.events(files.alert_file(warehouse, whole), book)


def explain(context: Context, caller: Caller, alert_id: str, language: Language) -> dict[str, Any]:
    """The explanation as `lowtide explain --json` gives it. Raises WarehouseError, SettingsError, Missing."""
    whole = resolved_id(context, alert_id)
    with context.reading() as warehouse:
        return files.explained(files.alert_file(warehouse, whole), language).to_dict()


def chart(context: Context, caller: Caller, alert_id: str, language: Language) -> Projection | None:
    """The chart of the alert's position as it stands now; None: the warehouse has not seen it. Raises WarehouseError."""
    whole = resolved_id(context, alert_id)
    with context.reading() as warehouse:
        known = files.alert_file(warehouse, whole)
    return None if known.record is None else known.record.projection(replace(language, zone=known.zone))


def _done(rows: Transaction, book: Book, alert_id: str) -> tuple[Event, ...]:
    found = rows.rows("SELECT * FROM action WHERE alert_id = ? ORDER BY at, action_id", alert_id)
    return tuple(_event(row, book) for row in found)


def _event(row: Row, book: Book) -> Event:
    until = object_of(row["detail"]).get("until")
    if isinstance(until, str):
        until = ms_of(moment(until))
    actor = "" if row["actor"] == "desk" else name_of(book, row["actor"])
    return Event(
        row["at"], row["entry"], row["actor"], actor, row["owner"], name_of(book, row["owner"]), row["feedback"],
        row["comment"], until if isinstance(until, int) else None,
    )  # fmt: skip


def _ownership(
    rows: Transaction, book: Book, standing: Standing, tell: Language, known: AlertFile | None
) -> Ownership:
    """Who has it by which rule, in the sentences of `lowtide desk explain`."""
    routed = rows.row("SELECT * FROM routed WHERE alert_id = ?", standing.alert_id)
    if routed is None:
        return Ownership("", "", standing.team, (), "", ())
    zoned = replace(tell, zone=known.zone if known else tell.zone)
    about = why(rows, standing.alert_id, book)
    followers = json.loads(routed["followers"] or "[]")
    return Ownership(
        routed["person"], name_of(book, routed["person"]), routed["team"], tuple(map(str, followers)),
        about.routes.get(routed["route"], ""),
        tuple(one[:1].upper() + one[1:] for one in about.sentences(zoned, is_own=True)),
    )  # fmt: skip


def _checklist(book: Book, type_: str, lang: str) -> str:
    """The shop's checklist of a type: in this language, else in another one."""
    exact = book.checklists.get(f"{type_}.{lang}")
    others = (text for key, text in sorted(book.checklists.items()) if key.rpartition(".")[0] == type_)
    return exact if exact is not None else next(others, "")
