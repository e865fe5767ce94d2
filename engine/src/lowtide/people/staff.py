"""The keys of `people.yaml` that say who works when: calendars, persons, teams, absences, overrides."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, field_validator

from lowtide.people import hours
from lowtide.people.person import USUAL_BUDGET
from lowtide.people.value import Texts, days_of, moment, zone
from lowtide.strict.fields import Strict


class CalendarFile(Strict):
    """When people work. Without `work` that is always."""

    work: dict[str, Texts] | None = None
    """Shifts by weekday: `mon-fri`, `sat`, `mon,wed` or `daily`; one text or several. A shift may pass midnight."""
    holidays: str | None = None
    """Country whose public holidays are free, such as CN, FR or DE-BY."""
    holidays_file: str | None = None
    """Days of your own, ICS or YAML (`holidays: […]`, `workdays: […]`). They stand above those of the country."""
    confirmed: list[Annotated[int, Field(ge=1900, le=2200)]] = Field(default=[])
    """Years whose holidays are known, although no exchanged working day of them is (see China above)."""
    time_zone: str | None = None
    """Zone of the hours; that of the file if not given."""

    @field_validator("work")
    @classmethod
    def _hours(cls, work: dict[str, list[str]] | None) -> dict[str, list[str]] | None:
        if work is not None:
            hours.week_of(work)
        return work

    @field_validator("time_zone")
    @classmethod
    def _zone(cls, name: str | None) -> str | None:
        return None if name is None else zone(name)


class PersonFile(Strict):
    """One person."""

    name: str = ""
    """How others call the person; the key if not given."""
    lead: str | None = None
    """The person above."""
    lang: Literal["en", "zh"] | None = None
    """Language of the messages; that of the file if not given."""
    calendar: str | None = None
    """When the person works; the team's calendar if not given."""
    contacts: Texts = Field(default=[])
    """Targets by name, or `mail:ADDRESS`, `file:PATH`, `console`. The first is tried first."""
    quiet: str | None = None
    """Quiet hours such as "21:00-08:00": only critical alerts come through, while their ladder's calendar is open."""
    digest: Texts = Field(default=[])
    """Times of the digest on working days, such as ["09:00", "17:30"]."""
    budget: Annotated[int, Field(ge=0, le=60)] = USUAL_BUDGET
    """Messages at most in any 60 minutes; critical ones have a lane of their own."""
    approve_up_to: Annotated[float, Field(ge=0)] | None = None
    """The largest order that the person approves, in money at cost; without it there is no limit. What costs more goes to
    the next lead."""
    deputy: str | None = None
    """Who takes duty and approvals while the person is absent."""

    @field_validator("quiet")
    @classmethod
    def _quiet(cls, text: str | None) -> str | None:
        if text is not None:
            hours.shift(text)
        return text

    @field_validator("digest")
    @classmethod
    def _digest(cls, texts: list[str]) -> list[str]:
        if any(hours.minute(text) == 24 * 60 for text in texts):
            raise ValueError("write 00:00 in place of 24:00")
        return texts


class TeamFile(Strict):
    """One team; `{location}` in its name makes one team for each location."""

    members: Texts = Field(default=[])
    """Persons, or `locations.manager`: the managers of the location, several with `;` between them."""
    rotate: Texts = Field(default=[])
    """Persons who take turns, the first from `from` on."""
    every: str = "1w"
    """How long a turn lasts: 1w, 1d, 2w."""
    from_: Annotated[str | None, Field(alias="from")] = None
    """When the first turn began: a day, or a local time such as 2026-11-30 08:00."""
    lead: str | None = None
    """The person who hears of what the team leaves lying, or `locations.region`: the manager of the region."""
    fallback: str | None = None
    """Who is on duty if nobody's calendar opens within 7 days; the lead if not given."""
    calendar: str | None = None
    """When the team works, or `locations.hours`: the opening hours of the location."""

    @field_validator("every")
    @classmethod
    def _every(cls, text: str) -> str:
        days_of(text)
        return text

    @field_validator("from_")
    @classmethod
    def _from(cls, text: str | None) -> str | None:
        if text is not None:
            moment(text)
        return text


class SpanFile(Strict):
    """From a day or time to another; a day as the end is included."""

    person: str
    """Who."""
    from_: Annotated[str, Field(alias="from")]
    """First day, or a local time such as 2026-12-07 13:00."""
    to: str
    """Last day, or a local time."""

    @field_validator("from_", "to")
    @classmethod
    def _moment(cls, text: str) -> str:
        moment(text)
        return text


class AbsenceFile(SpanFile):
    """Days on which somebody is away."""

    deputy: str | None = None
    """Who stands in; the person's own deputy if not given."""


class OverrideFile(SpanFile):
    """Days on which somebody is on duty, whatever the rest of the schedule says."""

    team: str
    """Which team."""
