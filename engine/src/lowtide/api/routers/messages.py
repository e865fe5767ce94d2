"""Messages: what was sent, what is held and why, what nobody took; and a test message to a target."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import Path

from lowtide.api.bodies import Cursor, Id, Word
from lowtide.api.depends import Admin, Here, Tell, TheGate, Viewer, router
from lowtide.desk.outflow.trial import try_target
from lowtide.service import Missing, messages
from lowtide.service.messages import Box

ROUTER = router("notifications")


@ROUTER.get("/notifications")
def message_list(
    here: Here, caller: Viewer, box: Box = "sent", person: Word = "", cursor: Cursor = None
) -> dict[str, Any]:
    """The messages of a box, the newest first: sent, waiting, dead or dropped."""
    return messages.messages(here, caller, box, person, cursor).to_dict()


@ROUTER.get("/notifications/{notification_id}")
def message(here: Here, caller: Viewer, tell: Tell, notification_id: Annotated[Id, Path()]) -> dict[str, Any]:
    """Why a message was sent, stage by stage, in sentences."""
    return {"sentences": list(messages.message(here, caller, notification_id, tell))}


@ROUTER.post("/notifications/{notification_id}/retry")
def retry(here: Here, caller: Admin, notification_id: Annotated[Id, Path()]) -> dict[str, Any]:
    """Send a dead message again; `targets` says to how many."""
    targets = messages.retry(here, caller, notification_id)
    here.wake()
    return {"notification_id": notification_id, "targets": targets}


@ROUTER.post("/targets/{name}/test")
def test(here: Here, gate: TheGate, caller: Admin, tell: Tell, name: Annotated[Id, Path()]) -> dict[str, Any]:
    """Send a test message to a target of the people file. An address cannot be given here: it comes from that file."""
    book = here.book()
    contacts = {contact for person in book.people.values() for contact in person.contacts}
    if name not in {*book.targets, *contacts}:
        raise Missing(
            f"the people file has no target `{name[:100]}`", f"There are {', '.join(sorted(book.targets))}."
        )
    folder = here.people_file.parent if here.people_file is not None else here.folder
    reply = try_target(book, name, folder, tell.lang, datetime.now(UTC))
    gate.audit.write(caller.actor, "target.test", name, reply.outcome)
    return {"target": name, "outcome": reply.outcome, "code": reply.code, "detail": reply.detail}
