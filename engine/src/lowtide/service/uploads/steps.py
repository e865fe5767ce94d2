"""The steps of a file on its way in: guess, check and send, each in a child without network."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from lowtide.errors import SettingsError
from lowtide.intake import door
from lowtide.intake.http.app import MAX_BODY
from lowtide.intake.http.media import content_of
from lowtide.readers.confinement import Limits
from lowtide.service.caller import Caller
from lowtide.service.children.child import Work
from lowtide.service.children.room import ROOM, Visit
from lowtide.service.context import Context
from lowtide.service.uploads import drawer, maps, ways
from lowtide.service.uploads.upload import Upload
from lowtide.words import Language
from lowtide.words.visible import bare

MOST_BYTES = MAX_BODY
"""The largest file, as intake takes it."""
_LIMITS = Limits(addresses=3 << 30, cpu_s=120)
_WAIT_S = 180.0
_SHOWN = 20


def add(context: Context, caller: Caller, name: str, body: bytes, language: Language) -> Upload:
    """Keep a file and begin to guess its map. Raises NotAllowed, SettingsError for an empty or too large one."""
    drawer.must_be_admin(caller)
    name = bare(Path(name.replace("\\", "/")).name).strip()[-100:] or "upload.csv"
    suffix = Path(name).suffix.lower()
    if not body:
        raise SettingsError(f"`{name}` is empty", "Choose a file with rows.")
    if len(body) > MOST_BYTES:
        raise SettingsError(
            f"`{name}` has {len(body):,} bytes; the page takes {MOST_BYTES:,}",
            "Put a larger file into a folder that `lowtide intake --folder` watches.",
        )
    if suffix not in ways.SUFFIXES:
        raise SettingsError(
            f"`{name}` is of a kind that nothing reads", f"Choose a file of {', '.join(ways.SUFFIXES)}."
        )
    drawer.remove_old(context)
    meta: dict[str, Any] = {
        "name": name, "file": f"file{suffix}", "bytes": len(body), "actor": caller.actor, "at": context.now(),
        "answers": {}, "map": "", "guess": None, "check": None, "sent": None, "error": "", "hint": "",
    }  # fmt: skip
    upload_id = drawer.put(context, meta, body)
    return guess(context, caller, upload_id, {}, language)


def guess(
    context: Context, caller: Caller, upload_id: str, answers: Mapping[str, Any], language: Language
) -> Upload:
    """Guess the map with these answers. Raises NotAllowed, Missing, SettingsError for an answer that cannot be."""
    meta = drawer.read(context, caller, upload_id)
    known = {key: answers.get(key) or None for key in ("zone", "kind", "source", "location")}
    for key in ("columns", "kinds"):
        known[key] = dict(answers.get(key) or {})
    file = drawer.file_of(context, upload_id, meta)
    named = file.with_name(
        f"{re.sub(r'[^A-Za-z0-9_. -]', '', Path(meta['name']).stem) or 'upload'}{file.suffix}"
    )
    if named != file and not named.exists():
        file.rename(named)
        meta["file"] = named.name
    arguments = {"file": str(named), "answers": known, "lang": language.lang}
    return _begin(context, caller, upload_id, meta | {"answers": known, "check": None}, "guess", arguments)


def check(
    context: Context, caller: Caller, upload_id: str, map_text: str | None, language: Language
) -> Upload:
    """Try a map on the file; None: the one that was guessed. Raises NotAllowed, Missing."""
    meta = drawer.read(context, caller, upload_id)
    text = meta["map"] if map_text is None else map_text.replace("\r\n", "\n")
    meta = meta | {"map": text, "check": None}
    arguments = {**_arguments(context, upload_id, meta), "lang": language.lang, "shown": _SHOWN}
    return _begin(context, caller, upload_id, meta, "check", arguments)


def send(
    context: Context, caller: Caller, upload_id: str, map_name: str = "", *, again: bool = False
) -> Upload:
    """Keep the map under a name, and hand the rows on. `again`: a map of that name may be replaced.

    Raises NotAllowed, Missing, SettingsError if the file was not checked, a name is wrong or taken, or nobody said where the
    rows go; and what the intake says.
    """
    meta = drawer.read(context, caller, upload_id)
    if meta["check"] is None:
        raise SettingsError(
            "the file was not checked yet", "Check it first: then you see what becomes of it."
        )
    way = ways.known_way(context)
    kept = maps.keep(context, meta["map"], map_name, again=again) if meta["map"] else ""
    file = drawer.file_of(context, upload_id, meta)
    sent = ways.put(context, upload_id, meta["name"], file, kept)
    if sent is None:
        arguments = {
            **_arguments(context, upload_id, meta), "journal": way.removeprefix(door.JOURNAL),
            "content": content_of(ways.SUFFIXES[file.suffix.lower()]),
        }  # fmt: skip
        return _begin(context, caller, upload_id, meta | {"kept": kept}, "send", arguments)
    return _done(
        context,
        caller,
        upload_id,
        meta | {"step": "send", "state": "done"},
        {**sent, "map": kept, "way": way},
    )


def look(context: Context, caller: Caller, upload_id: str) -> Upload:
    """A file on its way in; who looks keeps its child alive. Raises NotAllowed or Missing."""
    meta = drawer.read(context, caller, upload_id)
    if meta.get("state") not in ("waiting", "working"):
        return Upload.of(upload_id, meta)
    visit = ROOM.look(meta["visit"], caller.actor)
    if visit is None or not visit.is_over:
        return Upload.of(upload_id, meta | ({"state": "left"} if visit is None else {"state": visit.state}))
    return _finished(context, caller, upload_id, meta, visit)


def wait(context: Context, caller: Caller, upload_id: str, seconds: float) -> Upload:
    """The same, after at most so many seconds in which its step may end."""
    meta = drawer.read(context, caller, upload_id)
    visit = ROOM.look(meta.get("visit", ""), caller.actor)
    if visit is not None:
        visit.wait(seconds)
    return look(context, caller, upload_id)


def remove(context: Context, caller: Caller, upload_id: str) -> None:
    """Delete a file that is not wanted, and end its child. Raises NotAllowed or Missing."""
    meta = drawer.read(context, caller, upload_id)
    ROOM.leave(meta.get("visit", ""))
    drawer.delete(context, upload_id)


def leave(context: Context, caller: Caller, upload_id: str) -> None:
    """End the child of a file; the file stays. Raises NotAllowed or Missing."""
    ROOM.leave(drawer.read(context, caller, upload_id).get("visit", ""))


def _begin(
    context: Context, caller: Caller, upload_id: str, meta: dict[str, Any], step: str, arguments: Mapping[str, Any]
) -> Upload:  # fmt: skip
    task = {"guess": "upload_guess", "check": "upload_check", "send": "upload_take"}[step]
    visit = ROOM.begin(
        f"upload_{step}", caller.actor, Work(f"lowtide.service.tasks.{task}", arguments, _LIMITS, _WAIT_S)
    )
    meta = meta | {"step": step, "state": visit.state, "visit": visit.id, "error": "", "hint": ""}
    drawer.write(context, upload_id, meta)
    return Upload.of(upload_id, meta)


def _finished(context: Context, caller: Caller, upload_id: str, meta: dict[str, Any], visit: Visit) -> Upload:
    """Keep what a child said."""
    meta = meta | {"state": visit.state}
    if visit.error is not None:
        file = str(drawer.file_of(context, upload_id, meta))
        meta |= {"error": visit.error.message.replace(file, meta["name"]), "hint": visit.error.hint}
    elif visit.state == "done" and meta["step"] == "guess":
        meta |= {"guess": visit.result, "map": visit.result["map"]}
    elif visit.state == "done" and meta["step"] == "check":
        meta |= {"check": visit.result}
    elif visit.state == "done":
        sent = {**visit.result, "map": meta.get("kept", ""), "way": ways.way_of(context)}
        return _done(context, caller, upload_id, meta, sent)
    drawer.write(context, upload_id, meta)
    return Upload.of(upload_id, meta)


def _done(
    context: Context, caller: Caller, upload_id: str, meta: dict[str, Any], sent: Mapping[str, Any]
) -> Upload:
    """The rows are on their way: the file is deleted, and it is written down who sent it."""
    made = Upload.of(upload_id, meta | {"sent": sent})
    row = {
        "at": context.moment(), "actor": caller.actor, "what": "upload.send", "subject": meta["name"],
        "detail": orjson.dumps({"map": sent.get("map"), "way": sent.get("way"), "bytes": meta["bytes"]}).decode(),
        "result": "done",
    }  # fmt: skip
    with context.store.transaction() as tx:
        tx.ship("audit", f"upload-{upload_id}", row)
    drawer.delete(context, upload_id)
    return made


def _arguments(context: Context, upload_id: str, meta: Mapping[str, Any]) -> dict[str, Any]:
    settings = context.settings
    return {
        "file": str(drawer.file_of(context, upload_id, meta)), "map": meta["map"], "name": "upload",
        "maps": str(maps.folder(context)), "locations": settings.locations, "catalogue": settings.catalogue,
        "policy": settings.policy,
    }  # fmt: skip
