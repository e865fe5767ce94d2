"""Add data: a file that an admin drops on the page becomes a map that fits it, and rows in intake's journal.

    one = add(context, caller, "sales.csv", body, language)      kept in DESK/uploads, guessed in a child
    one = guess(context, caller, one.id, answers, language)      again, with what the person corrected
    one = check(context, caller, one.id, map_text, language)     first movements, sums, bad rows
    one = send(context, caller, one.id, name)                    the map is kept, the rows go to intake, the file is deleted

Each step runs in a child without network; `look` says how far it is. What nobody sent is deleted after a day.
"""

from __future__ import annotations

import re
import secrets
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from lowtide.errors import SettingsError
from lowtide.intake import door
from lowtide.intake.http.app import MAX_BODY
from lowtide.intake.http.media import TYPES, content_of
from lowtide.map.model import NAME
from lowtide.operation import durable
from lowtide.readers.confinement import Limits
from lowtide.service.answer import Answer
from lowtide.service.caller import Caller, Role
from lowtide.service.children.child import Work
from lowtide.service.children.room import ROOM, Visit
from lowtide.service.context import Context
from lowtide.service.refusal import Missing, NotAllowed
from lowtide.strict.edit import Edit, EditFault, edited
from lowtide.words import Language
from lowtide.words.visible import bare

MOST_BYTES = MAX_BODY
"""The largest file, as intake takes it."""
KEPT_MS = 24 * 3_600_000
_LIMITS = Limits(addresses=3 << 30, cpu_s=120)
_WAIT_S = 180.0
_ID = re.compile(r"[0-9a-f]{24}")
_SHOWN = 20
_SUFFIXES = {
    ".csv": "text/csv", ".tsv": "text/csv", ".txt": "text/csv", ".json": "application/json",
    ".jsonl": "application/x-ndjson", ".ndjson": "application/x-ndjson", ".parquet": "application/vnd.apache.parquet",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xls": "application/vnd.ms-excel",
    ".ods": "application/vnd.oasis.opendocument.spreadsheet", ".xml": "application/xml", ".edi": "application/edifact",
    ".x12": "application/edi-x12",
}  # fmt: skip
assert set(_SUFFIXES.values()) <= set(TYPES)


@dataclass(frozen=True)
class Upload(Answer):
    """One file on its way in, as it stands."""

    id: str
    name: str
    bytes: int
    step: str
    """The last step: guess, check or send."""
    state: str
    """waiting, working, done, failed or left."""
    error: str
    hint: str
    answers: Mapping[str, Any]
    """What the person said: zone, kind, source, location, columns by role, kinds by text."""
    map: str
    """The map as text; empty: the rows are movements already."""
    guess: Mapping[str, Any] | None
    """What the columns were taken for, and what is open."""
    check: Mapping[str, Any] | None
    """What the map makes of the file."""
    sent: Mapping[str, Any] | None
    """Where the rows went; then the file is deleted."""

    @property
    def is_over(self) -> bool:
        """Whether the step has ended."""
        return self.state not in ("waiting", "working")


def way_of(context: Context) -> str:
    """Where the rows would go: `folder`, an address, or empty: nobody said where."""
    return "folder" if context.inbox is not None else context.intake


def add(context: Context, caller: Caller, name: str, body: bytes, language: Language) -> Upload:
    """Keep a file and begin to guess its map. Raises NotAllowed, SettingsError for an empty or too large one."""
    _must_be_admin(caller)
    name = bare(Path(name.replace("\\", "/")).name).strip()[-100:] or "upload.csv"
    suffix = Path(name).suffix.lower()
    if not body:
        raise SettingsError(f"`{name}` is empty", "Choose a file with rows.")
    if len(body) > MOST_BYTES:
        raise SettingsError(
            f"`{name}` has {len(body):,} bytes; the page takes {MOST_BYTES:,}",
            "Put a larger file into a folder that `lowtide intake --folder` watches.",
        )
    if suffix not in _SUFFIXES:
        raise SettingsError(
            f"`{name}` is of a kind that nothing reads", f"Choose a file of {', '.join(_SUFFIXES)}."
        )
    _remove_old(context)
    upload_id = secrets.token_hex(12)
    folder = _folder(context) / upload_id
    folder.mkdir(parents=True, mode=0o700)
    durable.replace(folder / f"file{suffix}", body)
    meta: dict[str, Any] = {
        "name": name, "file": f"file{suffix}", "bytes": len(body), "actor": caller.actor, "at": context.now(),
        "answers": {}, "map": "", "guess": None, "check": None, "sent": None, "error": "", "hint": "",
    }  # fmt: skip
    _write(context, upload_id, meta)
    return guess(context, caller, upload_id, {}, language)


def guess(
    context: Context, caller: Caller, upload_id: str, answers: Mapping[str, Any], language: Language
) -> Upload:
    """Guess the map with these answers. Raises NotAllowed, Missing, SettingsError for an answer that cannot be."""
    meta = _read(context, caller, upload_id)
    known = {key: answers.get(key) or None for key in ("zone", "kind", "source", "location")}
    for key in ("columns", "kinds"):
        known[key] = dict(answers.get(key) or {})
    file = _folder(context) / upload_id / meta["file"]
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
    meta = _read(context, caller, upload_id)
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
    meta = _read(context, caller, upload_id)
    if meta["check"] is None:
        raise SettingsError(
            "the file was not checked yet", "Check it first: then you see what becomes of it."
        )
    way = way_of(context)
    if not way:
        raise SettingsError(
            "the desk does not know where the rows go",
            "Start it with `--intake http://HOST:PORT` of `lowtide intake`, or `--intake journal:DIR`.",
        )
    kept = _keep(context, meta, map_name, again=again) if meta["map"] else ""
    file = _folder(context) / upload_id / meta["file"]
    if context.inbox is not None:
        sent: Mapping[str, Any] = _into_folder(context.inbox, kept, file, meta["name"], upload_id)
    elif way.startswith(door.JOURNAL):
        arguments = {
            **_arguments(context, upload_id, meta), "journal": way.removeprefix(door.JOURNAL),
            "content": content_of(_SUFFIXES[file.suffix.lower()]),
        }  # fmt: skip
        return _begin(context, caller, upload_id, meta | {"kept": kept}, "send", arguments)
    else:
        path = f"/movements?map={kept}" if kept else "/movements"
        token = door.token_of(context.intake_token)
        sent = door.post(way, path, file.read_bytes(), _SUFFIXES[file.suffix.lower()], token)
    return _done(
        context,
        caller,
        upload_id,
        meta | {"step": "send", "state": "done"},
        {**sent, "map": kept, "way": way},
    )


def look(context: Context, caller: Caller, upload_id: str) -> Upload:
    """A file on its way in; who looks keeps its child alive. Raises NotAllowed or Missing."""
    meta = _read(context, caller, upload_id)
    if meta.get("state") not in ("waiting", "working"):
        return _upload(upload_id, meta)
    visit = ROOM.look(meta["visit"], caller.actor)
    if visit is None or not visit.is_over:
        return _upload(upload_id, meta | ({"state": "left"} if visit is None else {"state": visit.state}))
    return _finished(context, caller, upload_id, meta, visit)


def wait(context: Context, caller: Caller, upload_id: str, seconds: float) -> Upload:
    """The same, after at most so many seconds in which its step may end."""
    meta = _read(context, caller, upload_id)
    visit = ROOM.look(meta.get("visit", ""), caller.actor)
    if visit is not None:
        visit.wait(seconds)
    return look(context, caller, upload_id)


def remove(context: Context, caller: Caller, upload_id: str) -> None:
    """Delete a file that is not wanted, and end its child. Raises NotAllowed or Missing."""
    meta = _read(context, caller, upload_id)
    ROOM.leave(meta.get("visit", ""))
    shutil.rmtree(_folder(context) / upload_id, ignore_errors=True)


def leave(context: Context, caller: Caller, upload_id: str) -> None:
    """End the child of a file; the file stays. Raises NotAllowed or Missing."""
    ROOM.leave(_read(context, caller, upload_id).get("visit", ""))


def _begin(
    context: Context, caller: Caller, upload_id: str, meta: dict[str, Any], step: str, arguments: Mapping[str, Any]
) -> Upload:  # fmt: skip
    task = {"guess": "upload_guess", "check": "upload_check", "send": "upload_take"}[step]
    visit = ROOM.begin(
        f"upload_{step}", caller.actor, Work(f"lowtide.service.tasks.{task}", arguments, _LIMITS, _WAIT_S)
    )
    meta = meta | {"step": step, "state": visit.state, "visit": visit.id, "error": "", "hint": ""}
    _write(context, upload_id, meta)
    return _upload(upload_id, meta)


def _finished(context: Context, caller: Caller, upload_id: str, meta: dict[str, Any], visit: Visit) -> Upload:
    """Keep what a child said."""
    meta = meta | {"state": visit.state}
    if visit.error is not None:
        file = str(_folder(context) / upload_id / meta["file"])
        meta |= {"error": visit.error.message.replace(file, meta["name"]), "hint": visit.error.hint}
    elif visit.state == "done" and meta["step"] == "guess":
        meta |= {"guess": visit.result, "map": visit.result["map"]}
    elif visit.state == "done" and meta["step"] == "check":
        meta |= {"check": visit.result}
    elif visit.state == "done":
        sent = {**visit.result, "map": meta.get("kept", ""), "way": way_of(context)}
        return _done(context, caller, upload_id, meta, sent)
    _write(context, upload_id, meta)
    return _upload(upload_id, meta)


def _done(
    context: Context, caller: Caller, upload_id: str, meta: dict[str, Any], sent: Mapping[str, Any]
) -> Upload:
    """The rows are on their way: the file is deleted, and it is written down who sent it."""
    made = _upload(upload_id, meta | {"sent": sent})
    row = {
        "at": context.moment(), "actor": caller.actor, "what": "upload.send", "subject": meta["name"],
        "detail": orjson.dumps({"map": sent.get("map"), "way": sent.get("way"), "bytes": meta["bytes"]}).decode(),
        "result": "done",
    }  # fmt: skip
    with context.store.transaction() as tx:
        tx.ship("audit", f"upload-{upload_id}", row)
    shutil.rmtree(_folder(context) / upload_id, ignore_errors=True)
    return made


def _keep(context: Context, meta: Mapping[str, Any], name: str, *, again: bool) -> str:
    """Write the map into the folder of maps under a name. Raises SettingsError."""
    if NAME.fullmatch(name) is None:
        raise SettingsError(
            f"`{name[:80]}` is not the name of a map",
            "A name has small letters, digits and hyphens, at most 64.",
        )
    folder = maps_folder(context)
    path = folder / f"{name}.yaml"
    try:
        text = edited(meta["map"], [Edit(("name",), name)])
    except EditFault:
        text = meta["map"]
    if path.exists() and path.read_text("utf-8-sig") != text and not again:
        raise SettingsError(
            f"there is a map `{name}` already", "Choose another name, or say that it may be replaced."
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        durable.replace(path, text.encode())
    except OSError as error:
        raise SettingsError(f"`{path}` cannot be written: {error.strerror}") from None
    return name


def maps_folder(context: Context) -> Path:
    """Where maps are kept: the folder of the settings, else one of the desk, which `lowtide intake --maps` must name."""
    return Path(context.settings.maps) if context.settings.maps else context.folder / "maps"


def _into_folder(inbox: Path, map_: str, file: Path, name: str, upload_id: str) -> dict[str, Any]:
    """Put the file where it is watched: it appears by a rename, so it is taken at once."""
    folder = inbox / map_ if map_ else inbox
    target = folder / f"{Path(name).stem}-{upload_id[:6]}{file.suffix}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        draft = folder / f".{target.name}.part"
        shutil.copyfile(file, draft)
        draft.rename(target)
    except OSError as error:
        raise SettingsError(f"`{folder}` cannot be written: {error.strerror}") from None
    return {"file": str(target)}


def _arguments(context: Context, upload_id: str, meta: Mapping[str, Any]) -> dict[str, Any]:
    settings = context.settings
    return {
        "file": str(_folder(context) / upload_id / meta["file"]), "map": meta["map"], "name": "upload",
        "maps": str(maps_folder(context)), "locations": settings.locations, "catalogue": settings.catalogue,
        "policy": settings.policy,
    }  # fmt: skip


def _upload(upload_id: str, meta: Mapping[str, Any]) -> Upload:
    return Upload(
        upload_id, meta["name"], meta["bytes"], meta.get("step", "guess"), meta.get("state", "failed"), meta["error"],
        meta["hint"], meta["answers"], meta["map"], meta["guess"], meta["check"], meta["sent"],
    )  # fmt: skip


def _must_be_admin(caller: Caller) -> None:
    if not caller.role.includes(Role.ADMIN):
        raise NotAllowed("only an administrator adds data")


def _folder(context: Context) -> Path:
    return context.folder.resolve() / "uploads"


def _read(context: Context, caller: Caller, upload_id: str) -> dict[str, Any]:
    """What is known of a file of this caller. Raises NotAllowed or Missing."""
    _must_be_admin(caller)
    path = _folder(context) / upload_id / "upload.json"
    if _ID.fullmatch(upload_id) is None or not path.is_file():
        raise Missing("this file is not here any more", "Choose it again.")
    meta: dict[str, Any] = orjson.loads(path.read_bytes())
    if meta["actor"] != caller.actor:
        raise Missing("this file is not here any more", "Choose it again.")
    return meta


def _write(context: Context, upload_id: str, meta: Mapping[str, Any]) -> None:
    durable.replace(_folder(context) / upload_id / "upload.json", orjson.dumps(meta))


def _remove_old(context: Context) -> None:
    """Delete files that nobody sent within a day."""
    for folder in _folder(context).glob("*"):
        path = folder / "upload.json"
        at = orjson.loads(path.read_bytes())["at"] if path.is_file() else 0
        if context.now() - at > KEPT_MS:
            shutil.rmtree(folder, ignore_errors=True)
