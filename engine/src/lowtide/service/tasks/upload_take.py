"""In a child: the rows of an uploaded file go into a journal that nobody else writes now.

Arguments: those of `upload_check`, and `journal`, its folder. Sent again they are duplicates.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from lowtide.catalogue import load_catalogue, load_locations
from lowtide.core import Job
from lowtide.errors import SettingsError
from lowtide.intake.intake import Intake
from lowtide.intake.journal import Journal, document_hash
from lowtide.intake.refusal import Refusal
from lowtide.intake.shelf import MapShelf
from lowtide.policy import load_policy, places_of
from lowtide.service.tasks.upload_map import document_rows, read_map


def work(asked: Mapping[str, Any], tell: Callable[[Mapping[str, Any]], None]) -> dict[str, Any]:
    """What was written: places, good, skipped and rejected rows."""
    places = load_locations(asked["locations"]) if asked["locations"] else None
    items = load_catalogue(asked["catalogue"]) if asked["catalogue"] else None
    job = Job.of(load_policy(asked["policy"], places_of(places)), items)
    map_, file = read_map(asked, places, items), Path(asked["file"])
    data = file.read_bytes()
    with Journal.open(Path(asked["journal"])) as journal:
        intake = Intake(journal, MapShelf(), job)
        try:
            rows = (
                intake.rows(data, asked["content"], map_, file.name)
                if map_ is not None
                else document_rows(file, job)
            )
            if rows.stock_list is not None and map_ is not None:
                receipt, _ = intake.write_list(rows, document_hash(data), map_)
            elif rows.records:
                receipt = intake.write(rows, document_hash(data)).result()
            else:
                raise SettingsError(f"`{file.name}` has no rows")
        except Refusal as refusal:
            raise SettingsError(str(refusal)) from None
    return {**rows.to_dict(), "first": receipt.first, "places": receipt.places, "log": receipt.log}
