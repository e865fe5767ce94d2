"""A first map of a sample: what a program can tell is guessed, what it cannot tell is asked, and each line says which."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from lowtide.map.guess.answers import SKIP, Answers, Question, name_of
from lowtide.map.guess.columns import Columns, Row, chosen, columns_of
from lowtide.map.guess.draft import GUESSED, NOT_FOUND, QUESTION, Draft, Reason, key, quoted, reason
from lowtide.map.guess.identity import fill_down_of, filled
from lowtide.map.guess.kinds import TOTAL_LINES, Kinds, Skip, kinds_of, skipped_rows
from lowtide.map.guess.rules import Rules
from lowtide.map.guess.sample import Sample, read_sample
from lowtide.map.guess.times import TimeForm, time_form
from lowtide.words import Language


@dataclass
class Guess:
    """A map that was guessed, as text, and what is still open."""

    sample: Sample
    text: str = ""
    missing: list[str] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)
    open: list[Question] = field(default_factory=list)
    """Questions that an option would answer."""
    has_stock: bool = True
    """Whether its movements say how much stock there is: counts, receipts or transfers."""
    columns: Columns | None = None
    """The columns by role."""
    kinds: Kinds | None = None
    """What the rows are."""


def guess_map(path: Path, answers: Answers | None = None, language: Language | None = None) -> Guess:
    """Guesses a map of a sample. Raises InputError or SettingsError if the sample cannot be read.

    A file of movements, or of a standard that a shipped map reads, needs no map of its own: then the text is empty.
    """
    sample = read_sample(path)
    if sample.own or sample.shipped or sample.format == "xml":
        return Guess(sample)
    return _Guesser(sample, path, answers or Answers(), language or Language("en")).guess()


class _Guesser:
    def __init__(self, sample: Sample, path: Path, answers: Answers, language: Language) -> None:
        self._sample, self._answers = sample, answers
        self._stem = path.name.split(".")[0]
        given = {role: name for role, name in answers.columns.items() if not name or name in sample.columns}
        first = chosen(columns_of(sample.columns, sample.rows), given)
        kinds = kinds_of(first, sample.titles, self._stem, answers.kind)
        self._skips = [*skipped_rows(first, sample.columns, kinds), *_skips_of(kinds, answers)]
        rows = self._kept(sample.rows, TOTAL_LINES)
        self._fill_down = (
            fill_down_of(first, sample.columns, rows) if sample.format in ("csv", "xlsx") else []
        )
        rows = self._kept(filled(rows, self._fill_down), None)
        self._columns = chosen(columns_of(sample.columns, rows), given)
        self._kinds = _answered(kinds_of(self._columns, sample.titles, self._stem, answers.kind), answers)
        self._draft = Draft(language)

    def _kept(self, rows: list[Row], why: Reason | None) -> list[Row]:
        """The rows that are not skipped for this reason; None is any."""
        skips = {(name, text) for name, texts, each in self._skips if why in (None, each) for text in texts}
        return [row for row in rows if not any((name, cell.strip()) in skips for name, cell in row.items())]

    def guess(self) -> Guess:
        """The whole map."""
        self._top()
        self._read()
        self._zone()
        self._source()
        self._skip()
        Rules(self._draft, self._sample, self._columns, self._kinds, self._answers).write()
        self._rest()
        draft = self._draft
        return Guess(
            self._sample, draft.text, draft.missing, draft.questions, self._open(), self._has_stock, self._columns,
            self._kinds,
        )  # fmt: skip

    def _top(self) -> None:
        draft, rows = self._draft, len(self._sample.rows)
        draft.note(reason("top", rows=f"{rows:,}", name=self._sample.name))
        draft.note(reason("then"))
        draft.add("lowtide_map: 1")
        if name := name_of(self._stem):
            draft.add(f"name: {quoted(name)}", GUESSED, reason("file_name"))

    def _read(self) -> None:
        self._draft.add("read:")
        self._draft.add(f"  format: {self._sample.format}", GUESSED)
        for name, value, why in self._sample.read:
            self._draft.add(f"  {name}: {value}", GUESSED, why)
        if self._sample.note:
            self._draft.add("  # each: LIST", NOT_FOUND, self._sample.note)
        if self._fill_down:
            names = ", ".join(map(quoted, self._fill_down))
            self._draft.add(f"  fill_down: [{names}]", GUESSED, reason("fill_down"))

    @property
    def _form(self) -> TimeForm | None:
        column = self._columns.get("time")
        return None if column is None else time_form(self._columns.cells(column))

    @property
    def _needs_zone(self) -> bool:
        return not (self._form is not None and self._form.has_zone)

    def _zone(self) -> None:
        if self._answers.zone is not None:
            self._draft.add(f"zone: {self._answers.zone}", GUESSED, reason("you_said"))
        elif self._needs_zone:
            why = reason("zone")
            self._draft.add("# zone: ZONE", NOT_FOUND, why)

    @property
    def _source_name(self) -> str:
        return self._answers.source or name_of(self._stem) or "export"

    def _source(self) -> None:
        why = reason("you_said")
        if self._answers.source is None:
            why = reason("source")
        self._draft.add(f"source: {quoted(self._source_name)}", GUESSED, why)

    def _skip(self) -> None:
        if not self._skips:
            return
        self._draft.add("skip:")
        for column, texts, why in self._skips:
            names = ", ".join(map(quoted, texts))
            self._draft.add(f"  - {{{key(column)}: [{names}]}}", GUESSED, why)

    @property
    def _has_stock(self) -> bool:
        kinds = set(self._kinds.all)
        return (
            not kinds
            or self._kinds.is_two_ways
            or bool(kinds & {"count", "receipt", "transfer_in", "transfer"})
        )

    def _rest(self) -> None:
        """What the movements of this map alone cannot tell."""
        kinds = self._kinds.all
        if not self._has_stock:
            self._draft.note(reason("no_stock"))
        if "count" in kinds and self._columns.get("time") is None:
            why = reason("snapshot")
            self._draft.add("# snapshot: {of: location}", QUESTION, why)
        if kinds and "order" not in kinds:
            self._draft.note(reason("no_orders"))

    def _open(self) -> list[Question]:
        columns, answers = self._columns, self._answers
        unknown_kind = (
            self._kinds.column is None and self._kinds.constant is None and not self._kinds.is_two_ways
        )
        return [
            question
            for question, is_open in (
                (Question("zone", "guess.ask_zone"), self._needs_zone and answers.zone is None),
                (Question("kind", "guess.ask_kind"), unknown_kind),
                (
                    Question("location", "guess.ask_location"),
                    _has_no_place(columns) and answers.location is None,
                ),
                (Question("source", "guess.ask_source"), answers.source is None),
            )
            if is_open
        ]


def _skips_of(kinds: Kinds, answers: Answers) -> list[Skip]:
    """The rows that a person passes over by the text of their kind."""
    texts = sorted(text for text in kinds.values or () if answers.kinds.get(text) == SKIP)
    return [Skip(kinds.column, texts, reason("you_said"))] if texts and kinds.column else []


def _answered(kinds: Kinds, answers: Answers) -> Kinds:
    """The kinds with those that a person chose."""
    if kinds.values is None:
        return kinds
    values = {
        text: answers.kinds.get(text, kind) or None
        for text, kind in kinds.values.items()
        if answers.kinds.get(text) != SKIP
    }
    return kinds._replace(values=values)


def _has_no_place(columns: Columns) -> bool:
    return columns.get("location", "from_location", "location_name") is None
