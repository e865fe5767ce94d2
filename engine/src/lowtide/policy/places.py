"""What the locations file says becomes part of the compiled policy: regions and time zones, as lists of locations.

So the policy in force says which places it means, its version changes with them, and a replay meets a new list at the place
in the log where it came into force. The core matches on locations alone.
"""

from __future__ import annotations

import difflib
from collections import defaultdict
from dataclasses import dataclass, field

import pyarrow as pa

from lowtide.strict import fits

NO_PLACES = "the locations file says which region a place is in: give it with `--locations F`"
_NOWHERE = [""]
"""A list of patterns that no location fits: a record without a location is rejected."""


@dataclass(frozen=True)
class Places:
    """The region and the time zone of each location; those that name none are left out."""

    regions: dict[str, str] = field(default_factory=dict)
    zones: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, locations: pa.RecordBatch) -> Places:
        """The places of a locations file, as `lowtide.catalogue.load_locations` reads it."""
        names = locations.column("location").to_pylist()

        def given(column: str) -> dict[str, str]:
            pairs = zip(names, locations.column(column).to_pylist(), strict=True)
            return {name: value for name, value in pairs if value is not None}

        return cls(given("region"), given("time_zone"))

    def within(self, regions: list[str], locations: list[str] | None) -> list[str]:
        """Patterns of the locations that are in one of these regions and, if `locations` are given, fit one of those."""
        if "*" in regions:
            return locations or ["*"]
        inside = [name for name, region in self.regions.items() if fits(regions, region)]
        return sorted(name for name in inside if locations is None or fits(locations, name)) or _NOWHERE

    def default_zone(self) -> str | None:
        """The zone of all places that name one, if it is the same."""
        zones = set(self.zones.values())
        return zones.pop() if len(zones) == 1 else None

    def by_zone(self, default: str) -> dict[str, list[str]]:
        """The locations of each zone that is not the default."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        for name, zone in sorted(self.zones.items()):
            if zone != default:
                found[zone].append(name)
        return dict(sorted(found.items()))

    def fault(self, region: str) -> str | None:
        """What is wrong with a pattern of a region: no place has it."""
        known = sorted(set(self.regions.values()))
        if region == "*" or any(fits([region], name) for name in known):
            return None
        close = difflib.get_close_matches(region, known, 1)
        other = (
            f"did you mean `{close[0]}`?"
            if close
            else f"its regions are {', '.join(known) or 'not filled in'}"
        )
        return f"no place of the locations file is in the region `{region}`: {other}"


def places_of(locations: pa.RecordBatch | None) -> Places | None:
    """The places of a locations file; None without one."""
    return None if locations is None else Places.of(locations)
