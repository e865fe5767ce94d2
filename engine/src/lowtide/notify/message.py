"""A message as facts: what it tells whom, before a target gives it a form. It holds no markup and no sentence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lowtide.words import Lang


@dataclass(frozen=True)
class Line:
    """One alert in a message. Quantities are decimal texts in units, `worth` is the expected loss; None: not known."""

    alert_id: str
    type: str
    severity: str
    location: str
    location_name: str
    sku: str
    sku_name: str
    supplier: str
    available: str
    demand_per_day: str
    p_stockout: float | None
    stockout_day: int | None
    """First day (1: the day of the last entry) with a chance of 50 % or more."""
    worth: float | None
    opened_at: datetime
    due: datetime | None = None
    """When the deadline to acknowledge, or to resolve, ends; None: it does not run."""
    due_confirmed: bool = True
    """False: the holidays of the year of `due` are not confirmed."""


@dataclass(frozen=True)
class Order:
    """Proposals of one list that wait in one stage. Money in the currency of the message; None: not known."""

    list_id: str
    kind: str
    """order, production, transfer, expedite, chase or count."""
    state: str
    """What it waits in: proposed, submitted, approved or exported; of stock that a place gives asked or given."""
    lines: int
    location: str
    location_name: str
    supplier: str
    supplier_name: str
    from_location: str
    cost: float | None
    worth: float | None
    """What it avoids."""
    cut_off: datetime | None


@dataclass(frozen=True)
class Section:
    """A part of a digest or review: its name in `words`, how many alerts it counts, what they are worth, the first lines."""

    name: str
    count: int
    worth: float | None
    lines: tuple[Line, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    """A table of a review: the first row is its header; empty for a list of alerts."""


@dataclass(frozen=True)
class Message:
    """What one person is told at one time."""

    notification_id: str
    reason: str
    """A member of `desk.reasons.SENT`."""
    severity: str
    """The gravest of what is told; empty for a digest or review."""
    person: str
    person_name: str
    lang: Lang
    at: datetime
    """When it is rendered, in the zone of the person."""
    lines: tuple[Line, ...] = ()
    """The dearest first; at most ten."""
    count: int = 0
    """Alerts that it tells or counts, those of `lines` included."""
    worth: float | None = None
    """Sum over all alerts counted that have one; None: none has one."""
    rest_worth: float | None = None
    """Sum over those that are counted and are not in `lines`."""
    about: tuple[tuple[str, str], ...] = ()
    """What all alerts of the group share, as (column, value): (("supplier", "V002"),)."""
    sections: tuple[Section, ...] = ()
    orders: tuple[Order, ...] = ()
    """Lists of proposals that wait, of a message that is about them; the dearest first."""
    link: str | None = None
    currency: str = ""
    """Written before a worth; empty: the worth is written as a bare number."""
    worth_in_units: bool = False
    """The catalogue has no prices, so a worth is in units."""
    step: int = 0
    """Number of the ladder's step, from 1; 0: it is not a step."""
    owner_name: str = ""
    """Of a step: who is accountable and has not answered."""
    may_be_repeat: bool = False
    """An earlier try may have arrived, and the target cannot tell."""
    personal: bool = True
    """False: a group chat, in which a link carries no person."""
