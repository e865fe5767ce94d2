"""What was said against what came true: position-days of a sample, alerts at their opening, intervals by position."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from lowtide.warehouse import Warehouse, Writer, queries

from .batches import CALIBRATION_DAY, NOON, POSITION, at, batch
from .conftest import same_with_nulls_from_joins
from .lives import Life, write

CLOCK_DAYS = 30
COLUMNS = ("value", "decile", "from", "to", "positions", "days", "said", "came_true", "low", "high")


@dataclass(frozen=True)
class Said:
    """What was said at the midnight that follows a number of days; 0 is the midnight before noon of the first day."""

    sku: str
    day: int
    p: float
    horizon: int = 7
    planned: bool = True
    location: str = "330"

    @property
    def midnight(self) -> float:
        """Hours after noon of the first day."""
        return 24 * self.day - 12.0

    @property
    def row(self) -> dict[str, Any]:
        moment = at(hours=self.midnight)
        return {
            "location": self.location, "sku": self.sku, "day": moment.date(), "midnight": moment, "p_stockout": self.p,
            "horizon_days": self.horizon, "planned": self.planned, "offset": self.day,
        }  # fmt: skip


def out(number: int, sku: str, hours: float) -> Life:
    """A shelf that ran out so many hours after noon of the first day."""
    ends = [(hours + 1, "CLEARED", "critical", {})]
    return Life(1000 + number, [(hours, "OPENED", "critical", {}), *ends], sku=sku, type="out_of_stock")


SAID = [
    Said("a", 0, 0.42), Said("a", 1, 0.48), Said("a", 2, 0.4), Said("b", 0, 0.45), Said("c", 0, 0.451),
    Said("a", 3, 0.95), Said("d", 0, 1.0), Said("d", 1, 0.05), Said("d", 9, 0.0),
    Said("e", 0, 0.41, planned=False), Said("young", 24, 0.43), Said("old enough", 23, 0.44),
    Said("short", 27, 0.49, horizon=3),
]  # fmt: skip
OUTS = [
    out(1, "a", 24 * 8 - 12.0),  # the eighth midnight: not within the seven days of day 1, within those of day 2
    out(2, "b", -12.0),  # at the midnight itself
    out(3, "d", 24 * 7 - 12.001),  # the last moment of the horizon of day 0
    out(4, "c", -13.0),  # before it
    out(5, "e", 10.0), out(6, "old enough", 24 * 25.0),
]  # fmt: skip
TRUE = {("a", 2), ("a", 3), ("b", 0), ("d", 0), ("d", 1), ("old enough", 23)}
JUDGED = [one for one in SAID if one.sku != "young" and one.planned]


def fill(
    warehouse: Warehouse, said: Iterable[Said], outs: Iterable[Life], *, twice: bool = False
) -> Warehouse:
    rows = [one.row for one in said]
    write(warehouse, outs, twice=twice)
    for _ in range(2 if twice else 1):
        with Writer(warehouse) as writer:
            writer.write("calibration_day", batch(CALIBRATION_DAY, *rows))
            clock = NOON.replace(hour=0) + timedelta(days=CLOCK_DAYS)
            writer.write("position", batch(POSITION, {"sku": "clock", "last_event_time": clock}))
    return warehouse


# --- the same in plain Python -----------------------------------------------------------------------------------


def interval(clusters: list[tuple[int, int]]) -> tuple[float, float]:
    """The 95 % interval of a share from (days, came true) of each position, as `lowtide.warehouse.interval` says it."""
    z, k = 1.96, len(clusters)
    days, came = sum(n for n, _ in clusters), sum(h for _, h in clusters)
    share, whole = came / days, days**2 / sum(n * n for n, _ in clusters)
    effective = whole
    if k > 1 and 0 < came < days:
        v = k / (k - 1) * sum((h - share * n) ** 2 for n, h in clusters) / days**2
        f = max(whole - 1, 0.5)
        t = z + (z**3 + z) / 4 / f + (5 * z**5 + 16 * z**3 + 3 * z) / 96 / f**2
        t += (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384 / f**3
        independent = min(days, share * (1 - share) / v) if v > 1e-15 else days
        effective = max(whole, independent * (z / t) ** 2)
    centre = (share + z * z / (2 * effective)) / (1 + z * z / effective)
    half = (
        z / (1 + z * z / effective) * math.sqrt(share * (1 - share) / effective + z * z / (4 * effective**2))
    )
    return max(0.0, centre - half), min(1.0, centre + half)


def tenths(judged: Iterable[tuple[str, float, bool]]) -> list[tuple[Any, ...]]:
    """(decile, from, to, positions, count, said, came_true, low, high) of (position, chance, whether it came true)."""
    by: dict[int, list[tuple[str, float, bool]]] = defaultdict(list)
    for one in judged:
        by[min(9, int(one[1] * 10 + 1e-9))].append(one)
    rows = []
    for decile, ones in sorted(by.items()):
        positions: dict[str, list[bool]] = defaultdict(list)
        for name, _, hit in ones:
            positions[name].append(hit)
        share = sum(hit for *_, hit in ones) / len(ones)
        said = sum(p for _, p, _ in ones) / len(ones)
        ends = interval([(len(hits), sum(hits)) for hits in positions.values()])
        rows.append((decile, decile / 10, (decile + 1) / 10, len(positions), len(ones), said, share, *ends))
    return rows


def shown(rows: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [tuple(row.values())[1:] for row in rows]


# --- position-days ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("twice", [False, True], ids=["once", "twice"])
def test_position_days_are_judged_by_what_came_within_their_horizon(
    warehouse: Warehouse, twice: bool
) -> None:
    fill(warehouse, SAID, OUTS, twice=twice)
    rows = queries.calibration(warehouse)
    assert tuple(rows[0]) == COLUMNS
    want = tenths((one.sku, one.p, (one.sku, one.day) in TRUE) for one in JUDGED)
    assert shown(rows) == [pytest.approx(row, abs=1e-6) for row in want]
    assert [(row["decile"], row["positions"], row["days"]) for row in rows] == [
        (0, 1, 2),
        (4, 5, 7),
        (9, 2, 2),
    ]
    judged = warehouse.rows("SELECT sku, day, came_true FROM lowtide.calibration_judged WHERE planned")
    found = {(row["sku"], (row["day"] - NOON.date()).days): row["came_true"] for row in judged}
    assert found == {(one.sku, one.day): int((one.sku, one.day) in TRUE) for one in JUDGED}


def test_figures_known_by_hand(warehouse: Warehouse) -> None:
    """Four positions say 25 % on two days each, and one of them runs out: that is what 25 % means."""
    said = [Said(sku, day, 0.25) for sku in "abcd" for day in (0, 1)]
    fill(warehouse, said, [out(1, "a", 40.0)])
    (row,) = queries.calibration(warehouse)
    assert (row["positions"], row["days"], row["said"], row["came_true"]) == (4, 8, 0.25, 0.25)
    # both days of a position agree, so they are worth one: Wilson's interval of 1 of 4
    assert (row["low"], row["high"]) == pytest.approx((0.045586, 0.699363), abs=1e-5)


def test_a_day_whose_horizon_is_not_over_is_not_judged_yet(warehouse: Warehouse) -> None:
    """Even if the shelf has run out meanwhile: to judge only what came true early would flatter p, or the contrary."""
    early = out(1, "young", 24 * 24.5)
    fill(warehouse, [Said("young", 24, 0.43), Said("young", 23, 0.43)], [early])
    (row,) = queries.calibration(warehouse)
    assert (row["days"], row["came_true"]) == (1, 1.0)


def test_an_interval_is_wider_if_all_days_are_of_one_position_than_of_many(warehouse: Warehouse) -> None:
    def width(positions: int) -> float:
        warehouse.command("TRUNCATE TABLE lowtide.calibration_day")
        warehouse.command("TRUNCATE TABLE lowtide.ledger")
        said = [Said(f"s{n % positions}", n // positions, 0.55, horizon=1) for n in range(20)]
        hits = [n for n in range(20) if n % 4 == 0]
        outs = [out(n, f"s{n % positions}", 24.0 * (n // positions)) for n in hits]
        fill(warehouse, said, outs)
        (row,) = queries.calibration(warehouse)
        assert (row["positions"], row["days"], row["came_true"]) == (positions, 20, 0.25)
        assert row["low"] <= 0.25 <= row["high"]
        return float(row["high"] - row["low"])

    one, four, twenty = width(1), width(4), width(20)
    assert one > four > twenty
    assert one == pytest.approx(0.867460, abs=1e-6), "one position is one observation, whatever its days were"


def test_a_row_without_its_midnight_counts_from_midnight_in_utc(warehouse: Warehouse) -> None:
    with Writer(warehouse) as writer:
        writer.write("calibration_day", batch(CALIBRATION_DAY, {}).drop_columns(["midnight"]))
    (row,) = warehouse.rows("SELECT midnight, horizon_days, planned FROM lowtide.calibration_day")
    assert row == {"midnight": NOON.replace(hour=0), "horizon_days": 7, "planned": True}


def test_by_category_and_supplier_the_sums_are_those_of_the_whole(warehouse: Warehouse) -> None:
    names = ("sku", "category", "supplier", "department", "attributes")
    known = [
        ("a", "DAIRY", "North", "FRESH", {}),
        ("b", "DAIRY", "South", "FRESH", {}),
        ("c", "EGGS", "North", "FRESH", {}),
    ]
    warehouse.insert_rows("catalogue", names, known)
    fill(warehouse, SAID, OUTS)
    of = {
        "category": {"a": "DAIRY", "b": "DAIRY", "c": "EGGS"},
        "supplier": {"a": "North", "b": "South", "c": "North"},
    }
    for by, groups in of.items():
        rows = queries.calibration(warehouse, by=by)
        for value in {row["value"] for row in rows}:
            mine = [one for one in JUDGED if groups.get(one.sku, "") == value]
            want = tenths((one.sku, one.p, (one.sku, one.day) in TRUE) for one in mine)
            got = shown([row for row in rows if row["value"] == value])
            assert got == [pytest.approx(row, abs=1e-6) for row in want], value
        counts = [
            sum(row["days"] for row in rows if row["value"] == value)
            for value in dict.fromkeys(r["value"] for r in rows)
        ]
        assert sum(counts) == len(JUDGED) and counts == sorted(counts, reverse=True)
    assert {row["value"] for row in queries.calibration(warehouse, by="category")} == {"DAIRY", "EGGS", ""}


def test_pipelines_are_apart_and_nothing_there_is_no_row(warehouse: Warehouse) -> None:
    for view in ("calibration", "calibration_judged", "calibration_opening"):
        assert warehouse.rows(f"SELECT * FROM lowtide.{view}") == []
    fill(warehouse, SAID, OUTS)
    assert queries.calibration(warehouse, pipeline="other") == []
    assert queries.calibration(warehouse, pipeline="lowtide") == queries.calibration(warehouse)


def test_the_answers_do_not_depend_on_a_setting_of_the_reader(warehouse: Warehouse) -> None:
    fill(warehouse, SAID, OUTS, twice=True)
    for view in ("calibration", "calibration_judged", "calibration_opening"):
        same_with_nulls_from_joins(warehouse, view)


# --- alerts at their opening ------------------------------------------------------------------------------------


@pytest.mark.parametrize("twice", [False, True], ids=["once", "twice"])
def test_openings_stand_beside(warehouse: Warehouse, twice: bool) -> None:
    """An alert is judged within its horizon, however it ended. Alerts that are too young are not judged."""
    said = [0.3, 0.39, 0.4, 0.95, 1.0, 0.31, 0.32, 0.7]
    out_after_days: list[float | None] = [8, 8.1, None, 2, 0, 1, None, None]
    lives = []
    for number, (p, gone) in enumerate(zip(said, out_after_days, strict=True)):
        days = 29 if p == 0.7 else 0
        ends = [] if number % 2 else [(days * 24 + 1.0, "CLEARED", "watch", {})]
        opened = (days * 24.0, "OPENED", "watch", {"p_stockout": p, "detail": '{"horizon_days": 8}'})
        lives.append(Life(number, [opened, *ends], sku=f"s{number % 5}", location=f"l{number}"))
        if gone is not None:
            lives += [
                Life(100 + 10 * number + n, [(gone * 24 + shift, "OPENED", "critical", {})], sku=f"s{number % 5}",
                     location=f"l{number}", type="out_of_stock")
                for n, shift in enumerate((0, 5))
            ]  # fmt: skip
    write(warehouse, lives, twice=twice)
    with Writer(warehouse) as writer:
        writer.write("position", batch(POSITION, {"last_event_time": at(days=30)}))
    judged = [
        (f"l{n}", p, gone is not None and gone <= 8)
        for n, (p, gone) in enumerate(zip(said, out_after_days, strict=True)) if p != 0.7
    ]  # fmt: skip
    rows = queries.calibration(warehouse, openings=True)
    assert tuple(rows[0]) == tuple("alerts" if name == "days" else name for name in COLUMNS)
    assert shown(rows) == [pytest.approx(row, abs=1e-6) for row in tenths(judged)]
    assert [row["alerts"] for row in rows] == [4, 1, 2]
