"""The sections of a page between its figures and its lists: types, owners, real stockouts, calibration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lowtide.backtest.lines import amount
from lowtide.report.charts import calibration
from lowtide.report.sections.calibration import promise
from lowtide.report.sections.parts import Cell, Chart, Section, both, table
from lowtide.words import Language

Document = Mapping[str, Any]


def sections(document: Document, tell: Language, most: int) -> list[Section]:
    """The sections that have something to show, in their order; lists in them have at most `most` rows."""
    made = [
        _by_type(document, tell),
        _owners(document, tell),
        _seen(document, tell, most),
        _believed(document, tell),
    ]
    return [one for one in made if one is not None]


def _by_type(document: Document, tell: Language) -> Section:
    sides, money = document["policies"], document["money"]
    types = dict.fromkeys(row["type"] for side in sides for row in side["by_type"])
    by_type = [{row["type"]: row for row in side["by_type"]} for side in sides]
    cells = [
        [
            tell.word("type", name),
            *(_beside([tell.number(side.get(name, {}).get(key, 0)) for side in by_type]) for key in ("alerts", "pushes")),
            _beside([amount(side.get(name, {}).get("loss", 0.0), money, tell) for side in by_type]),
        ]
        for name in types
    ]  # fmt: skip
    return _table("by_type", ("type", "alerts", "pushes", "loss"), cells, document, tell)


def _owners(document: Document, tell: Language) -> Section | None:
    sides = document["policies"]
    if sides[0]["owners"] is None:
        return None
    people = dict.fromkeys(owner["person"] for side in sides for owner in side["owners"])
    by_person = [{owner["person"]: owner for owner in side["owners"]} for side in sides]

    def number(person: str, key: str, digits: int = 0) -> str:
        values = [side.get(person, {}).get(key) for side in by_person]
        return _beside(
            [tell.say("none") if value is None else tell.number(value, digits) for value in values]
        )

    cells = [
        [
            person, tell.number(next(side[person]["hours"] for side in by_person if person in side)),
            number(person, "alerts"), number(person, "pushes"), number(person, "pushes_an_hour", 2), number(person, "most"),
        ]
        for person in people
    ]  # fmt: skip
    return _table("owners", ("person", "hours", "alerts", "pushes", "an_hour", "most"), cells, document, tell)


def _table(
    key: str, columns: Sequence[str], cells: Sequence[Sequence[str]], document: Document, tell: Language
) -> Section:
    """A section with one table, whose cells have the values of both policies where they differ."""
    heads = [tell.say(f"backtest.col.{name}") for name in columns]
    heading, both_named = tell.say(f"backtest.{key}"), len(document["policies"]) == 2
    notes = [tell.say("backtest.first_second", **_names(document))] if both_named else []
    shown = table(heading, heads, cells, range(1, len(heads)))
    return Section(key, heading, tell.say(f"backtest.{key}.lead"), tables=[shown], notes=notes)


def _names(document: Document) -> dict[str, str]:
    """The names of the policies by the letters under which sentences have them."""
    return {letter: side["name"] for letter, side in zip("ab", document["policies"], strict=False)}


def _beside(texts: Sequence[str]) -> str:
    """The text of each policy, or one if they are the same."""
    return texts[0] if len(set(texts)) == 1 else " → ".join(texts)


def _seen(document: Document, tell: Language, most: int) -> Section | None:
    """The real stockouts that one policy foretold and the other did not, the longest warning first."""
    if len(document["policies"]) < 2:
        return None
    head = tell.say("backtest.seen")
    one = [
        row
        for row in document["stockouts"]
        if (row["lead_hours"][0] is None) != (row["lead_hours"][1] is None)
    ]
    if not one:
        return Section("seen", head, empty=tell.say("backtest.seen.none"))
    one.sort(
        key=lambda row: (
            -max(lead or 0.0 for lead in row["lead_hours"]),
            row["began_at"],
            row["location"],
            row["sku"],
        )
    )
    names = _names(document)
    only = [sum(row["lead_hours"][side] is not None for row in one) for side in (0, 1)]
    lead = tell.say("backtest.seen.lead", only_a=tell.number(only[0]), only_b=tell.number(only[1]), **names)
    cells = [
        [
            Cell(tell.named(row["sku"], row["name"])), Cell(row["location"]), Cell(tell.instant(row["began_at"])),
            *(Cell(tell.say("none") if hours is None else tell.duration(60 * hours)) for hours in row["lead_hours"]),
        ]
        for row in one[:most]
    ]  # fmt: skip
    heads = [
        *(tell.say(f"backtest.col.{name}") for name in ("item", "where", "began")),
        *(tell.say("backtest.col.lead", name=name) for name in names.values()),
    ]
    notes = (
        [tell.say("page.first_of", shown=tell.number(most), all=tell.number(len(one)))]
        if len(one) > most
        else []
    )
    return Section("seen", head, lead, tables=[table(head, heads, cells, (3, 4))], notes=notes)


def _believed(document: Document, tell: Language) -> Section:
    sides = document["policies"]
    head = tell.say("calibration")
    said = [
        [promise(row, tell.count(row["days"], "position_day"), tell) for row in side["calibration"]]
        for side in sides
    ]
    if not any(said):
        return Section("calibration", head, empty=tell.say("calibration.nothing"))
    full, hollow = (said[1], said[0]) if len(said) == 2 else (said[0], [])
    axis = (tell.say("calibration.x"), tell.say("calibration.y"))
    text = "; ".join(one.text for one in full)
    wide, narrow = both(
        lambda width: calibration(
            "calibration", width, head, text, full, hollow, axis, tell.say("calibration.kept")
        ),
        400,
    )
    legend = [("point", sides[0]["name"])]
    if len(sides) == 2:
        legend = [
            ("opening", tell.say("backtest.calibration.a", a=sides[0]["name"])),
            ("point", tell.say("backtest.calibration.b", b=sides[1]["name"])),
        ]
    heads = [tell.say(f"col.{name}") for name in ("p", "said", "share", "interval", "position_days")]
    tables = [
        table(
            side["name"], heads,
            [
                [
                    f"{row['from']:.1f}–{row['to']:.1f}", tell.share(row["said"]), tell.share(row["came_true"]),
                    f"{tell.share(row['low'], 0)} – {tell.share(row['high'], 0)}", tell.number(row["days"]),
                ]
                for row in side["calibration"]
            ],
            range(5),
        )
        for side in sides[-1:]
    ]  # fmt: skip
    chart = Chart(head, wide, narrow, legend)
    return Section("calibration", head, tell.say("calibration.means"), [chart], tables, beside=True)
