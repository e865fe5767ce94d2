"""The keys of `people.yaml`: their names, their meaning, their limits."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema, field_validator

from lowtide.people import ladder
from lowtide.people.staff import AbsenceFile, CalendarFile, OverrideFile, PersonFile, TeamFile
from lowtide.people.target_file import TargetFile
from lowtide.people.value import Texts, stage, zone
from lowtide.strict.duration import Milliseconds
from lowtide.strict.fields import Patterns, Strict

Key = Literal["type", "sku", "category", "supplier", "abc", "xyz", "department", "region", "location"]
GroupKey = Literal[
    "type", "sku", "category", "supplier", "abc", "xyz", "department", "region", "location", "day"
]
MatchKey = Literal[
    "severity", "type", "sku", "category", "supplier", "abc", "xyz", "department", "region", "location"
]


class RouteFile(Strict):
    """Which team owns which alerts."""

    match: dict[Key, Patterns] = Field(default={})
    """Which alerts; without it, all that no other route takes."""
    to: str
    """The team, or a person."""
    follow: Texts = Field(default=[])
    """Teams that see these alerts in their queue and digest."""
    group_by: list[GroupKey] = Field(default=[])
    """Alerts with the same values go in one message; `day` is that on which the alert opened."""


class LadderFile(Strict):
    """Who hears of an alert that nobody answers. Durations are business time."""

    ack: Milliseconds | None = None
    """Within this time somebody acknowledges."""
    resolve: Milliseconds | None = None
    """Within this time after that it is resolved."""
    steps: list[str] = Field(default=[])
    """`owner 0m`, `lead 30m`, `manager 2h`, `assign lead 2h`, or `digest`."""
    calendar: str | None = None
    """Whose hours count; those of the team if not given."""
    repeat: Milliseconds | None = None
    """After the last step the owner is reminded each time this has passed."""
    tell_end: bool | None = None
    """Whether a group that was told hears that all its alerts have ended. Default: for critical only."""

    @field_validator("steps")
    @classmethod
    def _steps(cls, texts: list[str]) -> list[str]:
        ladder.steps(texts)
        return texts

    @field_validator("repeat")
    @classmethod
    def _repeat(cls, ms: int | None) -> int | None:
        if ms is not None and ms < 60_000:
            raise ValueError("write at least 1m")
        return ms


class ReviewFile(Strict):
    """Who gets the review of a week or a month."""

    to: Texts
    """Persons."""
    every: Literal["week", "month"]
    """How often."""


class InhibitionFile(Strict):
    """An alert that mutes others."""

    when: dict[MatchKey, Patterns]
    """Alerts that mute others while they are open."""
    mutes: dict[MatchKey, Patterns]
    """Alerts that are not pushed meanwhile."""
    equal: list[Key] = Field(min_length=1)
    """Facts that both must share; an unknown value is shared with no other."""


class StagesFile(Strict):
    """How long a proposal may stay in a stage, in business time."""

    decide: Annotated[
        int | Literal["cut_off"], BeforeValidator(stage), WithJsonSchema({"type": "string"})
    ] = "cut_off"
    """Until it is approved or rejected: `cut_off` is one hour before the supplier's cut-off."""
    export: Milliseconds = 2 * 3_600_000
    """From approved to exported."""
    confirm: Milliseconds = 24 * 3_600_000
    """From exported to confirmed by an order."""


class Ladders(Strict):
    """A ladder for each severity; those that are not written are the usual ones."""

    critical: LadderFile | None = None
    """Of critical alerts."""
    warning: LadderFile | None = None
    """Of warnings."""
    watch: LadderFile | None = None
    """Of alerts to watch."""


class PeopleFile(Strict):
    """The whole file."""

    time_zone: str | None = None
    """Zone of all local times, such as Asia/Shanghai. It may be left out if the locations file names one zone."""
    lang: Literal["en", "zh"] = "en"
    """Language of persons who have none of their own."""
    public_url: str | None = None
    """Where people reach the desk, such as https://stock.example.com. Without it messages carry no links."""
    currency: str = ""
    """Written with amounts, such as ¥ or EUR."""
    locations: str | None = None
    """The locations file, relative to this one; the option `--locations` stands above it."""
    calendars: dict[str, CalendarFile] = Field(default={})
    """Calendars by name. `always` is there from the beginning."""
    people: dict[str, PersonFile]
    """Persons by key, or the name of a file with a row for each (CSV, Excel, Parquet)."""
    teams: dict[str, TeamFile] = Field(default={})
    """Teams by name, or the name of a file with a row for each."""
    absences: list[AbsenceFile] = Field(default=[])
    """Who is away, and when."""
    overrides: list[OverrideFile] = Field(default=[])
    """Who is on duty out of turn."""
    targets: dict[str, TargetFile] = Field(default={})
    """Targets by name."""
    routes: list[RouteFile] = Field(default=[])
    """Which team owns which alerts. The most specific wins, among equals the later one. One route matches all."""
    ladders: Ladders = Field(default_factory=Ladders)
    """What happens to alerts that nobody answers."""
    inhibit: list[InhibitionFile] = Field(default=[])
    """Alerts that mute others."""
    reviews: list[ReviewFile] = Field(default=[])
    """Who gets the review."""
    stages: StagesFile = Field(default_factory=StagesFile)
    """How long proposals may stay in a stage."""
    donor: Literal["ask", "tell"] = "tell"
    """Whether the owner of the place that gives is asked before a transfer is approved, or told of it afterwards."""
    checklists: str | None = None
    """Folder with a Markdown file for an alert type and language, such as `overdue_supply.zh.md`."""
    stale_after: Milliseconds = 8 * 86_400_000
    """Nothing is pushed of data whose clock is further behind."""

    @field_validator("time_zone")
    @classmethod
    def _zone(cls, name: str | None) -> str | None:
        return None if name is None else zone(name)
