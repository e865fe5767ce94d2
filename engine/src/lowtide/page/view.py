"""From facts to a page: the values of a template in the language of the reader, and the templates themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from lowtide.page.group import Group, Standing
from lowtide.page.render import render as render_template
from lowtide.page.render import version
from lowtide.words import LANGUAGES, Language

SHOWN = 10
"""Alerts that a page lists at once; the others fold out."""
COMMANDS = {
    "alerts": "lowtide alerts",
    "explain": "lowtide explain ALERT_ID",
    "ack": "lowtide ack ALERT_ID",
    "silence": "lowtide silence add",
    "desk": "lowtide desk explain NOTIFICATION",
}
"""What the first page names, until there is more of it."""
Door = Literal["open", "group_chat", "left"]
"""Whether the reader may answer, and why not: the link came from a group chat, or its person has left."""


@dataclass(frozen=True)
class Reader:
    """Who reads, and how amounts and times are written for them."""

    language: Language
    name: str
    """Empty: the link names nobody."""
    door: Door
    expires: datetime
    morning: datetime
    """The first working minute of the next working day, in the zone of the person."""
    in_units: bool = False
    """The catalogue has no prices, so a worth is in units."""


def group_page(group: Group, reader: Reader, people: dict[str, str], done: str, failed: int) -> str:
    """The page of a message. `people` has the name of each person by key; `done` is the verb that has just been done."""
    tell = reader.language
    shared = _shared(group)
    lines = [_line(alert, reader, people, shared) for alert in group.listed]
    folded, unlisted = len(lines) - SHOWN, len(group.unlisted)
    return render(
        "group", tell, title=_title(group, tell), lead=_lead(group, reader, people), about=_about(group, tell, shared),
        todo=_todo(group, tell), seen=group.seen, alerts=lines[:SHOWN], rest=lines[SHOWN:], many=len(group.open) > 1,
        more=tell.say("answer.more", alerts=tell.count(folded, "alert")) if folded > 0 else "",
        unlisted=tell.say("answer.unlisted", alerts=tell.count(unlisted, "alert")) if unlisted else "",
        may_answer=reader.door == "open" and bool(group.open), may_ack=any(one.state == "new" for one in group.open),
        when=_when(reader.morning, tell), why_not=_why_not(group, reader), done=_done(tell, done, failed),
        number=tell.say("answer.number", id=group.notification_id[:8]),
        as_whom=tell.say("answer.as", person=reader.name, at=tell.instant(reader.expires, zone=False)),
    )  # fmt: skip


def notice(
    key: str, tell: Language, *, commands: bool = False, again: str = "", other: bool = True, why: str = ""
) -> str:
    """A page that says one thing: its title `answer.KEY`, and under it `answer.KEY_text`; with `commands` what to type."""
    paragraphs = [tell.say(f"answer.{key}_text", why=why)]
    listed = {typed: tell.say(f"answer.home.{one}") for one, typed in COMMANDS.items()} if commands else {}
    return render(
        "link_notice",
        tell,
        title=tell.say(f"answer.{key}"),
        paragraphs=paragraphs,
        commands=listed,
        again=again,
        switch=other,
    )


def render(template: str, tell: Language, **values: Any) -> str:
    """A template with its values; everything that is not markup of the template is escaped."""
    others = [lang for lang in LANGUAGES if lang != tell.lang] if values.pop("switch", True) else []
    return render_template(
        template, say=tell.say, code=tell.lang, lang="zh-CN" if tell.lang == "zh" else "en", other=next(iter(others), ""),
        style=version(), **values,
    )  # fmt: skip


def _title(group: Group, tell: Language) -> str:
    alerts = group.open or group.alerts
    types = {alert.type for alert in alerts}
    if not alerts:
        return tell.say("answer.title.none")
    word = tell.word("type", alerts[0].type)
    word = word[:1].upper() + word[1:]
    if len(alerts) == 1:
        return tell.say("answer.title.one", type=word, item=tell.named(alerts[0].sku, alerts[0].name))
    counted = tell.count(len(alerts), "alert")
    return (
        tell.say("answer.title.type", type=word, alerts=counted)
        if len(types) == 1
        else tell.say("answer.title.many", alerts=counted)
    )


def _lead(group: Group, reader: Reader, people: dict[str, str]) -> str:
    tell, open_, every = reader.language, len(group.open), len(group.alerts)
    sent = datetime.fromtimestamp(group.decided_at / 1000, UTC)
    said = [
        tell.say("answer.sent", at=tell.instant(sent, zone=False), person=people.get(group.person, group.person))
    ]  # fmt: skip
    if open_ == 0:
        said.append(tell.say("answer.none_open"))
    elif open_ == every:
        said.append(tell.say("answer.is_open" if every == 1 else "answer.all_open"))
    else:
        said.append(tell.say("answer.some_open", open=open_, all=every))
    if group.forgotten:
        said.append(tell.say("answer.forgotten", alerts=tell.count(group.forgotten, "alert")))
    return ("" if tell.lang == "zh" else " ").join(said)


def _todo(group: Group, tell: Language) -> str:
    """What to do, if it is the same for all that are open."""
    types = {alert.type for alert in group.open}
    return tell.word("action", types.pop()) if len(types) == 1 else ""


def _shared(group: Group) -> set[str]:
    """The columns in which all alerts agree, if there are several: these are said once, above the list."""
    if len(group.alerts) < 2:
        return set()
    columns = ("type", "location", "supplier")
    return {name for name in columns if len({getattr(alert, name) for alert in group.alerts}) == 1}


def _about(group: Group, tell: Language, shared: set[str]) -> str:
    alert = group.alerts[0] if group.alerts else None
    said = []
    if alert and "supplier" in shared and alert.supplier:
        said.append(tell.say("answer.supplier", name=alert.supplier))
    if alert and "location" in shared:
        said.append(tell.named(alert.location, alert.location_name))
    text = " · ".join(said)
    return text[:1].upper() + text[1:]


def _line(alert: Standing, reader: Reader, people: dict[str, str], shared: set[str]) -> dict[str, Any]:
    tell = reader.language
    item = tell.named(alert.sku, alert.name)
    type_ = "" if "type" in shared else f" · {tell.word('type', alert.type)}"
    return {
        "id": alert.alert_id, "severity": alert.severity, "open": alert.is_open, "is_new": alert.state == "new",
        "severity_word": tell.word("severity", alert.severity),
        "what": item + type_,
        "where": "" if "location" in shared else tell.named(alert.location, alert.location_name),
        "facts": _facts(alert, reader, shared), "standing": _standing(alert, reader, people),
    }  # fmt: skip


def _facts(alert: Standing, reader: Reader, shared: set[str]) -> list[str]:
    tell = reader.language
    facts = [tell.say("answer.available", n=alert.available)] if alert.available else []
    if alert.demand and float(alert.demand):
        facts.append(tell.say("answer.demand", n=_rate(float(alert.demand), tell)))
    if alert.p_stockout is not None:
        facts.append(tell.say("answer.chance", p=tell.share(alert.p_stockout, 0)))
    if alert.worth is not None:
        key = "answer.loss_units" if reader.in_units else "answer.loss"
        facts.append(tell.say(key, money=tell.money(alert.worth), n=tell.number(alert.worth, 1)))
    if alert.supplier and "supplier" not in shared:
        facts.append(tell.say("answer.supplier", name=alert.supplier))
    return facts


def _rate(per_day: float, tell: Language) -> str:
    """Units a day; of less than one two decimals, so that a slow seller does not look like one that sells nothing."""
    return tell.units(round(per_day, 1 if per_day >= 1 else 2))


def _standing(alert: Standing, reader: Reader, people: dict[str, str]) -> str:
    """Who has it, or how it ended; empty if nobody has answered."""
    tell, owner = reader.language, people.get(alert.owner, alert.owner)
    if alert.status != "open":
        return tell.say("answer.ended", status=tell.word("status", alert.status))
    if alert.state != "new":
        return tell.say("answer.by", state=tell.word("state", alert.state), owner=owner or "?")
    if alert.snoozed_until is not None:
        until = datetime.fromtimestamp(alert.snoozed_until / 1000, UTC)
        return tell.say("answer.snoozed", at=tell.instant(until, zone=False))
    return tell.say("answer.assigned", owner=owner) if owner else ""


def _when(morning: datetime, tell: Language) -> str:
    """The button of the longer snooze, with its day and time: `Snooze to Mon 09:00`."""
    day = tell.say(f"weekday.{morning.weekday()}")
    return tell.say("answer.snooze_morning", when=f"{day} {morning:%H:%M}")


def _why_not(group: Group, reader: Reader) -> str:
    tell = reader.language
    if not group.open:
        return tell.say("answer.nothing")
    if reader.door == "group_chat":
        return tell.say("answer.group_chat", id=group.open[0].alert_id)
    return tell.say("answer.left")


def _done(tell: Language, done: str, failed: int) -> str:
    if done not in ("ack", "snooze", "note"):
        return ""
    missed = tell.say("answer.failed", alerts=tell.count(failed, "alert")) if failed else ""
    return f"{tell.say(f'answer.done.{done}')} {missed}".strip()


def next_morning(now: datetime) -> datetime:
    """Nine o'clock of the day after `now`: the next working minute of a person whose calendar is not known."""
    return (now + timedelta(days=1)).replace(hour=9, minute=0, second=0, microsecond=0)
