"""The handful of policy values the model knows, and the YAML that gives the engine the same ones.

>>> Policy(grace=2 * HOUR).yaml()
'defaults:\\n  grace: 2h\\n'
"""

import re
from dataclasses import dataclass, fields

import yaml

from tests.model.instant import DAY, HOUR

UNITS = {"m": 60_000, "h": HOUR, "d": DAY}
TOP_LEVEL = {"dedup_window", "late_window", "negative_sale"}


@dataclass(frozen=True)
class Policy:
    dedup_window: int = 7 * DAY
    late_window: int = 72 * HOUR
    negative_sale: str = "return"
    returns: str = "stock"
    lead_time: int = 7 * DAY
    grace: int = 24 * HOUR
    flap_count: int = 4

    def yaml(self) -> str | None:
        """Only what differs from the defaults; None where nothing does."""
        lines, defaults = [], []
        for field in fields(self):
            value = getattr(self, field.name)
            if value == field.default:
                continue
            shown = f"{value // HOUR}h" if isinstance(value, int) and field.name != "flap_count" else value
            (lines if field.name in TOP_LEVEL else defaults).append(f"{field.name}: {shown}\n")
        if defaults:
            lines.append("defaults:\n" + "".join(f"  {line}" for line in defaults))
        return "".join(lines) or None

    @classmethod
    def of(cls, document: str | None) -> "Policy":
        """What a policy file without layers means to the model; values it does not know are left out."""
        tree = yaml.safe_load(document or "") or {}
        flat = {**tree.get("defaults", {}), **{key: tree[key] for key in TOP_LEVEL if key in tree}}
        known = {field.name for field in fields(cls)}
        return cls(**{key: milliseconds(value) for key, value in flat.items() if key in known})


def milliseconds(value):
    match = re.fullmatch(r"([0-9]+)([mhd])", str(value))
    return int(match[1]) * UNITS[match[2]] if match else value
