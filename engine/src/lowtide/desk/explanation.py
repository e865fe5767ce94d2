"""Why a message was sent, or why an alert is quiet: the record of desk.db in sentences, stage by stage.

    explanation = explain(rows, "7RZ1", people_of(rows))     # a message or an alert, by the beginning of its id
    explanation.sentences(language), explanation.to_dict()

It says what was written down when it was decided, not what would be decided now.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from lowtide.desk.store import Row, Transaction
from lowtide.errors import SettingsError
from lowtide.people import Book
from lowtide.people.route import Route
from lowtide.words import Language

_HINT = (
    '`lowtide alerts` lists the alerts, `lowtide sql "SELECT notification_id, person, reason, decided_at FROM '
    'notification FINAL ORDER BY decided_at DESC LIMIT 20"` the messages.'
)
_MOST_LINES = 10
_OUTBOX = (
    "notification_id", "target", "person", "reason", "severity", "state", "because", "decided_at", "due_at", "tries",
    "contact", "content", "sent_at",
)  # fmt: skip


@dataclass(frozen=True)
class Explanation:
    """What desk.db says about one message (its rows of the outbox and its tries) or about one alert."""

    id: str
    outbox: tuple[dict[str, Any], ...]
    attempts: tuple[dict[str, Any], ...]
    alerts: tuple[dict[str, Any], ...]
    """For each alert that it tells: who owns it by which rule, and why it is quiet now."""
    names: Mapping[str, str]
    """The name of each person by key."""
    routes: Mapping[str, str]
    """What each route matches and to whom it leads, by its id."""

    def to_dict(self) -> dict[str, Any]:
        """For `--json`. Times are RFC 3339."""
        times = ("decided_at", "due_at", "sent_at", "at", "told_at")
        lists = {"messages": self.outbox, "tries": self.attempts, "alerts": self.alerts}
        return {"id": self.id} | {
            name: [
                {key: _moment(value) if key in times else value for key, value in row.items()} for row in rows
            ]
            for name, rows in lists.items()
        }

    def sentences(self, tell: Language, *, is_own: bool = False) -> list[str]:
        """The same for a person. `is_own`: they stand on the page of the alert, so they do not name it again."""
        said = _message(self, tell) if self.outbox else []
        for row in self.alerts[:_MOST_LINES]:
            said += _alert(row, self, tell, is_own)
        return said


def people_of(rows: Transaction) -> Book | None:
    """The people by whom the desk decided last; None: it has not decided yet."""
    document = rows.meta("people")
    return Book.of_document(document) if document else None


def explain(rows: Transaction, beginning: str, book: Book | None) -> Explanation:
    """The message or the alert whose id begins so. Raises SettingsError unless exactly one does."""
    names = {key: one.name for key, one in book.people.items()} if book else {}
    routes = {route.id: _route(route) for route in book.routes} if book else {}
    text = beginning.strip().upper()
    messages = _beginning(rows, "outbox", "notification_id", text)
    alerts = [] if messages else _beginning(rows, "alert", "alert_id", text)
    found = messages or alerts
    if len(found) != 1:
        what = (
            "no message or alert of this desk begins"
            if not found
            else "more than one message or alert begins"
        )
        hint = _HINT if not found else "Type more of its id."
        raise SettingsError(f"{what} with `{beginning}`", hint)
    (id_,) = found
    if alerts:
        return Explanation(id_, (), (), tuple(_standings(rows, [id_])), names, routes)
    outbox, attempts = _sent(rows, id_)
    told = [str(alert_id) for alert_id, _ in outbox[0]["content"].get("told", [])]
    return Explanation(id_, tuple(outbox), tuple(attempts), tuple(_standings(rows, told)), names, routes)


def _route(route: Route) -> str:
    match = "; ".join(f"{key}: {', '.join(patterns)}" for key, patterns in route.match.items())
    return f"{match or '*'} → {route.to}"


def _sent(rows: Transaction, id_: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The rows of a message, one a target in the order of the contacts, and its tries in the order of time."""
    columns = ", ".join(_OUTBOX)
    sql = f"SELECT {columns} FROM outbox WHERE notification_id = ? ORDER BY contact, target"
    outbox = [_dict(row) for row in rows.rows(sql, id_)]
    for row in outbox:
        row["content"] = json.loads(row["content"] or "{}")
    tries = "SELECT target, try, at, outcome, code, detail FROM attempt WHERE notification_id = ? ORDER BY n"
    return outbox, [_dict(row) for row in rows.rows(tries, id_)]


def _beginning(rows: Transaction, table: str, column: str, text: str) -> list[str]:
    if not text:
        return []
    found = rows.rows(
        f"SELECT DISTINCT {column} FROM {table} WHERE {column} >= ? AND {column} < ? LIMIT 2",
        text,
        text + "~",
    )
    return [row[0] for row in found]


def _standings(rows: Transaction, alert_ids: Sequence[str]) -> list[dict[str, Any]]:
    found = []
    for alert_id in alert_ids:
        row = rows.row(
            "SELECT alert.alert_id, type, severity, location, sku, name, status, state, person, team, route, because, "
            "because_of, told_at FROM alert LEFT JOIN routed USING (alert_id) WHERE alert.alert_id = ?",
            alert_id,
        )
        found += [] if row is None else [_dict(row)]
    return found


def _dict(row: Row) -> dict[str, Any]:
    return {name: row[name] for name in row.keys()}  # noqa: SIM118 - a row iterates over values


def _message(about: Explanation, tell: Language) -> list[str]:
    first = about.outbox[0]
    content, person = first["content"], about.names.get(first["person"], first["person"])
    reason = tell.say(f"because.{first['reason']}")
    said = [tell.say("told.message", id=about.id, person=person, reason=reason)]
    said.append(
        tell.say("told.decided", decided=_at(first["decided_at"], tell), due=_at(first["due_at"], tell))
    )
    if content.get("about"):
        shared = " · ".join(
            f"{_column(name, tell)} = {tell.word(name, value)}" for name, value in content["about"]
        )
        said.append(tell.say("told.group", about=shared))
    counted, worth = int(content.get("counted", 0)), content.get("worth")
    if counted:
        said.append(
            tell.say(
                "told.counts", told=tell.count(len(content.get("told", [])), "alert"), counted=tell.count(counted, "alert"),
                worth="" if worth is None else tell.say("told.worth", worth=tell.money(worth)),
            )
        )  # fmt: skip
    said += [_stage(stage, about, tell) for stage in content.get("why", [])]
    for row in about.outbox:
        said += _target(row, [one for one in about.attempts if one["target"] == row["target"]], tell)
    if content.get("people_version"):
        said.append(tell.say("told.people", version=content["people_version"]))
    return said


def _column(name: str, tell: Language) -> str:
    """The word for a column of a group; its name if it has none."""
    key = f"list.{name}"
    return tell.say(key) if tell.has(key) else name


def _stage(stage: Mapping[str, Any], about: Explanation, tell: Language) -> str:
    """A stage of the decision: what it decided, and what it went by."""
    key, facts = _WHY.get(str(stage.get("stage")), ""), dict(stage)
    if key == "why.due" and stage["reason"] == "WAITING":
        key = "why.wait"
    if key == "why.group" and "ordinal" not in facts:
        key = "why.bundle" if "groups" in facts else "why.opened"
    facts["reason"] = tell.word("because", str(stage.get("reason", "")))
    facts["person"] = about.names.get(str(stage.get("person")), stage.get("person"))
    facts["route"] = about.routes.get(str(stage.get("route")), stage.get("route"))
    if key == "why.budget" and stage.get("budget") is None:
        key = "why.no_budget"
    facts |= {
        name: _at(facts[name], tell) for name in ("opened", "due", "at") if isinstance(facts.get(name), int)
    }
    return tell.say(key or "why.other", **facts)


_WHY = {
    "route": "why.route",
    "group": "why.group",
    "due": "why.due",
    "ladder": "why.due",
    "budget": "why.budget",
}
"""The sentence of each stage."""


def _target(row: Mapping[str, Any], attempts: Sequence[Mapping[str, Any]], tell: Language) -> list[str]:
    """What became of a message at one target, and each of its tries that failed."""
    state = tell.say(f"desk.state.{row['state']}")
    because = row["because"]
    if because:
        why = tell.because(because)
        state = tell.say("told.why_not", state=state, why=why)
    if row["tries"] > 1:
        tries = tell.say("told.tries", tries=tell.count(row["tries"], "try"))
        state = f"{state} ({tries})" if tell.lang == "en" else f"{state}（{tries}）"
    if row["sent_at"] is None:
        said = [tell.say("told.target", target=row["target"], state=state)]
    else:
        said = [tell.say("told.target_at", target=row["target"], state=state, at=_at(row["sent_at"], tell))]
    failed = [one for one in attempts if one["outcome"] != "sent"]
    for one in failed:
        outcome, detail = tell.word("outcome", one["outcome"]), tell.because(one["detail"])
        said.append(f"  {_at(one['at'], tell)}  {outcome} {one['code']} {detail}".rstrip())
    return said


def _alert(row: Mapping[str, Any], about: Explanation, tell: Language, is_own: bool) -> list[str]:
    """Who owns an alert by which rule, when the owner was told, and why it is quiet now."""
    item = tell.named(row["sku"], row["name"])
    alert = (
        tell.say("told.this")
        if is_own
        else f"{row['alert_id']} ({tell.word('type', row['type'])}, {item}, {row['location']})"
    )
    said = []
    if row["person"]:
        person = about.names.get(row["person"], row["person"])
        key = "told.rule" if row["team"] else "told.rule_alone"
        said.append(
            tell.say(
                key,
                alert=alert,
                person=person,
                route=about.routes.get(row["route"], row["route"]),
                team=row["team"],
            )
        )
        if row["told_at"] is not None:
            said.append(tell.say("told.alert_told", alert=alert, person=person, at=_at(row["told_at"], tell)))
    if row["because"]:
        reason = tell.word("because", row["because"])
        of = about.names.get(row["because_of"], row["because_of"])
        key = "told.alert_of" if of else "told.alert_quiet"
        said.append(tell.say(key, alert=alert, reason=reason, **({"of": of} if of else {})))
    elif row["person"]:
        key = "told.alert_waits" if row["told_at"] is None else "told.alert_pushed"
        said.append(tell.say(key, alert=alert))
    return said


def _at(ms: int, tell: Language) -> str:
    return tell.instant(datetime.fromtimestamp(ms / 1000, UTC))


def _moment(ms: int | None) -> datetime | None:
    return None if ms is None else datetime.fromtimestamp(ms / 1000, UTC)
