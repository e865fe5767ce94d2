"""Change the policy or the people on a form: look at what changes, try it, and propose it with a reason."""

from __future__ import annotations

from typing import Any

from lowtide.errors import SettingsError
from lowtide.page import rule_edits, rule_form
from lowtide.page.ask import Answer, Ask, Html, Page, Redirect
from lowtide.service import Role, dry_runs
from lowtide.service.refusal import Moved
from lowtide.service.rules import desk, private, ways
from lowtide.service.rules.change import Draft
from lowtide.service.rules.texts import Kind, RuleText

PERIODS = ("7", "28", "90", "365")
"""Days that a dry run goes back."""


def policy(ask: Ask) -> Answer:
    """The form of the policy."""
    return _page(ask, "policy")


def people(ask: Ask) -> Answer:
    """The form of the people."""
    return _page(ask, "people")


def post_policy(ask: Ask) -> Answer:
    """Look, try or propose."""
    return _post(ask, "policy")


def post_people(ask: Ask) -> Answer:
    """Look, try or propose."""
    return _post(ask, "people")


def _post(ask: Ask, kind: Kind) -> Answer:
    text = desk.in_force(ask.context, kind)
    try:
        draft = _draft(ask, text)
        match ask.first("do"):
            case "propose":
                change = desk.propose(ask.context, ask.caller, draft, ask.first("reason"))
                return Redirect(f"/rules/{change.change_id}?done=proposed")
            case "try":
                return Redirect(f"/dry-runs/{_try(ask, kind, draft)}")
    except (SettingsError, Moved) as error:
        return _page(ask, kind, problem=ask.language.refusal(error.message, error.hint), status=422)
    return _page(ask, kind, draft=draft)


def _draft(ask: Ask, text: RuleText) -> Draft:
    """What the form or the whole text changes. Raises SettingsError, Moved."""
    document = ask.first("document")
    based_on = ask.first("based_on")
    if ask.first("whole") and document.strip() != text.text.strip():
        private.check_whole(ask.caller, text.kind, document)
        return desk.draft(ask.context, text.kind, document=document.replace("\r\n", "\n"), based_on=based_on)
    return desk.draft(
        ask.context,
        text.kind,
        rule_edits.edits(text, ask.form, private.hidden_fields(ask.caller)),
        based_on=based_on,
    )


def _try(ask: Ask, kind: Kind, draft: Draft) -> str:
    """The id of the dry run of a draft."""
    days = ask.first("days", "28")
    end = ask.context.now()
    start = end - int(days if days in PERIODS else "28") * dry_runs.DAY_MS
    begin = dry_runs.begin_policy if kind == "policy" else dry_runs.begin_people
    return begin(ask.context, ask.caller, document=draft.document, start=start, end=end).id


def _page(ask: Ask, kind: Kind, draft: Draft | None = None, problem: str = "", status: int = 200) -> Html:
    book, hidden = ask.context.book(), private.hidden_fields(ask.caller)
    text = private.seen(book, ask.caller, desk.in_force(ask.context, kind))
    draft = private.seen(book, ask.caller, draft) if draft else None
    values: dict[str, Any] = {
        "kind": kind, "text": text, "parts": rule_form.parts(text, ask.form, hidden), "draft": draft, "problem": problem,
        "lines": lines(draft.lines) if draft else [], "reason": ask.first("reason"), "removed": set(ask.all("remove")),
        "document": ask.first("document") or text.text, "whole": bool(ask.first("whole")), "days": ask.first("days", "28"),
        "may_write_whole": private.may_write_whole(ask.caller, kind),
        "can_try": kind == "people" or dry_runs.has_history(ask.context), "periods": PERIODS,
        "way": ways.way_of(ask.context) if kind == "policy" else "people",
        "second": ask.context.second_person(),
    }  # fmt: skip
    return Html("rule_form", values, status)


def lines(changed: Any) -> list[list[str]]:
    """Lines of a change for a table: where, before, after."""
    return [
        [" › ".join(str(one + 1 if isinstance(one, int) else one) for one in line["path"]),
         rule_form.shown(line["before"]) or "–", rule_form.shown(line["after"]) or "–"]
        for line in changed
    ]  # fmt: skip


PAGES = (
    Page("/policy/change", "policy_change", policy, post_policy, Role.OPERATOR, most_bytes=4 << 20),
    Page("/people/change", "people_change", people, post_people, Role.OPERATOR, most_bytes=4 << 20),
)
