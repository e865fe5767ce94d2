"""What pages say of a period, against plain Python over the same few alerts, delivered once and twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from lowtide.desk.store import Store
from lowtide.errors import WarehouseError
from lowtide.people import Book
from lowtide.report.figures import Figure
from lowtide.service import Caller, Context, Role, alert, heatmap, kept, kpi, position, stock_kept, trends
from lowtide.service.period import Period
from lowtide.service.refusal import Missing, NotAllowed
from lowtide.settings import load_settings
from lowtide.warehouse import Warehouse, Writer
from lowtide.words import Language

from .batches import DEMAND_DAY, POSITION, at, batch
from .lives import minutes, quantile
from .test_kpi import CLOCK, LIVES, fill

PEOPLE = """
time_zone: UTC
people:
  chen: {name: 陈晨, lead: wang, contacts: [console]}
  wang: {name: 王芳, contacts: [console]}
  li: {name: 李雷, contacts: [console]}
routes: [{to: chen}]
"""
WHOLE = Period("days", date(2026, 11, 22), date(2026, 12, 22), "UTC")
CHEN = Caller("chen", Role.OPERATOR, "chen", "session")


@pytest.fixture
def context(request: pytest.FixtureRequest, warehouse: Warehouse, tmp_path: Path) -> Iterator[Context]:
    fill(warehouse, twice=getattr(request, "param", False))
    kept.forget()
    book = Book.read(PEOPLE)
    with Store.open(tmp_path / "desk.db") as store:
        yield Context(store, warehouse, lambda: book, lambda: int(CLOCK.timestamp() * 1000), load_settings())


once_and_twice = pytest.mark.parametrize("context", [False, True], ids=["once", "twice"], indirect=True)


def of(figures: tuple[Figure, ...], key: str) -> Figure:
    return next(figure for figure in figures if figure.key == key)


@once_and_twice
def test_key_figures_of_all_alerts(context: Context) -> None:
    found = kpi.kpi(context, CHEN, WHOLE, "category")
    taken = [m for life in LIVES if (m := minutes(life.opened, life.when("ACKNOWLEDGED"))) is not None]
    solved = [m for life in LIVES if (m := minutes(life.opened, life.resolved)) is not None]
    rated = [life.feedback for life in LIVES if life.feedback]
    assert found.away is None
    assert of(found.figures, "alerts").value == len(LIVES)
    assert of(found.figures, "response_rate").value == pytest.approx(len(taken) / len(LIVES))
    assert of(found.figures, "mtta").value == pytest.approx(quantile(taken, 0.5))
    assert of(found.figures, "mtta").detail["p90"] == pytest.approx(quantile(taken, 0.9))
    assert of(found.figures, "mttr").value == pytest.approx(quantile(solved, 0.5))
    precision = of(found.figures, "precision")
    assert precision.value == pytest.approx(rated.count("right") / len(rated))
    assert precision.detail["rated_share"] == pytest.approx(len(rated) / len(LIVES))
    stockouts = [life for life in LIVES if life.type == "out_of_stock"]
    missed = [life for life in stockouts if not life.engine[0][3].get("supersedes")]
    assert of(found.figures, "missed_stockouts").value == len(missed)
    assert of(found.figures, "missed_stockouts").detail["stockouts"] == len(stockouts)
    assert of(found.figures, "warning_lead").value == pytest.approx(
        30 * 60
    )  # alert 1 came true after 30 hours
    assert not found.comparable  # the log begins with the period
    assert of(found.figures, "alerts").before is None


def test_the_period_before_is_compared(context: Context) -> None:
    later = Period("days", date(2026, 11, 25), date(2026, 11, 27), "UTC")
    found = kpi.kpi(context, CHEN, later, "category")
    opened = Counter(life.opened.date() for life in LIVES)
    assert found.comparable
    assert of(found.figures, "alerts").value == sum(
        n for day, n in opened.items() if later.first <= day <= later.last
    )
    assert of(found.figures, "alerts").before == sum(n for day, n in opened.items() if day < later.first)


@once_and_twice
def test_trends_go_back_from_what_is_open_now(context: Context) -> None:
    found = trends.trends(context, CHEN, WHOLE)
    assert [step.first for step in found.steps] == [WHOLE.first + timedelta(days=n) for n in range(31)]
    for step in found.steps:
        end = at(hours=12) + timedelta(days=(step.first - WHOLE.first).days)  # the midnight after it
        assert step.opened == sum(life.opened.date() == step.first for life in LIVES), step
        assert step.ended == sum(
            life.closed is not None and life.closed.date() == step.first for life in LIVES
        )
        assert step.open_at_end == sum(
            life.opened < end and (life.closed is None or life.closed >= end) for life in LIVES
        )
    # alert 2 left the shelf empty for 20 hours, from 18:00 on the 23rd, alert 5 for 5 hours of the 22nd
    empty = {row["day"]: row["empty"] for row in _empty(context)}
    assert empty == {
        date(2026, 11, 22): pytest.approx(5 / 24), date(2026, 11, 23): pytest.approx(6 / 24),
        date(2026, 11, 24): pytest.approx(14 / 24),
    }  # fmt: skip


def _empty(context: Context) -> list[dict[str, object]]:
    from lowtide.warehouse.figure_days import FigureDays

    with context.reading() as warehouse:
        return FigureDays(warehouse, WHOLE.start, WHOLE.start, WHOLE.end).empty_by_day()


def test_weeks_begin_on_a_monday() -> None:
    chunks = trends._chunks(Period("days", date(2026, 11, 26), date(2026, 12, 9), "UTC"), 7)
    assert [(chunk[0].isoformat(), len(chunk)) for chunk in chunks] == [
        ("2026-11-26", 4), ("2026-11-30", 7), ("2026-12-07", 3),
    ]  # fmt: skip


def test_a_period_of_the_heat_map_counts_openings(context: Context) -> None:
    found = heatmap.heatmap(context, CHEN, "count", WHOLE)
    assert found.alerts == len(LIVES) == sum(cell.alerts for cell in found.cells)
    assert [line.value for line in found.rows] == ["330"]
    only = heatmap.heatmap(context, CHEN, "count", WHOLE, {"type": ("out_of_stock",)})
    assert only.alerts == 2


def test_figures_are_kept_and_say_when_they_were_counted(context: Context) -> None:
    first = kpi.kpi(context, CHEN, WHOLE, "category")
    with context.warehouse.reader() as reader:
        assert reader.rows("SELECT count() AS n FROM lowtide.ledger")[0]["n"] > 0
    for table in ("ledger", "alert_opening"):
        context.warehouse.command(f"TRUNCATE TABLE lowtide.{table}")
    again = kpi.kpi(context, CHEN, WHOLE, "category")
    assert again.as_of == first.as_of == int(CLOCK.timestamp() * 1000)
    assert of(again.figures, "alerts").value == len(LIVES)
    kept.forget()
    assert of(kpi.kpi(context, CHEN, WHOLE, "category").figures, "alerts").value == 0


def test_the_stock_is_there_after_a_start(context: Context) -> None:
    with Writer(context.warehouse) as writer:
        writer.write(
            "position", batch(POSITION, {"sku": "X", "location": "7", "available": 20, "on_hand": 20})
        )
    first, as_of = stock_kept.stock(context)
    kept.forget()  # a new process has nothing in memory
    context.warehouse.command("TRUNCATE TABLE lowtide.position")
    assert stock_kept.stock(context) == (first, as_of)
    assert first["all"][0]["positions"] > 0
    with context.store.transaction() as rows:
        rows.execute("UPDATE kept SET counted = counted - 90000")  # seconds: more than a day
    kept.forget()
    assert stock_kept.stock(context)[0]["all"][0]["positions"] == 0


def test_the_whole_of_teams_is_the_whole(context: Context) -> None:
    by_team, by_category = (kpi.kpi(context, CHEN, WHOLE, by) for by in ("team", "category"))  # type: ignore[arg-type]
    assert of(by_team.figures, "alerts") == of(by_category.figures, "alerts")


def test_figures_of_a_person_are_private(context: Context) -> None:
    wang, li = Caller("wang", Role.VIEWER, "wang", "session"), Caller("li", Role.OPERATOR, "li", "session")
    assert kpi.person_figures(context, CHEN, "chen", WHOLE).name == "陈晨"
    assert kpi.person_figures(context, wang, "chen", WHOLE).person == "chen"
    for other in (li, Caller("a", Role.ADMIN, None, "session")):
        with pytest.raises(NotAllowed):
            kpi.person_figures(context, other, "chen", WHOLE)
    with pytest.raises(Missing):
        kpi.person_figures(context, CHEN, "nobody", WHOLE)


def test_an_alert_that_desk_db_has_forgotten(context: Context) -> None:
    found = alert.alert(context, CHEN, LIVES[0].alert_id[:26], Language("zh"))
    assert (found.standing.status, found.standing.state, found.standing.verbs) == ("superseded", "closed", ())
    assert [entry.entry for entry in found.entries] == ["OPENED", "WORSENED", "EASED", "SUPERSEDED"]
    assert [event.entry for event in found.events] == ["ACKNOWLEDGED", "STARTED", "RESOLVED", "CLOSED"]
    assert found.projection is None and found.sections and found.away is None
    with pytest.raises(Missing):
        alert.alert(context, CHEN, "01NOBODY", Language("en"))
    with pytest.raises(Missing):
        alert.alert(context, CHEN, " ", Language("en"))


def test_a_position_with_its_chart(context: Context) -> None:
    with Writer(context.warehouse) as writer:
        writer.write(
            "position", batch(POSITION, {"sku": "X", "location": "7", "available": 20, "on_hand": 20})
        )
        days = [
            {"sku": "X", "location": "7", "day": date(2026, 11, 22) - timedelta(days=n)} for n in range(1, 20)
        ]
        writer.write(
            "demand_day", batch(DEMAND_DAY, *({**day, "part": "on_time", "demand": 3} for day in days))
        )
    found = position.position(context, CHEN, "7", "X", Language("en"))
    assert found.stock is not None and found.stock.available == "20"
    assert found.projection is not None
    lows = [(day.p10, day.p50, day.p90) for day in found.projection.days]
    assert all(low <= middle <= high for low, middle, high in lows)
    assert [middle for _, middle, _ in lows] == sorted((middle for _, middle, _ in lows), reverse=True)
    assert len(found.projection.demand) == 19 and found.projection.demand[-1].units == "3"
    with pytest.raises(Missing):
        position.position(context, CHEN, "7", "Y", Language("en"))


def test_sales_are_not_narrowed_by_what_only_an_alert_has(context: Context) -> None:
    """`type` and `severity` are no columns of the sales: the warehouse refused the whole question."""
    narrowed = trends.trends(context, CHEN, WHOLE, {"type": ("out_of_stock",), "severity": ("critical",)})
    assert narrowed.away is None and narrowed.steps


def test_the_warehouse_away(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object) -> None:
        raise WarehouseError("the warehouse cannot be reached", "Start it.")

    monkeypatch.setattr(type(context.warehouse), "reader", away)
    for found in (
        kpi.kpi(context, CHEN, WHOLE, "supplier"), trends.trends(context, CHEN, WHOLE),
        heatmap.heatmap(context, CHEN, "loss", WHOLE),
    ):  # fmt: skip
        assert found.away is not None and found.away.hint == "Start it."
    assert heatmap.heatmap(context, CHEN).away is None  # what is open now comes from desk.db
