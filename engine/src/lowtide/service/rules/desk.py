"""Propose a change of rules, list what was proposed, and decide: never the author, unless the shop has one user.

The version in force that a change starts from is part of it. If another one is in force when somebody approves, nothing is
applied: both versions are named, and the change is proposed anew from there.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Mapping, Sequence
from typing import Any, get_args

import orjson

from lowtide.desk import handover, people_versions
from lowtide.errors import ActionError, SettingsError
from lowtide.service.caller import Caller, Role
from lowtide.service.context import Context
from lowtide.service.refusal import Missing, Moved, NotAllowed
from lowtide.service.rules import texts, ways
from lowtide.service.rules.change import Draft, RuleChange, RuleChanges
from lowtide.service.rules.lines import lines
from lowtide.service.rules.texts import Kind
from lowtide.strict.edit import Edit, EditFault, edited
from lowtide.warehouse import Warehouse, rule_changes

_ONE_AT_A_TIME = threading.Lock()
_MOST_TEXT = 2000


def in_force(context: Context, kind: Kind) -> texts.RuleText:
    """The text that a change starts from. Raises WarehouseError, PolicyError or PeopleError."""
    with context.reading() as warehouse:
        return texts.text_in_force(context, warehouse, _kind(kind))


def draft(
    context: Context, kind: Kind, edits: Sequence[Edit] = (), document: str | None = None, based_on: str = ""
) -> Draft:
    """What a change would be: edits of the text in force, or a whole text in its place. It is checked as the file is.

    `based_on` is the version that the author saw; empty: whatever is in force.
    Raises Moved, SettingsError (nothing changes, or a form that cannot be edited), PolicyError, PeopleError, WarehouseError.
    """
    with context.reading() as warehouse:
        text = texts.text_in_force(context, warehouse, _kind(kind))
        _must_be(text, based_on)
        try:
            new = edited(text.text, edits) if document is None else document.replace("\r\n", "\n")
        except EditFault as fault:
            raise SettingsError(
                f"{text.name}: {fault}", "Send the whole text as `document` instead."
            ) from None
        version = texts.version_of(context, warehouse, kind, new, text.name)
    if version == text.version:
        raise SettingsError("the change changes nothing", "Change a value, then send it again.")
    return Draft(kind, text.version, version, tuple(lines(text.text, new)), new)


def propose(
    context: Context, caller: Caller, made: Draft, reason: str, result: Mapping[str, Any] | None = None,
    key: str | None = None,
) -> RuleChange:  # fmt: skip
    """Store a change for somebody else to decide. The same key again is the same change.

    Raises NotAllowed, SettingsError for a missing reason, WarehouseError.
    """
    if not caller.role.includes(Role.OPERATOR):
        raise NotAllowed("a viewer does not propose changes", "Ask an administrator for the role operator.")
    reason = _text(reason, "a reason", "Say why in a sentence: whoever approves reads it.")
    seed = key or f"{caller.actor}|{made.kind}|{made.based_on}|{made.document}|{context.now()}"
    row: dict[str, Any] = {
        "change_id": hashlib.sha256(seed.encode()).hexdigest()[:12], "version": 1, "kind": made.kind, "state": "proposed",
        "based_on": made.based_on, "lines": orjson.dumps(made.lines).decode(), "document": made.document,
        "result": orjson.dumps(result).decode() if result else "", "author": caller.actor, "reason": reason,
        "decided_by": "", "comment": "", "at": context.moment(),
    }  # fmt: skip
    with _ONE_AT_A_TIME:
        known = rule_changes.change(context.warehouse, row["change_id"])
        if known is None:
            rule_changes.write(context.warehouse, row)
            _audit(context, caller, "rule.propose", row["change_id"], made.kind)
    return RuleChange.of(known or row)


def changes(context: Context, kind: Kind | None = None, state: str = "") -> RuleChanges:
    """The changes, the newest first: those of a kind, or all; those in a state, or all. Raises WarehouseError."""
    with context.reading() as warehouse:
        rows = rule_changes.changes(warehouse, kind or "", state)
    return RuleChanges(tuple(map(RuleChange.of, rows)), context.second_person())


def change(context: Context, change_id: str) -> RuleChange:
    """One change. Raises Missing or WarehouseError."""
    with context.reading() as warehouse:
        row = rule_changes.change(warehouse, change_id)
    if row is None:
        raise Missing(f"there is no change `{change_id[:40]}`", "The page of rules lists all.")
    return RuleChange.of(row)


def may_approve(context: Context, caller: Caller, one: RuleChange) -> bool:
    """Whether the caller may approve this change.

    A token is no second person: its author may have made it. So a token approves only where one person is enough.
    """
    is_second = caller.actor != one.author and caller.via != "token"
    return caller.role.includes(Role.ADMIN) and (is_second or not context.second_person())


def approve(context: Context, caller: Caller, change_id: str, comment: str = "") -> RuleChange:
    """Approve a change and put it in force. One that was approved and could not be applied is applied now.

    Raises NotAllowed for its author, Moved if another version is in force, ActionError if it was decided, and what the way
    of the policy raises: then it stays approved, and may be approved again.
    """
    with _ONE_AT_A_TIME:
        one = change(context, change_id)
        _must_be_allowed(context, caller, one)
        if one.state not in ("proposed", "approved"):
            raise ActionError(
                f"the change was {one.state} by `{one.decided_by}`", "Propose it anew if it is still wanted."
            )
        _check_base(context, one)
        if one.state == "proposed":
            one = _step(context, caller, one, "approved", comment)
            _audit(context, caller, "rule.approve", change_id, one.kind)
        where = _apply(context, caller, one)
        one = _step(context, caller, one, "applied", comment or one.comment)
        _audit(context, caller, "rule.apply", change_id, where)
    context.wake()
    return one


def reject(context: Context, caller: Caller, change_id: str, comment: str) -> RuleChange:
    """Refuse a change, or take one's own back. Raises NotAllowed, SettingsError without a comment, ActionError."""
    comment = _text(comment, "a comment", "Say why in a sentence: its author reads it.")
    with _ONE_AT_A_TIME:
        one = change(context, change_id)
        if not (caller.role.includes(Role.ADMIN) or caller.actor == one.author):
            raise NotAllowed("only an administrator or its author rejects a change")
        if one.state != "proposed":
            raise ActionError(f"the change was {one.state} by `{one.decided_by}`")
        one = _step(context, caller, one, "rejected", comment)
        _audit(context, caller, "rule.reject", change_id, one.kind)
    return one


def _must_be_allowed(context: Context, caller: Caller, one: RuleChange) -> None:
    if not caller.role.includes(Role.ADMIN):
        raise NotAllowed("only an administrator approves a change of rules")
    if not may_approve(context, caller, one):
        raise NotAllowed(
            "nobody approves the own change, and a token is not a second person",
            "Another administrator approves it, signed in. A shop with one user sets `second_person: false` in users.yaml.",
        )


def _check_base(context: Context, one: RuleChange) -> None:
    """Raises Moved if another version is in force than that which the change starts from, unless it is its own."""
    with context.reading() as warehouse:
        text = texts.text_in_force(context, warehouse, one.kind)
        own = texts.version_of(context, warehouse, one.kind, one.document, text.name)
    if text.version != own:
        _must_be(text, one.based_on)


def _must_be(text: texts.RuleText, version: str) -> None:
    if version and text.version != version:
        raise Moved(
            f"the {text.kind} in force is version {text.version}, and the change starts from {version}",
            "Look at what is in force now, and propose the change anew from there.",
            {"in_force": text.version, "based_on": version},
        )


def _apply(context: Context, caller: Caller, one: RuleChange) -> str:
    """Put the change in force; returns where it went."""
    if one.kind == "policy":
        return ways.put_policy(context, one.document, f"change/{one.change_id}")
    warehouse: Warehouse = context.warehouse
    book = texts.book_of(context, warehouse, one.document, "people.yaml")
    now = context.moment()
    people_versions.store(warehouse, book, applied_by=caller.actor, now=now)
    handover.hand_over(warehouse, handover.handovers(warehouse, book, now), caller.actor)
    return f"people_version {book.version}"


def _step(context: Context, caller: Caller, one: RuleChange, state: str, comment: str) -> RuleChange:
    before = rule_changes.change(context.warehouse, one.change_id)
    if before is None or before["version"] != one.step:
        raise Moved("somebody else decided on it meanwhile", "Load the page again.")
    row = {key: before[key] for key in before if key != "proposed_at"} | {
        "version": one.step + 1, "state": state, "decided_by": caller.actor, "comment": comment.strip()[:_MOST_TEXT],
        "at": context.moment(),
    }  # fmt: skip
    rule_changes.write(context.warehouse, row, after=before["at"])
    return RuleChange.of(row | {"proposed_at": before["proposed_at"]})


def _audit(context: Context, caller: Caller, what: str, subject: str, detail: str) -> None:
    row = {
        "at": context.moment(), "actor": caller.actor, "what": what, "subject": subject,
        "detail": orjson.dumps({"about": detail}).decode(), "result": "done",
    }  # fmt: skip
    row_id = hashlib.sha256(f"{what}|{subject}|{caller.actor}|{context.now()}".encode()).hexdigest()[:26]
    with context.store.transaction() as tx:
        tx.ship("audit", row_id, row)


def _kind(kind: str) -> Kind:
    if kind not in get_args(Kind):
        raise SettingsError(f"`{kind}` is not a kind of rules", "Kinds are policy and people.")
    return kind  # type: ignore[return-value]


def _text(text: str, what: str, hint: str) -> str:
    text = text.strip()
    if not text:
        raise SettingsError(f"it needs {what}", hint)
    return text[:_MOST_TEXT]
