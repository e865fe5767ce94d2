"""Where files wait: each has a folder of its own under DESK/uploads, with what is known of it beside the file.

DESK/uploads/ID/sales.csv, DESK/uploads/ID/upload.json
"""

from __future__ import annotations

import re
import secrets
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from lowtide.operation import durable
from lowtide.service.caller import Caller, Role
from lowtide.service.context import Context
from lowtide.service.refusal import Missing, NotAllowed

KEPT_MS = 24 * 3_600_000
_ID = re.compile(r"[0-9a-f]{24}")


def must_be_admin(caller: Caller) -> None:
    """Raises NotAllowed below an admin."""
    if not caller.role.includes(Role.ADMIN):
        raise NotAllowed("only an administrator adds data")


def folder(context: Context) -> Path:
    """The folder of all files that wait."""
    return context.folder.resolve() / "uploads"


def put(context: Context, meta: Mapping[str, Any], body: bytes) -> str:
    """Keep a file under a new id."""
    upload_id = secrets.token_hex(12)
    place = folder(context) / upload_id
    place.mkdir(parents=True, mode=0o700)
    durable.replace(place / meta["file"], body)
    write(context, upload_id, meta)
    return upload_id


def read(context: Context, caller: Caller, upload_id: str) -> dict[str, Any]:
    """What is known of a file of this caller. Raises NotAllowed or Missing."""
    must_be_admin(caller)
    path = folder(context) / upload_id / "upload.json"
    if _ID.fullmatch(upload_id) is None or not path.is_file():
        raise Missing("this file is not here any more", "Choose it again.")
    meta: dict[str, Any] = orjson.loads(path.read_bytes())
    if meta["actor"] != caller.actor:
        raise Missing("this file is not here any more", "Choose it again.")
    return meta


def write(context: Context, upload_id: str, meta: Mapping[str, Any]) -> None:
    """Write down what is known of a file."""
    durable.replace(folder(context) / upload_id / "upload.json", orjson.dumps(meta))


def file_of(context: Context, upload_id: str, meta: Mapping[str, Any]) -> Path:
    """The file itself."""
    return folder(context) / upload_id / str(meta["file"])


def delete(context: Context, upload_id: str) -> None:
    """Delete a file with what is known of it."""
    shutil.rmtree(folder(context) / upload_id, ignore_errors=True)


def remove_old(context: Context) -> None:
    """Delete files that nobody sent within a day."""
    for one in folder(context).glob("*"):
        path = one / "upload.json"
        at = orjson.loads(path.read_bytes())["at"] if path.is_file() else 0
        if context.now() - at > KEPT_MS:
            shutil.rmtree(one, ignore_errors=True)
