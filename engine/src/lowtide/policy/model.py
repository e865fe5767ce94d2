"""The fields of a policy file: their names, their meaning, their units, their limits."""

from __future__ import annotations

import math
import unicodedata
from itertools import pairwise
from typing import Annotated, Any, Literal
from zoneinfo import available_timezones

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    WithJsonSchema,
    field_validator,
    model_validator,
)

from lowtide.policy.duration import Days, Milliseconds

AlertType = Literal[
    "negative_stock",
    "out_of_stock",
    "projected_stockout",
    "below_reorder_point",
    "overdue_supply",
    "sales_spike",
]
Severity = Literal["watch", "warning", "critical"]
Chance = Annotated[float, Field(gt=0, lt=1)]
MATCH_KEYS = ("sku", "category", "supplier", "abc", "department", "location")


def _texts(value: Any) -> Any:
    """One pattern or several, in Unicode NFC, as SKUs and locations are compared."""
    items = value if isinstance(value, list) else [value]
    if not items or any(isinstance(item, bool | dict | list) or item is None for item in items):
        raise ValueError('write a text or a list of texts, such as DAIRY or [330, "33*"]')
    return [unicodedata.normalize("NFC", str(item)) for item in items]


Patterns = Annotated[
    list[str],
    BeforeValidator(_texts),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": ["string", "number"]},
                {"type": "array", "items": {"type": ["string", "number"]}, "minItems": 1},
            ],
            "examples": ["DAIRY", [330, "33*"]],
        }
    ),
]


class Strict(BaseModel):
    """Unknown words are mistakes."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True, allow_inf_nan=False)

    @field_validator("*", mode="before")
    @classmethod
    def _no_yes(cls, value: Any) -> Any:
        if isinstance(value, bool):
            raise ValueError("write a number or a word; yes, no, on and off are not allowed here")
        return value


class Values(Strict):
    """The values of a position. In a layer, only those that the layer sets."""

    time_zone: str = "UTC"
    """Time zone of the shop, such as Europe/Paris. A day ends at its midnight."""
    lead_time: Days = 7.0
    """Time from the order until the goods are on the shelf, as the supplier promises it."""
    lead_time_sd: Days = 2.0
    """Standard deviation of the lead time. The formula of the reorder point uses it."""
    review_period: Days = 1.0
    """Time between two chances to order. The horizon is lead time plus review period, at most 120 days."""
    service_level: Chance = 0.95
    """Chance that a cycle passes without a stockout. The formula of the reorder point uses it."""
    watch: Chance = 0.30
    """A projected stockout opens as `watch` at this chance of a stockout within the horizon."""
    warning: Chance = 0.50
    """It becomes a warning at this chance."""
    critical: Chance = 0.80
    """It becomes critical at this chance."""
    exit_ratio: Annotated[float, Field(gt=0, le=1)] = 0.5
    """A severity ends when the chance falls below its line times this ratio."""
    clear_after: Milliseconds = 0
    """How long a condition must be false before its alert is cleared."""
    dwell: Milliseconds = 0
    """How long a condition must be true before its alert opens."""
    reorder_point: Annotated[float, Field(ge=0, le=1e12)] | Literal["formula"] | None = None
    """Order when the inventory position is below this number of units; or `formula`. Without it this alert is off."""
    grace: Milliseconds = 86_400_000
    """How long after its due time a supply counts as overdue."""
    spike_p: Chance = 1e-4
    """A day's demand is a spike if the chance of so much demand is smaller than this."""
    spike_min: Annotated[float, Field(ge=0)] = 5.0
    """A day's demand below this number of units is never a spike."""
    spike_hold: Milliseconds = 86_400_000
    """A spike ends this long after its last sale."""
    spike_after: Days = 7.0
    """Days in stock that must be known before a spike can be recognised."""
    flap_count: Annotated[int, Field(ge=0, le=1000)] = 4
    """An alert is flapping when it opens this many times within `flap_window`; 0 switches this off."""
    flap_window: Milliseconds = 7 * 86_400_000
    """See `flap_count`."""
    flap_hold: Milliseconds = 86_400_000
    """A flapping alert stays open until its condition has been false for this long."""
    low_turnover_days: Annotated[int, Field(ge=1, le=3660)] = 180
    """Days whose sales are added up for the exemption of SKUs that sell slowly."""
    low_turnover_units: Annotated[float, Field(ge=0, le=1e12)] = 0.0
    """A position does not get reorder alerts if that sum is at most this; 0 switches the exemption off."""
    revise_over: Annotated[float, Field(ge=0)] = 0.1
    """A late or corrected record revises an open alert when it moves its numbers by more than this share."""
    returns: Literal["stock", "hold"] = "stock"
    """`stock`: returned goods can be sold at once. `hold`: they are held."""
    lateness: list[tuple[Annotated[float, Field(ge=0)], Annotated[float, Field(ge=0, le=1)]]] = [
        (0.0, 0.885), (5.0, 0.91375), (12.0, 0.9425), (25.0, 0.97125), (60.0, 1.0),
    ]  # fmt: skip
    """Steps of [days late, chance that the supply has arrived by then], from the history of the supplier."""
    half_life: Days = 28.0
    """The weight of a day's sales falls to one half after this many days in stock."""
    prior_days: Annotated[float, Field(ge=0.1, le=3660)] = 3.0
    """A new position starts as if it had been in stock for this many days without sales."""
    dispersion: Annotated[float, Field(ge=1, le=1000)] = 1.5
    """Variance of a day's demand divided by its mean, before it is learned."""
    profile: str = "flat"
    """Name of the seasonal profile: how demand is spread over the hours of the week."""
    off: list[AlertType] = []
    """Alert types that are switched off."""
    severity: dict[AlertType, Severity] = {}
    """Severity of the alert types that have only one severity."""

    @field_validator("time_zone")
    @classmethod
    def _zone_exists(cls, name: str) -> str:
        if name not in available_timezones():
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

    @field_validator("half_life")
    @classmethod
    def _some_life(cls, days: float) -> float:
        if days <= 0:
            raise ValueError("write a half-life above 0 days")
        return days


class Layer(Strict):
    """Values for the positions that match every key of `match`."""

    name: str = ""
    """The name shown with every value of the layer. It must be unique in the file."""
    match: dict[Literal["sku", "category", "supplier", "abc", "department", "location"], Patterns]
    """Which positions the layer is for: exact texts, or texts in which `*` stands for any characters."""
    set: Values
    """The values for these positions."""

    @field_validator("match")
    @classmethod
    def _matches_something(cls, match: dict[str, list[str]]) -> dict[str, list[str]]:
        if not match:
            raise ValueError(
                "name at least one of sku, category, supplier, abc, department, location; or use `defaults:`"
            )
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
    dedup_window: Milliseconds = 7 * 86_400_000
    """How long a (source, id) is remembered, in time of the clock, so that it counts only once."""
    late_window: Milliseconds = 72 * 3_600_000
    """How late a record may be if the demand estimate is to learn from it."""
    max_ahead: Milliseconds = 600_000
    """How far the event time of a record may be ahead of its arrival."""
    max_record_bytes: Annotated[int, Field(ge=256, le=16 << 20)] = 65_536
    """The longest record, in bytes."""
    publish_every: Milliseconds = 900_000
    """Changed positions are written each time the clock passes a multiple of this."""
    negative_sale: Literal["return", "reject"] = "return"
    """`return`: a sale with a negative quantity is a return. `reject`: it is rejected."""
    naive_zone: str | None = None
    """The time zone of times that do not name one. Without it, such records are rejected."""
    profiles: dict[str, Profile] = {}
    """Seasonal profiles by name: 7 weights (Monday first), 24 (midnight first) or 168."""
    defaults: Values = Values()
    """Values of every position."""
    layers: list[Layer] = []
    """Exceptions. The more specific layer wins; between equal ranks the later one."""

    @field_validator("publish_every")
    @classmethod
    def _not_at_once(cls, every: int) -> int:
        if every < 1000:
            raise ValueError("write at least 1s")
        return every

    @field_validator("naive_zone")
    @classmethod
    def _zone_exists(cls, name: str | None) -> str | None:
        if name is not None and name not in available_timezones():
            raise ValueError("write the name of a time zone, such as Europe/Paris")
        return name

    @model_validator(mode="after")
    def _named(self) -> Policy:
        for number, layer in enumerate(self.layers, 1):
            layer.name = layer.name or f"layer {number}"
        return self
