"""The rules of a guessed map as text, field by field, each with its reason."""

from __future__ import annotations

from lowtide.map.guess.answers import Answers
from lowtide.map.guess.columns import QUANTITIES, Columns
from lowtide.map.guess.draft import GUESSED, NOT_FOUND, QUESTION, Draft, hole, key, quoted, reason
from lowtide.map.guess.identity import identity_of
from lowtide.map.guess.kinds import Kinds
from lowtide.map.guess.moments import Moments
from lowtide.map.guess.numbers import Marks, marks_of
from lowtide.map.guess.plan import UNKNOWN, Plan, PlannedRule
from lowtide.map.guess.sample import Sample
from lowtide.map.guess.units import is_piece

_KINDS = "sale, return, receipt, order, shipment, count, transfer_in, transfer_out, adjustment"
_WITH_REF = {"order", "shipment", "receipt", "transfer_in", "transfer_out"}


class Rules:
    """Writes the rules of a map into a draft."""

    def __init__(
        self, draft: Draft, sample: Sample, columns: Columns, kinds: Kinds, answers: Answers
    ) -> None:
        self._draft, self._sample, self._columns = draft, sample, columns
        self._kinds, self._answers = kinds, answers
        self._marks = self._marks_of()
        self._moments = Moments(columns)

    def write(self) -> None:
        """All rules."""
        self._draft.add("movements:")
        for rule in Plan(self._columns, self._kinds, self._marks, self._moments.is_day).rules():
            self._rule(rule)

    def _marks_of(self) -> Marks:
        names = [
            name for role in (*QUANTITIES, "quantity_in", "quantity_out") if (name := self._columns.get(role))
        ]
        if self._sample.format != "csv" or not names:
            return Marks()
        cells = [cell for name in names for cell in self._columns.cells(name)]
        others = [cell for name in self._sample.columns for cell in self._columns.cells(name)[:200]]
        marks = marks_of(cells, others)
        if marks == Marks() and self._sample.delimiter == ";":
            return Marks(
                ","
            )  # where semicolons do, decimals have a comma; `1.200` is then a reject, and never 1.2
        if not marks.is_certain and self._sample.delimiter == "," and marks.decimal == ".":
            return marks._replace(
                is_certain=True
            )  # where commas stand between columns, decimals have a point
        return marks

    def _rule(self, rule: PlannedRule) -> None:
        tests = list(rule.tests)
        if rule.values and self._kinds.column:
            tests.insert(0, (self._kinds.column, f"[{', '.join(map(quoted, rule.values))}]"))
        start = "  - "
        if tests:
            shown = ", ".join(f"{key(column)}: {test}" for column, test in tests)
            self._draft.add(f"{start}when: {{{shown}}}", GUESSED)
            start = "    "
        self._id(rule, start)
        self._kind(rule)
        self._text("sku", self._columns.get("sku") or self._columns.get("name"))
        self._location(rule)
        self._quantity(rule)
        self._time(rule)
        self._others(rule)

    def _id(self, rule: PlannedRule, start: str) -> None:
        identity = identity_of(self._columns, self._columns.rows, self._kinds.all)
        if not identity.columns:
            self._draft.add(f"{start}# id: …", NOT_FOUND, reason("no_id"))
        elif identity.is_hash:
            names = ", ".join(map(key, identity.columns))
            before = f'from: "{rule.suffix}-", ' if rule.suffix else ""
            self._draft.add(
                f"{start}id: {{{before}hash: [{names}], occurrence: true}}", GUESSED, identity.why
            )
        else:
            suffix = f"#{rule.suffix}" if rule.suffix else ""
            joined = "#".join(map(hole, identity.columns)) + suffix
            self._draft.add(f"{start}id: {quoted(joined)}", GUESSED, identity.why)

    def _kind(self, rule: PlannedRule) -> None:
        if rule.kind == UNKNOWN or (rule.kind is None and self._kinds.column is None):
            self._draft.add("    # kind: KIND", NOT_FOUND, reason("kinds", kinds=_KINDS))
        elif rule.kind is not None and rule.quantity is not None:
            why = reason("kind_two_ways", column=quoted(rule.quantity), kind=rule.kind)
            self._draft.add(f"    kind: {rule.kind}", QUESTION, why)
        elif rule.kind is not None:
            mark = QUESTION if self._kinds.is_hint and rule.kind == self._kinds.constant else GUESSED
            self._draft.add(f"    kind: {rule.kind}", mark, self._kinds.why)
        else:
            self._kind_map(rule)

    def _kind_map(self, rule: PlannedRule) -> None:
        values = self._kinds.values or {}
        self._draft.add("    kind:")
        self._draft.add(f"      from: {quoted(hole(self._kinds.column or ''))}", GUESSED)
        self._draft.add("      map:")
        for text in rule.values or tuple(values):
            kind = values[text]
            if kind is None:
                self._draft.add(
                    f"        # {quoted(text)}: KIND",
                    NOT_FOUND,
                    reason("kind_of", text=quoted(text), kinds=_KINDS),
                )
            elif kind == "void":
                why = reason("kind_void", text=quoted(text))
                self._draft.add(f"        # {quoted(text)}: {kind}", NOT_FOUND, why)
            else:
                self._draft.add(f"        {quoted(text)}: {kind}", GUESSED)

    def _text(self, field: str, column: str | None) -> None:
        if column is None:
            free = [name for name in self._sample.columns if name not in self._columns.by_role.values()]
            columns = ", ".join(free[:12]) or self._draft.say(reason("no_columns"))
            why = reason("column_of", field=field, columns=columns)
            self._draft.add(f'    # {field}: "{{COLUMN}}"', NOT_FOUND, why)
            return
        by_name = field == "sku" and self._columns.get("sku") is None
        mark, note = (QUESTION, reason("sku_by_name")) if by_name else (GUESSED, None)
        self._draft.add(f"    {field}: {quoted(hole(column))}", mark, note)

    def _location(self, rule: PlannedRule) -> None:
        column = rule.place or self._columns.get("location", "location_name")
        if column is not None:
            self._text("location", column)
        elif self._answers.location is not None:
            self._draft.add(f"    location: {quoted(self._answers.location)}", GUESSED, reason("every_row"))
        else:
            why = reason("location")
            self._draft.add("    # location: PLACE", NOT_FOUND, why)

    def _quantity(self, rule: PlannedRule) -> None:
        column = rule.quantity or self._columns.get(*QUANTITIES)
        if column is None:
            self._text("quantity", None)
            return
        marks = self._marks
        steps = [f"from: {quoted(hole(column))}"]
        steps += ['decimal: ","'] if marks.decimal == "," else []
        steps += [f"thousands: {quoted(marks.thousands)}"] if marks.thousands else []
        steps += [f"sign: {rule.sign}"] if rule.sign else []
        mark, why = GUESSED, (reason("sign") if rule.sign else None)
        if not marks.is_certain:
            example = next(
                (cell for cell in self._columns.cells(column) if "," in cell or "." in cell), "1,250"
            )
            mark, why = QUESTION, reason("marks", example=example.strip())
        unit = self._columns.get("unit")
        if unit is None:
            value = quoted(hole(column)) if len(steps) == 1 else f"{{{', '.join(steps)}}}"
            self._draft.add(f"    quantity: {value}", mark, why)
            return
        self._draft.add("    quantity:")
        for step in steps:
            self._draft.add(
                f"      {step}", mark if step == steps[0] else GUESSED, why if step == steps[0] else None
            )
        self._draft.add(f"      unit: {quoted(hole(unit))}", GUESSED)
        self._units(unit)

    def _units(self, unit: str) -> None:
        texts = self._columns.values(unit)
        pieces = [text for text in texts if is_piece(text)]
        self._draft.add("      units:")
        if not pieces:
            why = reason("unit", unit=quoted(texts[0]))
            self._draft.add(f"        {quoted(texts[0])}: 1", QUESTION, why)
        for text in pieces:
            self._draft.add(f"        {quoted(text)}: 1", GUESSED)
        for text in texts if pieces else texts[1:]:
            if text not in pieces:
                self._draft.add(
                    f"        # {quoted(text)}: PIECES", NOT_FOUND, reason("pieces", unit=quoted(text))
                )

    def _time(self, rule: PlannedRule) -> None:
        column = self._columns.get("time")
        if column is None or self._moments.form is None:
            self._text("event_time", None)
            return
        is_count = rule.kind == "count" or (rule.kind is None and self._kinds.all == ["count"])
        value, mark, why = self._moments.value(is_count)
        self._draft.add(f"    event_time: {value}", mark, why)

    def _others(self, rule: PlannedRule) -> None:
        columns = self._columns
        kinds = {rule.kind} if rule.kind else set(self._kinds.all)
        needs_ref = bool(kinds & {"order", "shipment"})
        moves = rule.kind in ("transfer_in", "transfer_out")
        ref = columns.get("ref") or (columns.get("document") if needs_ref or moves else None)
        if needs_ref or (ref is not None and kinds & _WITH_REF):
            self._text("ref", ref)
        due = columns.get("due")
        if due is not None and needs_ref:
            self._draft.add(f"    due: {self._moments.end_of(due)}", GUESSED)
        expiry = columns.get("expiry")
        if expiry is not None and kinds & {"receipt", "transfer_in"}:
            self._draft.add(f"    expiry: {self._moments.end_of(expiry)}", GUESSED)
        for field in ("counterparty", "reason"):
            if (column := columns.get(field)) is not None:
                self._text(field, column)
