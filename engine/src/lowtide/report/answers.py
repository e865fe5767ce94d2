"""What the page knows: the answers of the warehouse, still without a language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Literal

from lowtide.report.figures import Figure
from lowtide.report.scope import Scope
from lowtide.rows import Row, plain_row

Money = Literal["margin", "price", "units"]


@dataclass(frozen=True)
class Answers:
    """One field a question; the rows have the column names of the views they come from."""

    scope: Scope
    money: Money
    """The unit of a loss: the margin of a unit, its price if the catalogue does not have margins, or units without
    prices."""
    positions: int
    places: int
    figures: Sequence[Figure]
    opened: Sequence[Row]
    """day, critical, warning, watch, open (at its end): every day of the period."""
    worst: Sequence[Row]
    heatmap: Sequence[Row]
    """location, category, open_alerts, expected_loss."""
    unowned: Row
    """Critical alerts that nobody owns: alerts, expected_loss, and the columns of the most expensive one."""
    stale: int
    load: Sequence[Row]
    """owner, hours, alarms, alarms_per_hour, share_acceptable, share_high, share_overload."""
    load_hours: Sequence[Row]
    """hour (of the day), alarms (in the mean such hour), of the owner with the most alarms."""
    calibration: Sequence[Row]
    """decile, from, to, positions, days, said, came_true, low, high: position-days of the sample."""
    openings: Sequence[Row]
    """The same of alerts at their opening, with alerts instead of days."""
    stock: Sequence[Row]
    departments: Sequence[Row]
    dead: Sequence[Row]
    dead_total: Row
    missed: Sequence[Row]
    """category, missed: most first."""
    suppliers: Sequence[Row]
    quality: Sequence[Row]
    """check, records, share."""
    silent: Sequence[Row]
    """location, last_event_time, silent_hours, days_with_sales (of 28): every such place."""
    feeds: Sequence[Row]
    """Feeds that are silent: location, source, since, silent_hours, expected_records."""
    counting: Sequence[Row]
    """What to count first: location, sku, name, on_hand, odds, idle_days, usual_per_day."""
    at_rest: Sequence[Row]
    """type, location, sku, name, units, value, holding_cost_month: the most valuable stock that does not move."""
    at_rest_sums: Sequence[Row]
    """type (`all`: each position once), positions, value, holding_cost_month."""
    slips: Sequence[Row]
    """supplier, promised_on, due_on, positions, units, worst_p, expected_loss."""
    policies: Sequence[str]
    place_names: Mapping[str, str]
    """What locations are called, where they have a name."""

    def figure(self, key: str) -> Figure:
        """One of the headline figures."""
        return next(figure for figure in self.figures if figure.key == key)

    def to_dict(self) -> Row:
        """Everything as one JSON object."""
        whole = {field.name: getattr(self, field.name) for field in fields(self)}
        whole |= {
            "scope": {field.name: getattr(self.scope, field.name) for field in fields(self.scope)},
            "figures": {figure.key: figure.to_dict() for figure in self.figures},
        }
        return plain_row(whole)
