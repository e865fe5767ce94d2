"""Dry runs: a changed policy over a period of the log, a changed file of people over a period of the ledger.

    run = begin_policy(context, caller, edits_or_text, start, end)     in a child with limits, one at a time
    run = look(caller, run.id)                                         how far it is, or what it says; looking keeps it alive
    leave(caller, run.id)                                              it ends now

Nothing is stored: the answer lives in the memory of this process until twenty others have come.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import orjson

from lowtide.errors import LowtideError, SettingsError
from lowtide.runner.logs import is_topic
from lowtide.service.answer import Answer
from lowtide.service.caller import Caller, Role
from lowtide.service.children.child import Work
from lowtide.service.children.room import ROOM, Visit
from lowtide.service.context import Context
from lowtide.service.refusal import Missing, NotAllowed
from lowtide.service.rules import texts
from lowtide.service.rules.desk import draft
from lowtide.strict.edit import Edit
from lowtide.warehouse import desk_rows

DAY_MS = 86_400_000
USUAL_DAYS = 28
MOST_DAYS = 400
_OF_THE_LOG = (
    "pipeline", "catalogue", "locations", "inputs", "block_records", "order", "encoding", "map", "maps", "time_format",
)  # fmt: skip
"""Settings that decide how a log is read."""


@dataclass(frozen=True)
class DryRun(Answer):
    """One dry run, as it stands."""

    id: str
    kind: Literal["policy", "people"]
    state: Literal["waiting", "working", "done", "failed", "left"]
    done: int
    of: int
    """How far it is; `of` 0: not known yet."""
    seconds: float
    """How long it has worked."""
    result: Mapping[str, Any] | None
    """What it says, when it is done."""
    error: str
    hint: str
    document: str
    """The text that was tried."""
    based_on: str
    """The version in force that it stands beside."""
    start: int
    end: int

    @property
    def is_over(self) -> bool:
        """Whether nothing more comes."""
        return self.state in ("done", "failed", "left")


def has_history(context: Context) -> bool:
    """Whether the desk was given a log, so that a dry run of a policy is possible: `--history`."""
    return bool(context.history)


def period(context: Context, start: int | None, end: int | None) -> tuple[int, int]:
    """The period that is asked for, in ms since 1970: without an end up to now, without a start the 28 days before the end.

    Raises SettingsError.
    """
    end = context.now() if end is None else end
    start = end - USUAL_DAYS * DAY_MS if start is None else start
    if start >= end:
        raise SettingsError("the period ends before it begins", "Give an earlier start.")
    if end - start > MOST_DAYS * DAY_MS:
        raise SettingsError(f"the period is longer than {MOST_DAYS} days", "Give a later start.")
    return start, end


def begin_policy(
    context: Context, caller: Caller, edits: Sequence[Edit] = (), document: str | None = None,
    start: int | None = None, end: int | None = None,
) -> DryRun:  # fmt: skip
    """Begin a dry run of a policy: edits of the text in force, or a whole text.

    Raises NotAllowed, SettingsError without `--history`, PolicyError for a wrong text, WarehouseError.
    """
    _must_be_operator(caller)
    if not context.history:
        raise SettingsError(
            "the desk has no log to replay",
            "Start it with `lowtide desk --history SOURCE`: the files, the journal or the topic that the run reads.",
        )
    begin, stop = period(context, start, end)
    made = draft(context, "policy", edits, document)
    with context.reading() as warehouse:
        before = texts.text_in_force(context, warehouse, "policy").text
        people = texts.source_in_force(context, warehouse).document()
    settings = {name: getattr(context.settings, name) for name in _OF_THE_LOG}
    work = Work(
        "lowtide.service.tasks.policy",
        {
            "sources": list(context.history), "settings": settings, "before": before, "after": made.document,
            "people": people, "start": begin, "end": stop,
        },
        network=is_topic(*context.history),
    )  # fmt: skip
    about = {"document": made.document, "based_on": made.based_on, "start": begin, "end": stop}
    return _run(ROOM.begin("policy", caller.actor, work, about))


def begin_people(
    context: Context, caller: Caller, edits: Sequence[Edit] = (), document: str | None = None,
    start: int | None = None, end: int | None = None,
) -> DryRun:  # fmt: skip
    """Begin a dry run of a file of people: edits of the text in force, or a whole text.

    Raises NotAllowed, PeopleError for a wrong text, WarehouseError.
    """
    _must_be_operator(caller)
    begin, stop = period(context, start, end)
    made = draft(context, "people", edits, document)
    with context.reading() as warehouse:
        before = texts.source_in_force(context, warehouse).document()
        after = texts.book_of(context, warehouse, made.document, "people.yaml").document
    spool = _spool_folder(context)

    def work() -> Work:
        entries = _spool(context, spool, begin, stop)
        arguments = {"entries": str(entries), "before": before, "after": after, "start": begin, "end": stop}
        return Work("lowtide.service.tasks.people", arguments)

    about = {"document": made.document, "based_on": made.based_on, "start": begin, "end": stop}
    visit = ROOM.begin("people", caller.actor, work, about, ended=lambda: _remove(spool))
    return _run(visit)


def look(caller: Caller, run_id: str) -> DryRun:
    """A dry run of this caller, who keeps it alive by looking. Raises Missing."""
    visit = ROOM.look(run_id, caller.actor)
    if visit is None or visit.what not in ("policy", "people"):
        raise Missing("this dry run is not here any more", "Begin it anew.")
    return _run(visit)


def leave(caller: Caller, run_id: str) -> None:
    """End a dry run of this caller. Raises Missing."""
    look(caller, run_id)
    ROOM.leave(run_id)


def _run(visit: Visit) -> DryRun:
    error: LowtideError | None = visit.error
    return DryRun(
        visit.id, "policy" if visit.what == "policy" else "people", visit.state,  # type: ignore[arg-type]
        int(visit.progress.get("done", 0)), int(visit.progress.get("of", 0)), round(visit.seconds, 1),
        visit.result if visit.state == "done" else None, error.message if error else "", error.hint if error else "",
        visit.about["document"], visit.about["based_on"], visit.about["start"], visit.about["end"],
    )  # fmt: skip


def _must_be_operator(caller: Caller) -> None:
    if not caller.role.includes(Role.OPERATOR):
        raise NotAllowed("a viewer makes no dry runs", "Ask an administrator for the role operator.")


def _spool_folder(context: Context) -> Path:
    folder = context.folder / "dry-runs"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return Path(tempfile.mkdtemp(prefix="people-", dir=folder))


def _spool(context: Context, folder: Path, start: int, end: int) -> Path:
    """The entries of the period in a file, because the child reaches no warehouse. Raises WarehouseError."""
    path = folder / "entries.jsonl"
    with context.reading() as warehouse, path.open("wb") as file:
        for rows in desk_rows.entries_between(warehouse, start, end):
            file.writelines(orjson.dumps(row, default=str, option=orjson.OPT_APPEND_NEWLINE) for row in rows)
    return path


def _remove(folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink(missing_ok=True)
    folder.rmdir()
