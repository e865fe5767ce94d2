"""The handful of policy values the model knows, and the YAML that gives the engine the same ones.

>>> Policy(grace=2 * HOUR).yaml()
'defaults:\\n  grace: 2h\\n'
>>> Policy(zones=(("LA*", "America/Los_Angeles"),)).zone("LA-1")
'America/Los_Angeles'
"""

import re
from dataclasses import dataclass, fields
from fnmatch import fnmatchcase

import yaml

from tests.model.instant import DAY, HOUR

UNITS = {"m": 60_000, "h": HOUR, "d": DAY}
TOP_LEVEL = {"dedup_window", "late_window", "negative_sale", "naive_zone"}


@dataclass(frozen=True)
class Policy:
    dedup_window: int = 7 * DAY
    late_window: int = 72 * HOUR
    ref_memory: int = 30 * DAY
    negative_sale: str = "return"
    returns: str = "stock"
    lead_time: int = 7 * DAY
    grace: int = 24 * HOUR
    flap_count: int = 4
    unplanned: str = "silent"
    naive_zone: str | None = None
    """The zone of a time without one; "position" is the position's own; None rejects such a time."""
    time_zone: str = "UTC"
    zones: tuple[tuple[str, str], ...] = ()
    """(pattern of locations, zone): one layer each; the last that matches holds."""

    def zone(self, location: str | None) -> str:
        return next(
            (z for match, z in reversed(self.zones) if fnmatchcase(location or "", match)), self.time_zone
        )

    def naive(self, location: str | None) -> str | None:
        return self.zone(location) if self.naive_zone == "position" else self.naive_zone

    def yaml(self) -> str | None:
        """Only what differs from the defaults; None where nothing does."""
        lines, defaults = [], []
        for field in fields(self):
            value = getattr(self, field.name)
            if value == field.default or field.name == "zones":
                continue
            shown = f"{value // HOUR}h" if isinstance(value, int) and field.name != "flap_count" else value
            (lines if field.name in TOP_LEVEL else defaults).append(f"{field.name}: {shown}\n")
        if defaults:
            lines.append("defaults:\n" + "".join(f"  {line}" for line in defaults))
        if self.zones:
            lines.append("layers:\n")
        for number, (match, zone) in enumerate(self.zones):
            lines.append(
                f'  - {{name: zone-{number}, match: {{location: "{match}"}}, set: {{time_zone: {zone}}}}}\n'
            )
        return "".join(lines) or None

    @classmethod
    def of(cls, document: str | None) -> "Policy":
        """What a policy file means to the model; values it does not know are left out."""
        tree = yaml.safe_load(document or "") or {}
        flat = {**tree.get("defaults", {}), **{key: tree[key] for key in TOP_LEVEL if key in tree}}
        known = {field.name for field in fields(cls)}
        zones = tuple(
            (layer["match"]["location"], layer["set"]["time_zone"])
            for layer in tree.get("layers", [])
            if "time_zone" in layer["set"] and "location" in layer["match"]
        )
        return cls(**{key: milliseconds(value) for key, value in flat.items() if key in known}, zones=zones)


def milliseconds(value):
    match = re.fullmatch(r"([0-9]+)([mhd])", str(value))
    return int(match[1]) * UNITS[match[2]] if match else value
