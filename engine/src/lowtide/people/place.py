"""The places of the locations file: who manages them, in which region they are, and when they are open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pyarrow as pa

_COLUMNS = ("location", "name", "region", "manager", "time_zone", "hours")


@dataclass(frozen=True)
class Place:
    """One row of the locations file; empty: the cell is empty."""

    location: str
    name: str = ""
    region: str = ""
    manager: str = ""
    time_zone: str = ""
    hours: str = ""

    @property
    def managers(self) -> tuple[str, ...]:
        """The persons that the column `manager` names, with `;` between them."""
        return tuple(filter(None, (part.strip() for part in self.manager.split(";"))))


@dataclass(frozen=True)
class Places:
    """All places by location. A region with a manager of its own is a row whose location is its name."""

    rows: Mapping[str, Place] = field(default_factory=dict)

    @classmethod
    def of(cls, locations: pa.RecordBatch | None) -> Places:
        """The places of a locations file, as `lowtide.catalogue.load_locations` reads it; None: no places."""
        rows = locations.select(list(_COLUMNS)).to_pylist() if locations is not None else []
        return cls.of_rows([{name: value or "" for name, value in row.items()} for row in rows])

    @classmethod
    def of_rows(cls, rows: list[dict[str, Any]]) -> Places:
        """Likewise of dictionaries, as a stored version keeps them."""
        return cls(
            {row["location"]: Place(**row) for row in sorted(rows, key=lambda row: str(row["location"]))}
        )

    @cached_property
    def regions(self) -> frozenset[str]:
        """The names of all regions."""
        return frozenset(place.region for place in self.rows.values() if place.region)

    @cached_property
    def shops(self) -> tuple[Place, ...]:
        """The places that are not the row of a region."""
        return tuple(place for place in self.rows.values() if place.location not in self.regions)

    def managers(self, location: str) -> tuple[str, ...]:
        """The persons who manage a location."""
        place = self.rows.get(location)
        return place.managers if place else ()

    def region_of(self, facts: Mapping[str, str]) -> str:
        """The region of an alert: that of its location, else what its facts say."""
        place = self.rows.get(facts.get("location", ""))
        return (place.region if place else "") or facts.get("region", "")

    def region_lead(self, facts: Mapping[str, str]) -> str | None:
        """Who leads the region of an alert; None if nobody does."""
        return next(iter(self.managers(self.region_of(facts))), None)

    def as_rows(self) -> list[dict[str, str]]:
        """The rows as a stored version keeps them."""
        return [dict(vars(place)) for place in self.rows.values()]
