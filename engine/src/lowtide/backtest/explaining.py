"""Why an alert of a back-test would have opened: the explanation of `lowtide explain`, from the entries of the replay."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pyarrow as pa

from lowtide.backtest.outcome import Outcome
from lowtide.explain import Explanation, explain, story
from lowtide.explain.terms import first_value
from lowtide.rows import Row
from lowtide.words import Lang


class Explaining:
    """Explains alerts of one outcome in one language."""

    def __init__(self, outcome: Outcome, files: Mapping[str, pa.RecordBatch], lang: Lang) -> None:
        self._outcome, self._lang = outcome, lang
        self._layers = outcome.policy["layers"][::-1]
        self._items, self._places = (
            _rows(files.get("catalogue"), "sku"),
            _rows(files.get("location"), "location"),
        )

    def explanation(self, alert_id: str) -> Explanation:
        """Why one alert opened, with the stock of that moment and all that happened to it, in the zone of its position."""
        entries = self._outcome.entries(alert_id)
        item = self._items.get(entries[0]["sku"])
        place = self._places.get(entries[0]["location"], {}).get("name")
        opened = explain(entries[:1], item, self._lang, place=place, zone=self._zone(entries[0], item or {}))
        return replace(
            opened, sections=opened.sections | {"history": story.history(entries, opened.language)}
        )

    def _zone(self, entry: Row, item: Mapping[str, Any]) -> str:
        known = {name: item.get(name) or "" for name in ("category", "department", "supplier", "abc")}
        return str(first_value(self._layers, "time_zone", entry, known) or "UTC")


def _rows(batch: pa.RecordBatch | None, key: str) -> dict[str, Row]:
    return {} if batch is None else {row[key]: row for row in batch.to_pylist()}
