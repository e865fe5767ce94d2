"""Tell who has an alert and what was done about it: people's actions, and whom the desk told."""

from __future__ import annotations

from collections.abc import Mapping

from lowtide.ledger import DESK
from lowtide.rows import Row
from lowtide.words import Language

Names = Mapping[str, str]
"""What people are called, by their keys in the people file; who is missing is called by the key."""


def answers(actions: list[Row], desk: list[Row], names: Names, tell: Language) -> list[str]:
    """Say in order of time what people did (rows of `alert_action`) and what the desk did (rows of `alert_desk`)."""
    done = [(row["acted_at"], _person(row, names, tell)) for row in actions]
    told = [(row["decided_at"], _desk(row, names, tell)) for row in desk]
    return [sentence for _, sentence in sorted(told + done, key=lambda one: one[0])]


def _person(action: Row, names: Names, tell: Language) -> str:
    sentence = tell.say(
        "explain.ladder" if action["actor"] == DESK else "explain.person",
        time=tell.instant(action["acted_at"]),
        entry=tell.word("entry", action["entry"]),
        actor=names.get(action["actor"], action["actor"]),
    )
    if action["owner"]:
        sentence += tell.say("explain.to_owner", owner=names.get(action["owner"], action["owner"]))
    if action["feedback"]:
        sentence += tell.say("explain.with_feedback", feedback=tell.word("feedback", action["feedback"]))
    return sentence + _comment(action, tell)


def _desk(row: Row, names: Names, tell: Language) -> str:
    facts = {
        "time": tell.instant(row["decided_at"]),
        "person": names.get(row["person"], row["person"]),
    }
    match row["entry"]:
        case "ROUTED":
            how = tell.say("since.and").join(filter(None, [row["team"], tell.word("schedule", row["row"])]))
            return tell.say("explain.routed", how=how or "-", **facts)
        case "SNOOZED":
            until = tell.instant(row["until"], zone=False) if row["until"] else "-"
            return tell.say("explain.snoozed", until=until, **facts) + _comment(row, tell)
        case _:
            due = tell.instant(row["due"], zone=False) if row["due"] else "-"
            return tell.say(f"explain.{_kind(row)}", step=row["step"], due=due, **facts)


def _kind(step: Row) -> str:
    """What a step of a ladder was: passed over, a reminder of the owner, or a message to somebody above."""
    if step["passed"]:
        return "passed"
    return "reminded" if step["who"] == "owner" else "escalated"


def _comment(row: Row, tell: Language) -> str:
    return tell.say("explain.with_comment", comment=row["comment"]) if row["comment"] else ""
