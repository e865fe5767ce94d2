"""Large lists of people and teams stand in tables: a row a person or a team, as in a spreadsheet of the office.

Cells that hold several values have `;` between them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import BaseModel

from lowtide.catalogue.table import Table, read_table
from lowtide.people.staff import PersonFile, TeamFile

_SEVERAL = {"contacts", "digest", "members", "rotate"}
KEY = {"people": "person", "teams": "team"}
"""The column that names a row."""
_FIELDS: dict[str, type[BaseModel]] = {"people": PersonFile, "teams": TeamFile}


def rows(path: Path, what: str) -> tuple[dict[str, dict[str, Any]], dict[str, str], list[str]]:
    """The rows of a list by key, where each stands, and what is wrong. `what` is `people` or `teams`. Raises PolicyError."""
    key = KEY[what]
    columns = [key, *(field.alias or name for name, field in _FIELDS[what].model_fields.items())]
    table = read_table(path, columns, f"list of {what}")
    if key not in table.columns:
        return {}, {}, [f"`{path}` has no column `{key}`: its header names {', '.join(table.columns)}"]
    found: dict[str, dict[str, Any]] = {}
    places: dict[str, str] = {}
    faults: list[str] = []
    for number, name in enumerate(table.columns[key]):
        place = table.place(number)
        if not name:
            faults.append(f"{place}: column `{key}` is empty")
        elif name in found:
            faults.append(f"{place}: `{name}` is in {places[name]} too: keep one")
        else:
            found[name], places[name] = _row(table, number, key), place
    return found, places, faults


def _row(table: Table, number: int, key: str) -> dict[str, Any]:
    """The cells of a row that are not empty."""
    cells = {name: texts[number] for name, texts in table.columns.items() if name != key}
    return {
        name: [part.strip() for part in text.split(";") if part.strip()] if name in _SEVERAL else text.strip()
        for name, text in cells.items()
        if text and text.strip()
    }
