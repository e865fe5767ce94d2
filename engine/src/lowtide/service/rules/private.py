"""What of the rules not everybody sees: addresses are an admin's, and the figures of a person that person's and the leads'.

    seen(book, caller, answer)     a text, a change, a draft or a dry run as this caller may see it

For who is not an admin, `contacts` and `targets` are not in a text of people, and neither are its comments, in which people
write telephone numbers. So such a caller changes single values, never the whole text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Any, TypeVar

import yaml

from lowtide.people import Book
from lowtide.service.caller import Caller, Role
from lowtide.service.dry_runs import DryRun
from lowtide.service.refusal import NotAllowed
from lowtide.service.rights import may_see_figures
from lowtide.service.rules.change import Draft, RuleChange
from lowtide.service.rules.texts import Kind, RuleText
from lowtide.strict import composed

HIDDEN = "…"
"""Stands for an address."""
ADDRESSES = frozenset({"contacts", "targets"})
"""The keys of a file of people that hold addresses."""
T = TypeVar("T", RuleText, RuleChange, Draft, DryRun)


def seen(book: Book, caller: Caller, answer: T) -> T:
    """The answer without the addresses and figures that are not the caller's to see."""
    changed: dict[str, Any] = {}
    if isinstance(answer, DryRun):
        changed["result"] = _of_own(answer.result, book, caller)
    if answer.kind == "people" and not caller.role.includes(Role.ADMIN):
        for name in {"text", "document"} & {one.name for one in fields(answer)}:
            changed[name] = without_addresses(getattr(answer, name))
        if isinstance(answer, RuleChange | Draft):
            changed["lines"] = _lines(answer.lines)
    return replace(answer, **changed)


def hidden_fields(caller: Caller) -> frozenset[str]:
    """The keys that a form does not show to this caller, and does not take from this caller."""
    return frozenset() if caller.role.includes(Role.ADMIN) else ADDRESSES


def may_write_whole(caller: Caller, kind: Kind) -> bool:
    """Whether the caller may put a whole text in place of the one in force: who does not see all of it would cut it."""
    return kind == "policy" or caller.role.includes(Role.ADMIN)


def check_whole(caller: Caller, kind: Kind, document: str | None) -> None:
    """Raises NotAllowed for a whole text of who may not write one."""
    if document is not None and not may_write_whole(caller, kind):
        raise NotAllowed(
            "only an administrator replaces the whole text of people",
            "Change single values: `edits`, or the form.",
        )


def without_addresses(text: str) -> str:
    """A text of people without contacts, targets and comments; everything else as it was written."""
    root = composed(text)
    if root is None:
        return ""
    _prune(root, set())
    return yaml.serialize(root, Dumper=yaml.SafeDumper, allow_unicode=True, width=110)


def _prune(node: yaml.Node, known: set[int]) -> None:
    if id(node) in known:
        return
    known.add(id(node))
    if isinstance(node, yaml.MappingNode):
        node.value = [pair for pair in node.value if pair[0].value not in ADDRESSES]
    for one in node.value if isinstance(node, yaml.CollectionNode) else ():
        for inside in one if isinstance(one, tuple) else (one,):
            _prune(inside, known)


def _lines(lines: Sequence[Mapping[str, Any]]) -> tuple[Mapping[str, Any], ...]:
    """Lines that say that an address changes, but not which."""
    return tuple(
        {**line, **{key: _line(line[key], ADDRESSES & set(line["path"])) for key in ("before", "after")}}
        for line in lines
    )


def _line(value: Any, is_address: object) -> Any:
    if value is None:
        return None
    return HIDDEN if is_address else _plain(value)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: HIDDEN if key in ADDRESSES else _plain(one) for key, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list) else value


def _of_own(value: Any, book: Book, caller: Caller) -> Any:
    """A result in which lists of persons hold only those whose figures the caller may see."""
    if not isinstance(value, Mapping):
        return value
    return {
        key: [row for row in one if may_see_figures(book, caller, row["person"])]
        if key == "people" and isinstance(one, list)
        else _of_own(one, book, caller)
        for key, one in value.items()
    }
