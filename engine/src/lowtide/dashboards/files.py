"""Lists and writes the files. The bytes are always the same, except for one path."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lowtide.dashboards.grafana import BOARDS
from lowtide.dashboards.grafana.provisioning import DATASOURCE, provider
from lowtide.dashboards.superset import bundle
from lowtide.errors import SettingsError

BOARDS_FOLDER = "grafana/dashboards"
PROVISIONING = "grafana/provisioning"


@dataclass(frozen=True)
class File:
    """One file: its path in the folder, what it is for, its bytes."""

    path: str
    what: str
    data: bytes


def contents(folder: Path) -> Iterator[File]:
    """All files for a folder. Grafana's provider contains the full path of the dashboards, so it depends on the folder."""
    for board in BOARDS:
        model = json.dumps(board.model(), indent=2, ensure_ascii=False) + "\n"
        yield File(f"{BOARDS_FOLDER}/lowtide-{board.name}.json", board.what, model.encode())
    place = provider(folder.absolute() / BOARDS_FOLDER)
    yield File(f"{PROVISIONING}/dashboards/lowtide.yaml", "Tells Grafana where they are.", place.encode())
    source = DATASOURCE.encode()
    yield File(f"{PROVISIONING}/datasources/lowtide.yaml", "Tells Grafana where the warehouse is.", source)
    yield File("superset/lowtide-superset.zip", "For Superset: datasets, charts and a dashboard.", bundle())


def write(folder: Path) -> list[File]:
    """Write all files; those of the same name are replaced. Raises SettingsError if a folder cannot be written."""
    files = list(contents(folder))
    try:
        for file in files:
            path = folder / file.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(file.data)
    except OSError as error:
        raise SettingsError(
            f"`{folder}` cannot be written: {error.strerror}", "Give another folder."
        ) from error
    return files
