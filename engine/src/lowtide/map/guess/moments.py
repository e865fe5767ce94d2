"""The event time of a guessed map: one column or two, its form, and the time of day of dates that have none."""

from __future__ import annotations

from lowtide.map.guess.columns import Columns
from lowtide.map.guess.draft import GUESSED, QUESTION, Reason, hole, quoted, reason
from lowtide.map.guess.times import TimeForm, hour_form, time_form


class Moments:
    """How the rows of a sample write their times."""

    def __init__(self, columns: Columns) -> None:
        self._columns = columns
        self._time, self._hour = columns.get("time"), columns.get("time_of_day")
        self.form: TimeForm | None = None if self._time is None else time_form(columns.cells(self._time))
        """The form of the column of times, or dates."""
        self._hour_form: str | None = None
        if self._hour is not None and self.form is not None and not self.form.has_hour:
            self._hour_form = hour_form(columns.cells(self._hour))

    @property
    def is_day(self) -> bool:
        """Whether the rows have dates and no time of day."""
        return self.form is not None and not self.form.has_hour and self._hour_form is None

    def value(self, is_count: bool) -> tuple[str, str, Reason]:
        """The value as YAML, its mark and the reason. Only where there is a form."""
        assert self.form is not None and self._time is not None
        text, name, other = hole(self._time), self.form.format, self.form.other
        if self._hour_form is not None and self._hour is not None:
            text += " " + hole(self._hour)
            name = f"{'%Y-%m-%d' if name == 'iso' else name} {self._hour_form}"
            other = f"{other} {self._hour_form}"
            if not self.form.is_certain and "%p" in name:
                name, other = other, name  # AM and PM are mostly written where the month comes first
        steps = [f"from: {quoted(text)}"] + ([] if name == "iso" else [f"format: {quoted(name)}"])
        if self.is_day:
            steps.append(f'at: "{"23:59" if is_count else "12:00"}"')
        value = quoted(text) if len(steps) == 1 else f"{{{', '.join(steps)}}}"
        if not self.form.is_certain:
            return value, QUESTION, reason("day_or_month", form=name, other=other)
        if self.is_day:
            return value, QUESTION, reason("at_count" if is_count else "at_noon")
        rows = sum(bool(cell.strip()) for cell in self._columns.cells(self._time))
        return value, GUESSED, reason("fits", fits=f"{round(self.form.share * rows):,}", rows=f"{rows:,}")

    def end_of(self, column: str) -> str:
        """The value of `due` or `expiry` as YAML: a date stands for the end of its day."""
        form = time_form(self._columns.cells(column))
        value = quoted(hole(column))
        return (
            value
            if form is None or form.format == "iso"
            else f"{{from: {value}, format: {quoted(form.format)}}}"
        )
