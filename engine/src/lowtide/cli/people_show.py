"""`lowtide people show`: who owns an alert, which rule says so, and who hears of it next."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated

import orjson
import typer

from lowtide.cli.options import LangOption, LocationsOption, WarehouseOption, language_of
from lowtide.cli.people_duty import AtOption, InForceOption, book_in_force, book_of, called
from lowtide.operation.screen import echo
from lowtide.people import Book
from lowtide.people.account import Account, account
from lowtide.people.calendar import Due
from lowtide.rows import moment
from lowtide.warehouse import open_warehouse
from lowtide.warehouse.alert_facts import AlertFacts, alert_facts, told_at
from lowtide.words import Language


def show(
    alert_id: Annotated[str, typer.Argument(metavar="ALERT_ID", help="An alert, or the start of its id.")],
    people: InForceOption = None,
    at: AtOption = "",
    locations: LocationsOption = None,
    json_: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    warehouse: WarehouseOption = "embedded:",
    lang: LangOption = None,
) -> None:
    """Say who owns an alert: the route that wins, the team, the row of the schedule, the lead, the ladder with its times.

    The times of the ladder count from when the owner was told; as long as nobody was told, from now.

    Examples:

        lowtide people show 01KAMJ3

        lowtide people show 01KAMJ3 --people people.yaml --at 2026-12-24T18:00:00+08:00
    """
    tell, now = language_of(lang), moment(at) if at else datetime.now(UTC)
    with open_warehouse(warehouse) as opened:
        book = book_of(people, locations) if people is not None else book_in_force(opened)
        alert = alert_facts(opened, alert_id)
        told = None if at else told_at(opened, alert.alert_id, alert.opened_at)
    found = account(book, alert.facts, alert.severity, now, told or now, alert.owner)
    if json_:
        record = {"alert_id": alert.alert_id, "told": told is not None, **found.to_dict()}
        print(orjson.dumps(record).decode())
        return
    for line in _lines(book, alert, found, told, Language(tell.lang, zone=book.zone.key)):
        echo(line)


def _lines(book: Book, alert: AlertFacts, found: Account, told: datetime | None, tell: Language) -> list[str]:
    def name(person: str | None) -> str:
        return called(book, person, tell) if person else tell.say("people.nobody")

    route, given = found.assignment.route, found.assignment
    match = "; ".join(f"{key}: {', '.join(patterns)}" for key, patterns in route.match.items())
    followers = ", ".join(given.followers)
    lines = [
        tell.say(
            "people.alert", id=alert.alert_id, type=tell.word("type", alert.facts["type"]),
            severity=tell.word("severity", alert.severity), location=alert.facts["location"], sku=alert.facts["sku"],
        ),
        tell.say("people.route", place=route.place, id=route.id, match=match or tell.say("people.all"), team=given.team),
        tell.say("people.duty", person=name(given.person), row=tell.word("people.row", given.row)),
        tell.say("people.owner", person=name(alert.owner or given.person)),
        tell.say("people.leads", lead=name(found.lead), manager=name(found.manager)),
        *([tell.say("people.followers", teams=followers)] if followers else []),
        _told(found, told, tell),
    ]  # fmt: skip
    return lines + _ladder(found, name, tell)


def _told(found: Account, told: datetime | None, tell: Language) -> str:
    key = "people.told" if told else "people.not_told"
    severity = tell.word("severity", found.ladder.severity)
    return tell.say(key, at=tell.instant(found.told_at), severity=severity, calendar=found.calendar.name)


def _ladder(found: Account, name: Callable[[str | None], str], tell: Language) -> list[str]:
    lines = []
    for rung in found.rungs:
        key = "people.step_digest" if rung.step.who == "digest" else "people.step"
        who = tell.word("people.who", rung.step.who)
        given = tell.say("people.assigns") if rung.step.assign else ""
        at = _due(rung.due, tell)
        lines.append(tell.say(key, n=rung.number, who=who, person=name(rung.person), at=at, assigns=given))
    if found.ack is not None:
        lines.append(tell.say("people.ack", at=_due(found.ack, tell)))
    if found.resolve_ms is not None:
        lines.append(tell.say("people.resolve", time=tell.duration(found.resolve_ms / 60_000)))
    if found.ladder.repeat_ms is not None:
        lines.append(tell.say("people.repeat", time=tell.duration(found.ladder.repeat_ms / 60_000)))
    return lines


def _due(due: Due, tell: Language) -> str:
    return tell.instant(due.at) + ("" if due.confirmed else tell.say("people.not_confirmed"))
