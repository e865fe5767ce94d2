"""The map with which an uploaded file is read: a text, or that of tables and JSON lines that hold movements already."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa

from lowtide.core import Job
from lowtide.errors import SettingsError
from lowtide.intake.own import OwnMovements
from lowtide.intake.own_map import own_map
from lowtide.intake.refusal import Refusal
from lowtide.intake.rows import DocumentRows
from lowtide.map import Map
from lowtide.map.loading import read_map_text
from lowtide.map.lookup import Lookup

_TABLES = {
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".xlsx": "xlsx",
    ".xls": "xlsx",
    ".ods": "xlsx",
    ".parquet": "parquet",
}
_SHOWN = 20


def read_map(
    asked: Mapping[str, Any], places: pa.RecordBatch | None, items: pa.RecordBatch | None
) -> Map | None:
    """The map of a task; None: the file holds JSON in our own form. Raises MapError."""
    if asked["map"]:
        folder = Path(asked["maps"]) if asked["maps"] else Path()
        return read_map_text(
            asked["map"], "map.yaml", asked["name"] or "upload", Lookup(folder, places, items)
        )
    form = _TABLES.get(Path(asked["file"]).suffix.lower())
    return own_map(form) if form else None


def document_rows(file: Path, job: Job) -> DocumentRows:
    """The rows of a file of JSON in our own form. Raises SettingsError."""
    data = file.read_bytes()
    layout = "array" if data.lstrip()[:1] == b"[" else "ndjson"
    try:
        return OwnMovements(job).rows(data, layout)
    except Refusal as refusal:
        raise SettingsError(str(refusal)) from None


def own_rows(file: Path, job: Job) -> dict[str, Any]:
    """What a run makes of a file of JSON in our own form, in the words of `lowtide map check`."""
    rows = document_rows(file, job)
    first = [
        orjson.loads(line)
        for line in b"".join(body.data for body in rows.bodies).split(b"\n", _SHOWN)[:_SHOWN]
        if line
    ]
    return {
        "map": "", "hash": "", "rows": rows.records, "good": rows.good, "movements": rows.good, "skipped": 0,
        "rejected": rows.rejected, "by_rule": [], "by_skip": [], "by_kind": {}, "units": {}, "by_location": {},
        "by_code": rows.codes, "first": first, "unexpected": 0, "warnings": [], "unused_columns": [], "notes": [],
        "rejects": [one.to_dict() for one in rows.rejects[:_SHOWN]],
    }  # fmt: skip
