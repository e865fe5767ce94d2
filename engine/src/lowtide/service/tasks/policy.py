"""In a child: a period of the log under the policy in force and under a changed one, and what the desk makes of both.

Arguments: `sources`, `settings` (names of files and how the log is read), `before`, `after` (texts of policies), `people`
(the document of the version in force), `start`, `end`. The log is read twice from its beginning, because an alert depends on
all that was before it. Records of the log that change the policy are passed over, so that each policy holds throughout.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import orjson

from lowtide.catalogue import load_files
from lowtide.core import Job
from lowtide.desk.history import episodes
from lowtide.desk.history.simulated import difference
from lowtide.desk.history.simulation import simulate
from lowtide.inputs import load_inputs
from lowtide.ledger import ENDED
from lowtide.people import Book
from lowtide.policy import places_of, read_policy_text
from lowtide.rows import Row
from lowtide.runner.logs import open_logs
from lowtide.runner.maps import Maps
from lowtide.runner.order import Sorting
from lowtide.runner.replay import replay_logs
from lowtide.runner.steady import SteadyFeed, steady
from lowtide.service.tasks.facts import Facts
from lowtide.settings import Settings

Tell = Callable[[Mapping[str, Any]], None]
_READ = 0.9
"""Share of the time that the two replays take, for the progress."""


def work(asked: Mapping[str, Any], tell: Tell) -> dict[str, Any]:
    """The difference as JSON: `alerts` and `people`."""
    settings, start, end = Settings(**asked["settings"]), asked["start"], asked["end"]
    files = load_files(settings)
    facts = Facts(files.get("catalogue"), files.get("location"))
    ledgers = []
    for number, name in enumerate(("before", "after")):
        policy = read_policy_text(asked[name], f"{name}.yaml", places_of(files.get("location")))
        job = Job.of(
            policy, files.get("catalogue"), pipeline=settings.pipeline, time_format=settings.time_format,
            inputs=load_inputs(settings.inputs) if settings.inputs else None,
        )  # fmt: skip

        def told(share: float, number: int = number) -> None:
            tell({"done": round(1000 * _READ * (number + share) / 2), "of": 1000})

        ledgers.append(
            _ledger(asked["sources"], job, settings, Maps.of(settings, files), facts, start, end, told)
        )
    book = Book.of_document(asked["people"])
    old, new = (simulate(rows, book, start, end) for rows in ledgers)
    before, after = (episodes.episodes(rows, start, end) for rows in ledgers)
    tell({"done": 1000, "of": 1000})
    return {"alerts": episodes.difference(before, after, start), "people": difference(old, new)}


def _ledger(
    sources: list[str], job: Job, settings: Settings, maps: Maps, facts: Facts, start: int, end: int,
    told: Callable[[float], None],
) -> list[Row]:  # fmt: skip
    """The entries before `end` of alerts that were open within the period, as the desk reads them."""
    sorting = Sorting(job, through=steady)
    logs = open_logs(
        sources, settings.block_records, encoding=settings.encoding, order=settings.order, sorting=sorting, maps=maps
    )  # fmt: skip
    rows: dict[str, list[Row]] = {}
    first: int | None = None
    for outcome in replay_logs(job, {name: SteadyFeed(feed) for name, feed in logs.items()}):
        for entry in outcome.entries:
            row = facts.row(orjson.loads(entry), job.partition_name)
            if row["event_time"] < end:
                rows.setdefault(row["alert_id"], []).append(row)
        clock = outcome.replay.log.partition.clock_ms
        if clock is not None:
            first = clock if first is None else first
            told(min(1.0, (clock - first) / max(1, end - first)))
            if clock > end and len(logs) == 1 and not outcome.ended:
                break
    met = (one for one in rows.values() if not _was_over(one, start))
    return [row for one in met for row in one]


def _was_over(rows: list[Row], start: int) -> bool:
    last = max(rows, key=lambda row: (row["event_time"], row["seq"]))
    return last["entry"] in ENDED and last["event_time"] < start
