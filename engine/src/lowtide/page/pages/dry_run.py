"""A dry run: how far it is, then what would have been otherwise, with samples; from here the change is proposed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lowtide.errors import SettingsError
from lowtide.page.ask import Answer, Ask, Html, Page, Redirect
from lowtide.page.pages.rule_change import lines
from lowtide.service import Role, dry_runs
from lowtide.service.rules import desk, private
from lowtide.service.rules.lines import lines as differences


def view(ask: Ask) -> Answer:
    """How far it is, or what it says."""
    return _page(ask)


def post(ask: Ask) -> Answer:
    """End it, or propose what was tried."""
    run = dry_runs.look(ask.caller, ask.path["run_id"])
    if ask.first("do") == "stop":
        dry_runs.leave(ask.caller, run.id)
        return Redirect(f"/{run.kind}/change?done=dry_run_stopped")
    try:
        draft = desk.draft(ask.context, run.kind, document=run.document, based_on=run.based_on)
        change = desk.propose(ask.context, ask.caller, draft, ask.first("reason"), short(run.result))
    except SettingsError as error:
        return _page(ask, ask.language.refusal(error.message, error.hint), 422)
    return Redirect(f"/rules/{change.change_id}?done=proposed")


def short(result: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """What of a result stands with the change for whoever approves: figures without samples."""
    if result is None:
        return None
    return {
        key: short(value) if isinstance(value, Mapping) else value
        for key, value in result.items()
        if (not key.endswith("_first") and key != "people") or isinstance(value, Mapping)
    }  # fmt: skip


def _page(ask: Ask, problem: str = "", status: int = 200) -> Html:
    book = ask.context.book()
    run = private.seen(book, ask.caller, dry_runs.look(ask.caller, ask.path["run_id"]))
    text = private.seen(book, ask.caller, desk.in_force(ask.context, run.kind))
    result = run.result or {}
    return Html("dry_run", {
        "run": run, "alerts": result.get("alerts"), "people": result.get("people") if run.kind == "policy" else run.result,
        "problem": problem, "lines": lines(differences(text.text, run.document)), "reason": ask.first("reason"),
    }, status)  # fmt: skip


PAGES = (Page("/dry-runs/{run_id}", "dry_run", view, post, Role.OPERATOR),)
