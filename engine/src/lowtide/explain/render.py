"""Show an explanation in a terminal: sentences first, then the numbers side by side."""

from __future__ import annotations

from rich import box
from rich.text import Text

from lowtide.explain import Check, Explanation
from lowtide.explain.draw import speaks_unicode
from lowtide.operation.screen import Listing, Screen
from lowtide.rows import shortest


def render(explanation: Explanation, console: Screen) -> None:
    """Print an explanation; a difference is a word in the last column, never a colour alone."""
    tell, alert = explanation.language, explanation.alert
    console.print(Text(explanation.title, style="bold"))
    console.print(Text(f"{alert['alert_id']}  {alert['policy_version']}", style="dim"))
    for key, sentences in explanation.sections.items():
        if not sentences:
            continue
        console.print()
        console.print(Text(tell.word("heading", key), style="bold"))
        for sentence in sentences:
            console.print(f"  {sentence}")
    console.print()
    console.print(Text(tell.word("heading", "numbers"), style="bold"))
    if explanation.checks:
        console.print(_table(explanation, console))
    style = "" if explanation.agrees else "bold"
    console.print(Text(explanation.verdict(), style=style))
    for seq, check in explanation.wrong:
        if seq == int(alert["seq"]):
            continue  # it is in the table
        console.print(f"  seq {seq} {_name(check)}: {_number(check.engine)} != {_number(check.recomputed)}")


def _table(explanation: Explanation, console: Screen) -> Listing:
    tell = explanation.language
    fine = speaks_unicode(console.encoding)
    table = Listing(box=box.SIMPLE_HEAD if fine else box.ASCII2, pad_edge=False)
    table.add_column("")
    for key in ("engine", "recomputed", "difference"):
        table.add_column(tell.word("heading", key), justify="right")
    table.add_column("")
    for check in explanation.checks:
        verdict = tell.word("heading", "same" if check.ok else "differs")
        difference = f"{check.difference:.1e}" if check.difference else "0"
        table.add_row(
            _name(check), _number(check.engine), _number(check.recomputed), difference, verdict,
            style="" if check.ok else "bold red",
        )  # fmt: skip
    return table


def _name(check: Check) -> str:
    return check.name if check.bucket is None else f"{check.name}[{check.bucket}]"


def _number(value: float | None) -> str:
    if value is None:
        return "-"
    return shortest(f"{value:.6f}") if abs(value) >= 1e-3 else f"{value:.3g}"
