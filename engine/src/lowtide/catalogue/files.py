"""The four files that people keep: a catalogue of SKUs, the places, the suppliers, and the lanes between places.

Columns may stand in any order, and all but the key may be left out. Other columns are kept as `attributes`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pyarrow as pa

from lowtide.catalogue.layout import AMOUNT, DAYS, NUMBER, TEXT, TIME, WEEKDAYS, ZONE, Layout
from lowtide.settings import Settings

CATALOGUE = Layout(
    "catalogue",
    ("sku",),
    {
        "sku": TEXT, "name": TEXT, "category": TEXT, "department": TEXT, "supplier": TEXT, "abc": TEXT, "unit": TEXT,
        "pack": NUMBER, "moq": NUMBER, "max_stock": NUMBER, "unit_cost": NUMBER, "unit_price": NUMBER, "margin": AMOUNT,
        "shelf_life": DAYS,
    },
)  # fmt: skip
LOCATIONS = Layout(
    "locations file",
    ("location",),
    {
        "location": TEXT, "name": TEXT, "region": TEXT, "manager": TEXT, "time_zone": ZONE, "hours": TEXT,
        "display_min": NUMBER,
    },
    prefix="alias_",
)  # fmt: skip
SUPPLIERS = Layout(
    "suppliers file",
    ("supplier",),
    {
        "supplier": TEXT, "name": TEXT, "order_days": WEEKDAYS, "cut_off": TIME, "delivery_days": WEEKDAYS,
        "calendar": TEXT, "lead_time": DAYS, "expedite_to": DAYS, "expedite_cost": NUMBER,
    },
)  # fmt: skip
LANES = Layout(
    "lanes file", ("from", "to"), {"from": TEXT, "to": TEXT, "hours": NUMBER, "pack": NUMBER, "cost": NUMBER}
)


FILES: Final = {
    "catalogue": ("catalogue", CATALOGUE),
    "location": ("locations", LOCATIONS),
    "supplier": ("suppliers", SUPPLIERS),
    "lane": ("lanes", LANES),
}
"""By table of the warehouse: the setting that names its file, and what stands in it."""


def load_files(settings: Settings) -> dict[str, pa.RecordBatch]:
    """The files that the settings name, by table of the warehouse. Raises PolicyError for the first that is wrong."""
    paths = {table: getattr(settings, setting) for table, (setting, _) in FILES.items()}
    return {table: FILES[table][1].load(path) for table, path in paths.items() if path}


def load_catalogue(path: str | Path) -> pa.RecordBatch:
    """What SKUs are: name, what policies match on, units, money. `pack`, `moq` and `max_stock` are units, `shelf_life` days,
    `unit_cost`, `unit_price` and `margin` money for a unit. Raises PolicyError."""
    return CATALOGUE.load(path)


def load_locations(path: str | Path) -> pa.RecordBatch:
    """What places are: name, region, manager, time zone, opening hours, units that must stay on display, and their names in
    other systems as the map `alias_*`. Raises PolicyError."""
    return LOCATIONS.load(path)
