"""The fields of a policy file: their names, their meaning, their units, their limits."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    Field,
    PrivateAttr,
    field_validator,
    model_validator,
)

from lowtide.policy.days import Days
from lowtide.policy.places import Places
from lowtide.policy.table import TABLE, default, is_time_zone, within
from lowtide.strict.duration import Milliseconds
from lowtide.strict.fields import Patterns, Strict

StockAlert = Literal[
    "negative_stock",
    "out_of_stock",
    "projected_stockout",
    "below_reorder_point",
    "overdue_supply",
    "sales_spike",
]
Sign = Literal[
    "slipping_supply",
    "transfer_mismatch",
    "count_variance",
    "phantom_stock",
    "sales_drought",
    "level_shift",
    "overstock",
    "slow_moving",
    "dead_stock",
    "expiring",
    "process_hole",
    "silent_feed",
]
AlertType = Literal[StockAlert, Sign]
Hole = Literal["receipt", "shipment", "return", "adjustment"]
Severity = Literal["watch", "warning", "critical"]
Chance = Annotated[float, within("service_level")]
Line = Annotated[float, within("watch")]
MATCH_KEYS = ("sku", "category", "supplier", "abc", "xyz", "department", "region", "location")


class AutoApprove(Strict):
    """What the desk approves without a person: both must hold."""

    up_to: Annotated[float, Field(ge=0)]
    """Money: the cost of one proposal is at most this."""
    p_over: Annotated[float, Field(ge=0, le=1)]
    """The chance of a stockout without the proposal is above this."""


class Terms(Strict):
    """The values of a position. In a layer, only those that the layer sets."""

    time_zone: str = default("time_zone")
    """Time zone of the shop, such as Europe/Paris. A day ends at its midnight."""
    lead_time: Days = default("lead_time")
    """Time from the order until the goods are on the shelf, as the supplier promises it."""
    lead_time_sd: Days = default("lead_time_sd")
    """Standard deviation of the lead time. The formula of the reorder point uses it."""
    review_period: Days = default("review_period")
    """Time between two chances to order."""
    service_level: Chance = default("service_level")
    """Service level that the formula of the reorder point, and safety stock, are to reach."""
    service: Literal["cycle", "fill"] = default("service")
    """`cycle`: the share of cycles without a stockout. `fill`: the share of units that are served from stock."""
    horizon: Literal["lead", "lead+review", "2 lead"] | Annotated[Days, within("horizon")] | None = default(
        "horizon"
    )
    """How far a projected stockout looks ahead: a number of days, `lead`, `lead+review` or `2 lead`, at most 365 days.
    Not set: the larger of lead time plus review period and 7 days."""
    watch: Line | None = default("watch")
    """A projected stockout opens as `watch` at this chance of a stockout within the horizon.
    Not set: the line that is shipped for the horizon and the lead time; at 7 days 0.40."""
    warning: Line | None = default("warning")
    """It becomes a warning at this chance. Not set: shipped; at 7 days 0.55."""
    critical: Line | None = default("critical")
    """It becomes critical at this chance. Not set: shipped; at 7 days 0.80."""
    exit_ratio: Annotated[float, within("exit_ratio")] = default("exit_ratio")
    """A severity ends when the chance falls below its line times this ratio."""
    clear_after: Milliseconds = default("clear_after")
    """How long a condition must be false before its alert is cleared."""
    dwell: Milliseconds = default("dwell")
    """How long a condition must be true before its alert opens."""
    reorder_point: Annotated[float, within("reorder_point")] | Literal["formula"] | None = default(
        "reorder_point"
    )
    """Order when the inventory position is below this number of units; or `formula`. Without it this alert is off."""
    grace: Milliseconds = default("grace")
    """How long after its due time a supply counts as overdue."""
    spike_p: Chance = default("spike_p")
    """A day's demand is a spike if the chance of so much demand is smaller than this."""
    spike_min: Annotated[float, within("spike_min")] = default("spike_min")
    """A day's demand below this number of units is never a spike."""
    spike_hold: Milliseconds = default("spike_hold")
    """A spike ends this long after its last sale."""
    spike_after: Days = default("spike_after")
    """Days in stock that must be known before a spike can be recognised."""
    flap_count: Annotated[int, within("flap_count")] = default("flap_count")
    """An alert is flapping when it opens this many times within `flap_window`; 0 switches this off."""
    flap_window: Milliseconds = default("flap_window")
    """See `flap_count`."""
    flap_hold: Milliseconds = default("flap_hold")
    """A flapping alert stays open until its condition has been false for this long."""
    low_turnover_days: Annotated[int, within("low_turnover_days")] = default("low_turnover_days")
    """Days whose sales are added up for the exemption of SKUs that sell slowly."""
    low_turnover_units: Annotated[float, within("low_turnover_units")] = default("low_turnover_units")
    """A position does not get reorder alerts if that sum is at most this; 0 switches the exemption off."""
    wave_units: Annotated[float, within("wave_units")] = default("wave_units")
    """A wave of sales lifts that exemption: this many units within `wave_days`, among the days of the sum. 0: none does."""
    wave_days: Annotated[int, within("wave_days")] = default("wave_days")
    """How many days in a row a wave may take."""
    revise_over: Annotated[float, within("revise_over")] = default("revise_over")
    """A late or corrected record revises an open alert when it moves its numbers by more than this share."""
    returns: Literal["stock", "hold"] = default("returns")
    """`stock`: returned goods can be sold at once. `hold`: they are held."""
    ref_memory: Milliseconds = default("ref_memory")
    """How long a supply with nothing open is remembered by its `ref`, so that an order that is sent again opens nothing."""
    lateness: list[tuple[Annotated[float, Field(ge=0)], Annotated[float, Field(ge=0, le=1)]]] = Field(
        default=[(days, chance) for days, chance in default("lateness")]
    )
    """Steps of [days late, chance that the supply has arrived by then], at most 400, from the history of the supplier."""
    remainder: Annotated[float, within("remainder")] = default("remainder")
    """Chance that the rest of an order of which a part was received still comes, when nothing of it is on its way."""
    unplanned: Literal["silent", "alert"] = default("unplanned")
    """`silent`: no reorder alert for a position that nobody plans: not ordered for, nothing received since its first count.
    `alert`: as for the others."""
    sold_out_day: Literal["whole", "part"] = default("sold_out_day")
    """`whole`: a day that ended sold out is learned as a whole day of the same pace. `part`: as the part that it was."""
    prior_rate: Annotated[float, within("prior_rate")] = default("prior_rate")
    """Units a day that a new position is taken to sell, before it is learned."""
    prior_days: Annotated[float, within("prior_days")] = default("prior_days")
    """For how many days in stock `prior_rate` stands."""
    dispersion: Annotated[float, within("dispersion")] = default("dispersion")
    """Variance of a day's demand divided by its mean, before it is learned."""
    calm: Annotated[float, within("calm")] = default("calm")
    """How much an estimate distrusts quick changes: more for sparse items of a shop, less for sums over a chain."""
    profile: str = default("profile")
    """Name of the seasonal profile: how demand is spread over the hours of the week."""
    season: str | None = default("season")
    """Name of the season in the inputs: how demand is spread over the weeks of the year."""
    off: list[AlertType] = default("off")
    """Alert types that are switched off."""
    severity: dict[AlertType, Severity] = default("severity")
    """Severity of the alert types that have only one severity."""
    method: Literal["order_up_to", "min_max", "ddmrp"] = default("method")
    """How much an order proposes. `order_up_to`: up to the stock that meets the service level. `min_max`: up to `max_level`,
    at or below `min_level`. `ddmrp`: up to the top of the green zone, when the net flow is at or below that of the
    yellow zone."""
    min_level: Annotated[float, within("min_level")] = default("min_level")
    """For `min_max`: order when available units and open orders are at or below this number of units."""
    max_level: Annotated[float, within("max_level")] = default("max_level")
    """For `min_max`: order up to this number of units. 0: not set, and the position is ordered for by `order_up_to`."""
    lead_time_factor: Annotated[float, within("lead_time_factor")] = default("lead_time_factor")
    """For `ddmrp`: the red base and the green zone are this share of the demand over the lead time."""
    variability_factor: Annotated[float, within("variability_factor")] = default("variability_factor")
    """For `ddmrp`: the red safety is this share of the red base."""
    over_max: Literal["down", "up", "ask"] = default("over_max")
    """What happens to a proposed order that does not fit under `max_stock` of the catalogue. `down`: the most whole
    packs that
    fit, if the chance of a stockout stays under the warning line; else as `up`. `up`: as it is, marked. `ask`: as it
    is, marked
    as a question."""
    propose_at: Severity = default("propose_at")
    """An alert of this severity or a higher one asks for proposals at once."""
    propose_before: Milliseconds = default("propose_before")
    """The proposals of a supplier's order day are made this long before its cut-off."""
    auto_approve: AutoApprove | None = default("auto_approve")
    """`{up_to: 200, p_over: 0.9}`: a proposal that costs at most 200 is approved by the desk where the chance of a
    stockout is
    above 0.9. Not set: a person approves."""
    look_for: list[Sign] = default("look_for")
    """The signs that are looked for: alert types that need more than the record of stock. `off` wins over it."""
    mismatch_after: Milliseconds = default("mismatch_after")
    """How long after its due time, and after its last record, a ref must have received what was shipped."""
    variance_units: Annotated[float, within("variance_units")] = default("variance_units")
    """A count is a count variance when it is off by at least this number of units,"""
    variance_share: Annotated[float, within("variance_share")] = default("variance_share")
    """and by at least this share of the larger of what was counted and what the record said."""
    variance_after: Milliseconds = default("variance_after")
    """A count is told this long after it came: until then records from before the count may still come."""
    variance_hold: Milliseconds = default("variance_hold")
    """A count variance ends this long after it was told, or with the next count that agrees."""
    overstock: Days = default("overstock")
    """An overstock opens when more than this time's expected demand is available."""
    overstock_exit: Days = default("overstock_exit")
    """An overstock ends when no more than this time's expected demand is available."""
    overstock_units: Annotated[float, within("overstock_units")] = default("overstock_units")
    """An overstock is at least this number of units more than `overstock_exit` asks for."""
    slow_days: Annotated[int, within("slow_days")] = default("slow_days")
    """Stock is slow moving after this many days in stock without a sale."""
    dead_days: Annotated[int, within("dead_days")] = default("dead_days")
    """Stock is dead after this many days in stock without a sale."""
    idle_units: Annotated[float, within("idle_units")] = default("idle_units")
    """Slow and dead stock is at least this number of units."""
    holding_cost: Annotated[float, within("holding_cost")] = default("holding_cost")
    """What it costs to hold stock for a year, as a share of its worth."""
    holes: list[Hole] = default("holes")
    """Records that are a hole in the process: `receipt` and `shipment` without an order, `return` without a sale,
    `adjustment` without a reason."""
    hole_after: Milliseconds = default("hole_after")
    """How long after a receipt or a shipment its order may still become known."""
    hole_hold: Milliseconds = default("hole_hold")
    """A hole in the process ends this long after the last such record."""
    expiring_days: Annotated[int, within("expiring_days")] = default("expiring_days")
    """A lot is judged when it can be sold on at most this many days, today included."""
    expiring_p: Chance = default("expiring_p")
    """A lot is told when the chance that not all of it is sold in time is at least this."""
    phantom_odds: Annotated[float, within("phantom_odds")] = default("phantom_odds")
    """Phantom stock opens at these odds that the shelf is empty. They are a rank, and not a chance."""
    drought_line: Annotated[float, within("drought_line")] = default("drought_line")
    """A sales drought opens at this score: the natural logarithm of how much better a drought explains the sales."""
    shift_line: Annotated[float, within("shift_line")] = default("shift_line")
    """A level shift opens when the CUSUM of weekly sales is this far from 0."""
    shift_weeks: Annotated[int, within("shift_weeks")] = default("shift_weeks")
    """Weeks after which a shifted level is the usual one, and the level shift ends."""
    sign_after: Days = default("sign_after")
    """Days in stock that must be known before signs of demand are looked for."""
    silent_records: Annotated[float, within("silent_records")] = default("silent_records")
    """A feed is silent when this number of records is missing, by its own rhythm; those of one minute count once,"""
    silent_least: Milliseconds = default("silent_least")
    """and when at least this much time has passed since its last one."""

    @field_validator("time_zone")
    @classmethod
    def _zone_exists(cls, name: str) -> str:
        if not is_time_zone(name):
            raise ValueError("write the name of a time zone, such as Europe/Paris or UTC")
        return name

    @field_validator("lateness")
    @classmethod
    def _steps_rise(cls, steps: list[tuple[float, float]]) -> list[tuple[float, float]]:
        if not steps or any(a[0] >= b[0] or a[1] > b[1] for a, b in pairwise(steps)):
            raise ValueError(
                "write steps with rising days and chances that do not fall, such as [[0, 0.9], [7, 1]]"
            )
        return steps


class Layer(Strict):
    """Values for the positions that match every key of `match`."""

    name: str = ""
    """The name shown with every value of the layer. It must be unique in the file."""
    match: dict[
        Literal["sku", "category", "supplier", "abc", "xyz", "department", "region", "location"], Patterns
    ]
    """Which positions the layer is for: exact texts, or texts in which `*` stands for any characters."""
    set: Terms
    """The values for these positions."""

    @field_validator("match")
    @classmethod
    def _matches_something(cls, match: dict[str, list[str]]) -> dict[str, list[str]]:
        if not match:
            raise ValueError(f"name at least one of {', '.join(MATCH_KEYS)}; or use `defaults:`")
        return match


def _week(weights: list[float]) -> list[float]:
    """168 hours with mean 1 from 7 days, 24 hours or 168 hours."""
    if len(weights) not in (7, 24, 168) or min(weights) < 0 or not 0 < sum(weights) * 24 < math.inf:
        raise ValueError(
            "write 7 weights (Monday first), 24 (midnight first) or 168, none negative, not all 0"
        )
    hours = {
        7: lambda: [weights[hour // 24] for hour in range(168)],
        24: lambda: [weights[hour % 24] for hour in range(168)],
        168: lambda: list(weights),
    }[len(weights)]()
    mean = sum(hours) / 168
    return [weight / mean for weight in hours]


Profile = Annotated[list[float], AfterValidator(_week)]


class Policy(Strict):
    """A whole policy file."""

    version: str = ""
    """A label that you choose. The identity of the policy is the hash of its content."""
    dedup_window: Milliseconds = default("dedup_window")
    """How long a (source, id) is remembered, in time of the clock, so that it counts only once."""
    late_window: Milliseconds = default("late_window")
    """How late a record may be if the demand estimate is to learn from it."""
    max_ahead: Milliseconds = default("max_ahead")
    """How far the event time of a record may be ahead of its arrival."""
    max_record_bytes: Annotated[int, within("max_record_bytes")] = default("max_record_bytes")
    """The longest record, in bytes."""
    publish_every: Milliseconds = default("publish_every")
    """Changed positions are written each time the clock passes a multiple of this."""
    negative_sale: Literal["return", "reject"] = default("negative_sale")
    """`return`: a sale with a negative quantity is a return. `reject`: it is rejected."""
    naive_zone: str | None = default("naive_zone")
    """The time zone of times that do not name one; `position`: the zone of the position. None: such records are rejected."""
    calibration_sample: Annotated[int, within("calibration_sample")] = default("calibration_sample")
    """One position in so many has its chance of a stockout written at each midnight, so that it can be judged; 0: none."""
    profiles: dict[str, Profile] = Field(default={})
    """Seasonal profiles by name: 7 weights (Monday first), 24 (midnight first) or 168."""
    defaults: Terms = Terms()
    """Values of every position."""
    layers: list[Layer] = Field(default=[])
    """Exceptions. The more specific layer wins; between equal ranks the later one."""
    _places: Places | None = PrivateAttr(default=None)

    @property
    def places(self) -> Places | None:
        """What the locations file says about places; None without such a file."""
        return self._places

    def at(self, places: Places | None) -> Policy:
        """The same policy over these places."""
        policy = self.model_copy()
        policy._places = places
        return policy

    @field_validator("publish_every")
    @classmethod
    def _not_at_once(cls, every: int) -> int:
        if every < TABLE["publish_every_ms"]["ge"]:
            raise ValueError("write at least 1s")
        return every

    @field_validator("naive_zone")
    @classmethod
    def _zone_exists(cls, name: str | None) -> str | None:
        if name not in (None, "position") and not is_time_zone(name):
            raise ValueError("write the name of a time zone, such as Europe/Paris, or `position`")
        return name

    @model_validator(mode="after")
    def _named(self) -> Policy:
        for number, layer in enumerate(self.layers, 1):
            layer.name = layer.name or f"layer {number}"
        return self
