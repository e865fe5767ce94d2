"""Changes of rules: what waits for a decision, what was decided, and what people said of false alerts."""

from __future__ import annotations

from lowtide.page.ask import Answer, Ask, Html, Page, Redirect
from lowtide.page.pages.rule_change import lines
from lowtide.service import Role
from lowtide.service.rules import desk, hints, private


def view(ask: Ask) -> Answer:
    """The list."""
    found = desk.changes(ask.context)
    waiting = [one for one in found.changes if one.state in ("proposed", "approved")]
    decided = [one for one in found.changes if one.state in ("applied", "rejected")]
    return Html(
        "rules",
        {"waiting": waiting, "decided": decided[:50], "hints": hints.hints(ask.context), "may": _may(ask)},
    )


def one(ask: Ask) -> Answer:
    """One change, with its lines and what may be done with it."""
    change = private.seen(ask.context.book(), ask.caller, desk.change(ask.context, ask.path["change_id"]))
    is_open = change.state in ("proposed", "approved")
    return Html("rule_one", {
        "change": change, "lines": lines(change.lines),
        "may_approve": is_open and desk.may_approve(ask.context, ask.caller, change),
        "may_reject": change.state == "proposed" and (
            ask.caller.role.includes(Role.ADMIN) or ask.caller.actor == change.author
        ),
        "is_author": ask.caller.actor == change.author, "is_open": is_open,
    })  # fmt: skip


def decide(ask: Ask) -> Answer:
    """Approve or reject."""
    change_id, comment = ask.path["change_id"], ask.first("comment")
    if ask.first("verb") == "approve":
        desk.approve(ask.context, ask.caller, change_id, comment)
        return Redirect(f"/rules/{change_id}?done=rule_applied")
    desk.reject(ask.context, ask.caller, change_id, comment)
    return Redirect(f"/rules/{change_id}?done=rule_rejected")


def _may(ask: Ask) -> bool:
    return ask.caller.role.includes(Role.OPERATOR)


PAGES = (Page("/rules", "rules", view), Page("/rules/{change_id}", "rule_change", one, decide))
