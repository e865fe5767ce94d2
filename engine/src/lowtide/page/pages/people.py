"""The people: duty, absences, load, gaps; who would get an alert; and a change of the duty for some hours."""

from __future__ import annotations

from datetime import UTC, datetime

from lowtide.ledger import SEVERITIES, TYPES
from lowtide.page.ask import Answer, Ask, Html, Page, Redirect
from lowtide.service import Role, overrides
from lowtide.service import people as service
from lowtide.service.people import People, PersonRow
from lowtide.service.recipient import FACTS, Recipient, recipient
from lowtide.words import Language

_ASKED = tuple(name for name in FACTS if name not in ("abc", "region"))


def view(ask: Ask) -> Answer:
    """The page; with `ask=1` also who would get the alert of the form."""
    return _page(ask, "")


def post(ask: Ask) -> Answer:
    """Change the duty of a team for some hours, or take such a change back."""
    if ask.first("verb") == "end":
        overrides.end(ask.context, ask.caller, ask.first("override"))
        return Redirect("/people?done=override_ended")
    moments = {}
    for name in ("from", "until"):
        moments[name] = _moment(ask, ask.first(name))
        if moments[name] is None:
            text = ask.first(name)[:40]
            return _page(ask, ask.language.say("view.people.override.bad_time", text=text), 422)
    overrides.add(
        ask.context, ask.caller, ask.first("team"), ask.first("person"), moments["from"] or 0, moments["until"] or 0,
        ask.first("reason"),
    )  # fmt: skip
    return Redirect("/people?done=override_made")


def _page(ask: Ask, problem: str, status: int = 200) -> Answer:
    tell, found = ask.language, service.people(ask.context, ask.caller)
    facts = {name: value for name in _ASKED if (value := ask.first(name).strip())} if ask.first("ask") else {}
    severity = ask.first("severity", "warning")
    answer = recipient(ask.context, ask.caller, facts, severity) if ask.first("ask") else None
    return Html("people", {
        "found": found, "problem": problem, "answer": answer, "rule": _rule(answer, tell), "severity": severity,
        "given": {name: ask.first(name) for name in (*_ASKED, "team", "person", "from", "until", "reason")},
        "types": [("", tell.say("frame.any")), *((name, tell.word("type", name)) for name in TYPES)],
        "severities": [(name, tell.word("severity", name)) for name in SEVERITIES],
        "is_at": {row.person: _is_at(row, found, tell) for row in found.persons},
        "is_admin": ask.caller.role.includes(Role.ADMIN), "changes": overrides.overrides(ask.context),
        "teams": [(row.team, row.team) for row in found.teams], "persons": [(row.person, row.name) for row in found.persons],
        "zone": str(ask.context.book().zone),
        "hides": any(row.open_alerts is None for row in found.persons), "gaps": [row for row in found.teams if row.gaps],
    }, status)  # fmt: skip


def _rule(answer: Recipient | None, tell: Language) -> str:
    """The winning route in words."""
    if answer is None:
        return ""
    gap = "；" if tell.lang == "zh" else "; "
    said = [
        f"{tell.say(f'view.column.{name}')} = {', '.join(tell.word(name, value) for value in values)}"
        for name, values in answer.match.items()
    ]
    return tell.say(
        "view.people.who.rule", place=answer.place, match=gap.join(said) or tell.say("view.people.who.all")
    )


def _is_at(row: PersonRow, found: People, tell: Language) -> str:
    """Where a person is now."""
    if row.absent_until is not None:
        until = _short(row.absent_until, tell)
        if not row.deputy:
            return tell.say("view.people.is.absent_alone", at=until)
        names = {one.person: one.name for one in found.persons}
        return tell.say("view.people.is.absent", at=until, deputy=names.get(row.deputy, row.deputy))
    if row.is_working:
        return tell.say("view.people.is.working")
    if row.next_open is None:
        return tell.say("view.people.is.off_long")
    return tell.say("view.people.is.off", at=_short(row.next_open, tell))


def _short(ms: int, tell: Language) -> str:
    return tell.instant(datetime.fromtimestamp(ms / 1000, UTC), zone=False)


def _moment(ask: Ask, text: str) -> int | None:
    """A local time of a form in milliseconds; None if it is not one."""
    try:
        at, zone = datetime.fromisoformat(text.strip()), ask.context.book().zone
        return round((at if at.tzinfo else at.replace(tzinfo=zone)).timestamp() * 1000)
    except (ValueError, OverflowError):
        return None


PAGES = (Page("/people", "people", view, post=post, post_role=Role.ADMIN),)
