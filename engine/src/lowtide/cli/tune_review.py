"""`lowtide tune --review`: what applied policies promised, beside what the ledger shows since then."""

from __future__ import annotations

from rich.text import Text

from lowtide.cli.files import print_document
from lowtide.operation.screen import Listing, Screen
from lowtide.tune.review import LEAST_DAYS, Line, Reviewed, review
from lowtide.warehouse import open_warehouse
from lowtide.words import Language

_COLOUR = {"held": "green", "not_held": "red", "too_few": ""}


def show_review(warehouse: str, json_: bool, tell: Language) -> None:
    """Print the review of every applied policy that has a promise. Raises WarehouseError."""
    with open_warehouse(warehouse) as store:
        found = review(store)
    if json_:
        print_document({"policies": [one.to_dict() for one in found]})
        return
    console = Screen()
    if not found:
        console.print(tell.say("tune.review.none"))
    for number, one in enumerate(found):
        if number:
            console.print()
        _show(one, console, tell)


def _show(one: Reviewed, console: Screen, tell: Language) -> None:
    row = one.row
    console.print(
        Text(
            tell.say(
                "tune.review.policy", version=row["version"], at=tell.instant(row["applied_at"].isoformat()),
                who=row["applied_by"], backtest=row["backtest"],
            ),
            "bold",
        )
    )  # fmt: skip
    if one.first is None or one.last is None:
        console.print(tell.say("tune.review.waits"))
        return
    if one.verdict is None:
        days = {"days": tell.number(one.days, 1), "left": tell.number(one.days_left, 1)}
        console.print(tell.say("tune.review.young", least=LEAST_DAYS, **days))
        return
    console.print(
        tell.say(
            "tune.review.days", first=tell.day(one.first), last=tell.day(one.last), days=tell.number(one.days)
        )
    )
    console.print(_table(one, tell))
    console.print(tell.say(f"tune.review.whole.{one.verdict}"))


def _table(one: Reviewed, tell: Language) -> Listing:
    table = Listing(box=None, pad_edge=False)
    table.add_column(tell.say("tune.figure"))
    for name in ("promised", "came", "verdict"):
        table.add_column(tell.say(f"tune.review.{name}"), justify="right")
    for line in one.lines:
        gaps = {"money": tell.say(f"money_{one.row['money']}")} if line.name == "loss_a_day" else {}
        verdict = Text(tell.say(f"tune.review.{line.verdict}"), _COLOUR[line.verdict])
        cells = [_cell(line, value, tell) for value in (line.promised, line.came)]
        table.add_row(tell.say(f"tune.{line.name}", **gaps), *cells, verdict)
    return table


def _cell(line: Line, value: float | None, tell: Language) -> str:
    if value is None:
        return tell.say("none")
    return tell.share(value) if line.name == "share_met" else tell.number(value, 2)
