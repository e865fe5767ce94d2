"""Show an explanation in a terminal: sentences first, then the numbers side by side."""

from __future__ import annotations

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from lowtide.explain import Check, Explanation
from lowtide.words.explanation import HEADING, word


def render(explanation: Explanation, console: Console) -> None:
    """Print an explanation; a difference is a word in the last column, never a colour alone."""
    lang = explanation.lang
    alert = explanation.alert
    console.print(Text(explanation.title, style="bold"))
    console.print(Text(f"{alert['alert_id']}  {alert['policy_version']}", style="dim"))
    for key, sentences in explanation.sections.items():
        if not sentences:
            continue
        console.print()
        console.print(Text(word(HEADING, key, lang), style="bold"))
        for sentence in sentences:
            console.print(f"  {escape(sentence)}", highlight=False)
    console.print()
    console.print(Text(word(HEADING, "numbers", lang), style="bold"))
    if explanation.checks:
        console.print(_table(explanation, console))
    style = "" if explanation.agrees else "bold"
    console.print(Text(explanation.verdict(), style=style))
    for seq, check in explanation.wrong:
        if seq == int(alert["seq"]):
            continue  # it stands in the table
        console.print(f"  seq {seq} {_name(check)}: {_number(check.engine)} != {_number(check.recomputed)}")


def _table(explanation: Explanation, console: Console) -> Table:
    lang = explanation.lang
    plain = console.encoding.lower().replace("-", "") not in {"utf8", "utf16", "utf32"}
    table = Table(box=box.ASCII2 if plain else box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("")
    for key in ("engine", "recomputed", "difference"):
        table.add_column(word(HEADING, key, lang), justify="right")
    table.add_column("")
    for check in explanation.checks:
        verdict = word(HEADING, "same" if check.ok else "differs", lang)
        difference = f"{check.difference:.1e}" if check.difference else "0"
        table.add_row(
            _name(check), _number(check.engine), _number(check.recomputed), difference, verdict,
            style="" if check.ok else "bold red",
        )  # fmt: skip
    return table


def _name(check: Check) -> str:
    return check.name if check.bucket is None else f"{check.name}[{check.bucket}]"


def _number(value: float | None) -> str:
    return (
        "-"
        if value is None
        else f"{value:.6f}".rstrip("0").rstrip(".")
        if abs(value) >= 1e-3
        else f"{value:.3g}"
    )
