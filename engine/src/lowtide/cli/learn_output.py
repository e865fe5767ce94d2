"""What `lowtide learn` found, for a person: a table of inputs, the lines, what could not be learned, what to type next."""

from __future__ import annotations

from pathlib import Path

from lowtide.learning.classes import LETTERS, Classes
from lowtide.learning.findings import Finding, Learned, LineFinding
from lowtide.operation.screen import Listing, Screen
from lowtide.words import Language


def show_learned(learned: Learned, out: Path, console: Screen, language: Language) -> None:
    """Print everything."""

    def say(key: str, **gaps: object) -> None:
        console.print(language.say(key, **gaps))

    say(
        "learn.about", days=language.period(learned.first, learned.last), n=language.number(learned.positions),
        judged=language.day(learned.judged_from),
    )  # fmt: skip
    if learned.findings:
        console.print()
        console.print(_table(learned.findings, language))
        say("learn.loss")
    for line in learned.lines:
        console.print()
        _say_line(line, console, language)
    if learned.classes:
        console.print()
        _say_classes(learned.classes, console, language)
    for key, gaps in learned.notes:
        say(key, **gaps)
    console.print()
    say("learn.written", folder=f"{out / learned.one.hash}")
    say("learn.use", out=out)
    say("learn.apply", hash=learned.one.hash)


def _say_classes(classes: Classes, console: Screen, language: Language) -> None:
    """A row for each letter of ABC: its positions, by XYZ, and its share of the value; then what the value is."""
    heads = [
        "",
        *(
            language.say(f"learn.classes.{name}")
            for name in ("positions", *LETTERS[1], f"share_of_{classes.by}")
        ),
    ]
    table = Listing(box=None, pad_edge=False)
    for number, head in enumerate(heads):
        table.add_column(head, justify="right" if number else "left")
    for abc in LETTERS[0]:
        counts = [classes.positions.get(abc + xyz, 0) for xyz in LETTERS[1]]
        share = language.share(classes.shares.get(abc, 0.0))
        table.add_row(abc, *map(language.number, (sum(counts), *counts)), share)
    console.print(table)
    gaps = {"n": language.number(classes.unpriced), "of": language.number(classes.sold)}
    console.print(language.say(f"learn.classes.by_{classes.by}"))
    if classes.by == "value" and classes.unpriced:
        console.print(language.say("learn.classes.unpriced", **gaps))


def _table(findings: list[Finding], language: Language) -> Listing:
    heads = [language.say(f"learn.head.{name}") for name in ("input", "before", "after", "worth", "outcome")]
    table = Listing(box=None, pad_edge=False)
    for number, head in enumerate(heads):
        table.add_column(head, justify="right" if 0 < number < 4 else "left", no_wrap=number < 4)
    for one in findings:
        table.add_row(
            _title(one, language),
            _figure(one.before),
            _figure(one.after),
            _worth(one, language),
            outcome(one, language),
        )
    return table


def _title(one: Finding, language: Language) -> str:
    title = language.say(f"learn.input.{one.key}")
    return f"{title} {one.name}".strip()


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}"


def _worth(one: Finding, language: Language) -> str:
    if one.gain is None:
        return ""
    sign = "−" if one.gain > 0 else "+" if one.gain < 0 else ""
    return f"{sign}{language.share(abs(one.gain))}"


def outcome(one: Finding, language: Language) -> str:
    """What became of an input, with its figures."""
    if one.key == "all":
        return language.say("learn.outcome.all")
    said = language.say(f"learn.outcome.{one.status}")
    kept, of = one.kept_in
    if of > 1 and one.status == "paid":
        said += " " + language.say("learn.outcome.in", kept=kept, of=of)
    known = {name: value for name, value in one.values.items() if value is not None}
    key = f"learn.figures.{one.key}"
    if language.has(key) and known.keys() == one.values.keys() and known:
        said += language.say("learn.outcome.figures", figures=language.say(key, **_shown(known, language)))
    return said


def _shown(values: dict[str, object], language: Language) -> dict[str, str]:
    shares = {"on_time", "came"}

    def shown(name: str, value: float) -> str:
        if name in shares:
            return language.share(value)
        return f"{value:,}" if isinstance(value, int) else f"{value:g}"

    return {name: shown(name, value) for name, value in values.items() if isinstance(value, int | float)}


def _say_line(line: LineFinding, console: Screen, language: Language) -> None:
    best, default = line.choice.outcome, line.choice.default
    watch, warning, critical = line.choice.lines
    horizon = language.say("learn.line.shipped") if best.horizon is None else f"{best.horizon}"
    if isinstance(best.horizon, int):
        horizon = language.say("learn.line.days", n=best.horizon)
    told = [
        language.say(
            "learn.line", lead=language.say(f"learn.lead.{line.lead_class}"), n=language.number(line.positions),
            horizon=horizon, watch=watch, warning=warning, critical=critical,
        ),
        language.say(
            "learn.line.caught", caught=language.number(best.caught), episodes=language.number(best.episodes),
            opened=language.number(best.opened), true=language.number(best.true), month=f"{best.false_a_month:.2f}",
            f1=f"{best.f1:.3f}", default=f"{default.f1:.3f}",
        ),
    ]  # fmt: skip
    if not line.choice.within:
        told.append(language.say("learn.line.beyond"))
    for text in told:
        console.print(text)
