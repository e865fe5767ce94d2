"""Where the rows of a file go: a folder that is watched, an intake over HTTP, or a journal that a child writes."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lowtide.errors import SettingsError
from lowtide.intake import door
from lowtide.intake.http.media import TYPES
from lowtide.service.context import Context

SUFFIXES = {
    ".csv": "text/csv", ".tsv": "text/csv", ".txt": "text/csv", ".json": "application/json",
    ".jsonl": "application/x-ndjson", ".ndjson": "application/x-ndjson", ".parquet": "application/vnd.apache.parquet",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xls": "application/vnd.ms-excel",
    ".ods": "application/vnd.oasis.opendocument.spreadsheet", ".xml": "application/xml", ".edi": "application/edifact",
    ".x12": "application/edi-x12",
}  # fmt: skip
assert set(SUFFIXES.values()) <= set(TYPES)


def way_of(context: Context) -> str:
    """Where the rows would go: `folder`, an address, or empty: nobody said where."""
    return "folder" if context.inbox is not None else context.intake


def known_way(context: Context) -> str:
    """The same. Raises SettingsError if nobody said where."""
    way = way_of(context)
    if not way:
        raise SettingsError(
            "the desk does not know where the rows go",
            "Start it with `--intake http://HOST:PORT` of `lowtide intake`, or `--intake journal:DIR`.",
        )
    return way


def put(context: Context, upload_id: str, name: str, file: Path, map_: str) -> Mapping[str, Any] | None:
    """Hand a file on, with the name of its map; returns where it went. None: a child must write it into the journal.

    Raises SettingsError, and what the intake says.
    """
    way = known_way(context)
    if context.inbox is not None:
        return _into_folder(context.inbox, map_, file, name, upload_id)
    if way.startswith(door.JOURNAL):
        return None
    path = f"/movements?map={map_}" if map_ else "/movements"
    token = door.token_of(context.intake_token)
    return door.post(way, path, file.read_bytes(), SUFFIXES[file.suffix.lower()], token)


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
