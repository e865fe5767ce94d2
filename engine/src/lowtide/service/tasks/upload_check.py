"""In a child: what a map makes of a file: the first movements, sums, and each row that cannot be used with its line.

Arguments: `file`, `map` (its text; empty: the rows are movements already), `name`, `maps`, `locations`, `catalogue`,
`policy` (names of files), `lang`, `shown`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from lowtide.catalogue import load_catalogue, load_locations
from lowtide.core import Job
from lowtide.intake.trial import tried
from lowtide.intake.trial_report import report
from lowtide.policy import load_policy, places_of
from lowtide.service.tasks.upload_map import own_rows, read_map
from lowtide.words import Language


def work(asked: Mapping[str, Any], tell: Callable[[Mapping[str, Any]], None]) -> dict[str, Any]:
    """The report of `lowtide map check`."""
    places = load_locations(asked["locations"]) if asked["locations"] else None
    items = load_catalogue(asked["catalogue"]) if asked["catalogue"] else None
    job = Job.of(load_policy(asked["policy"], places_of(places)), items)
    map_ = read_map(asked, places, items)
    file = Path(asked["file"])
    if map_ is None:
        return own_rows(file, job)
    trial = tried(map_, file, shown=asked["shown"], config=job.config, catalogue=items)
    return report(trial, Language(asked["lang"]))
