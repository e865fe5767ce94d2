"""The map of tables that are movements already: their columns have the names of a movement's fields."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from lowtide.map import Map
from lowtide.map.loading import read_map_text
from lowtide.map.lookup import Lookup

NAME = "own"
_TEXT = """
lowtide_map: 1
name: own
read: {{format: {format}}}
movements:
  - id: "{{id}}"
    source: "{{source}}"
    kind: "{{kind}}"
    sku: "{{sku?}}"
    location: "{{location?}}"
    quantity: "{{quantity?}}"
    event_time: "{{event_time}}"
    ref: "{{ref?}}"
    due: "{{due?}}"
    expiry: "{{expiry?}}"
    of: "{{of?}}"
    counterparty: "{{counterparty?}}"
    reason: "{{reason?}}"
    unit_value: "{{unit_value?}}"
"""


@cache
def own_map(format_: str = "csv") -> Map:
    """The map for tables of a format: csv, xlsx or parquet."""
    return read_map_text(_TEXT.format(format=format_), f"own {format_}", NAME, Lookup(Path(), None, None))
