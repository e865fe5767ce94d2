"""The summary of a run or a replay, for a person."""

from __future__ import annotations

from typing import Any

from lowtide.operation.screen import Screen
from lowtide.runner.summary import Summary
from lowtide.words import Language

_FEW = 3
_WIDE = 120


def show(summary: Summary, console: Screen, language: Language) -> None:
    """Print what came in, how fast, and what was wrong with it."""
    counts = summary.counts
    if summary.status == "stopped":
        _say(console, language, "run.stopped")
    _say(
        console, language, "run.records", records=f"{counts['records']:,}", seconds=f"{summary.seconds:.1f}",
        rate=f"{counts['records'] / max(summary.seconds, 1e-9):,.0f}", positions=f"{summary.positions:,}",
    )  # fmt: skip
    named = ("accepted", "duplicates", "late", "very_late", "rejects")
    _say(
        console, language, "run.counts",
        **{name: f"{counts[name]:,}" for name in named}, entries=f"{summary.entries:,}",
    )  # fmt: skip
    if summary.silent:
        _say(console, language, "run.silent", count=language.count(summary.silent, "position"))
    show_faults(summary, console, language)


def show_faults(summary: Summary, console: Screen, language: Language) -> None:
    """Print only what maps made of rows, and what was wrong: rejects, late records, positions in two partitions, unknown
    SKUs."""
    counts = summary.counts
    _show_rows(summary, console, language)
    rejected = {name.removeprefix("reject."): n for name, n in counts.items() if name.startswith("reject.")}
    if any(rejected.values()):
        _say(
            console,
            language,
            "run.rejects",
            reasons=", ".join(
                f"{language.word('reject', name)} {n:,}" for name, n in sorted(rejected.items())
            ),
        )
    if (first := summary.first_reject) is not None:
        _say(console, language, "run.first_reject", where=_where(first, language), message=first["message"])
        if first.get("record"):
            console.print(f"  {_short(first['record'])}")
    for file in summary.unreadable_files:
        if file != first:
            _say(console, language, "run.unreadable", where=_where(file, language), message=file["message"])
    if summary.is_mostly_late:
        _say(
            console,
            language,
            "run.very_late",
            n=f"{counts['very_late']:,}",
            all=f"{counts['accepted']:,}",
            advice=language.say(f"run.very_late.{summary.order}"),
        )
    if summary.is_useless:
        _say(console, language, "run.useless")
        if not counts.get("rows") or counts.get("reject.missing_field") == counts["rejects"]:
            _say(console, language, "run.useless_map", file=(first or {}).get("file") or "FILE")
    for position in summary.shared[:5]:
        logs = language.say("run.and").join(f"`{name}`" for name in position["partitions"])
        _say(
            console, language, "run.shared_one", sku=position["sku"], location=position["location"], logs=logs
        )
    if summary.shared:
        _say(console, language, "run.shared_all", n=f"{len(summary.shared):,}")
    for skus, key in (
        (summary.unknown_skus, "run.unknown_skus"),
        (summary.damaged_skus, "run.damaged_skus"),
        (summary.damaged_in_catalogue, "run.damaged_catalogue"),
    ):
        if skus:
            examples = ", ".join(f"`{sku}`" for sku in skus[:_FEW])
            _say(console, language, key, count=language.count(len(skus), "sku"), examples=examples)


def _show_rows(summary: Summary, console: Screen, language: Language) -> None:
    """What became of the rows that maps read; the three numbers make the first."""
    counts = summary.counts
    if counts.get("rows"):
        named = ("rows", "mapped", "skipped", "rejected_rows")
        _say(console, language, "run.rows", **{name: f"{counts[name]:,}" for name in named})
    if counts.get("unexpected"):
        _say(console, language, "run.unexpected", n=f"{counts['unexpected']:,}")
    for name, number in summary.map_changed.items():
        _say(console, language, "run.map_changed", log=name, first=f"{number:,}")


def _where(reject: dict[str, Any], language: Language) -> str:
    if reject["file"] is None:
        return language.say("run.at_offset", partition=reject["partition"], offset=f"{reject['offset']:,}")
    return language.say("run.at_line", file=reject["file"], line=f"{reject['line']:,}")


def _short(record: str) -> str:
    """The start of a record, on one line."""
    text = " ".join(record.split())
    return text if len(text) <= _WIDE else f"{text[: _WIDE - 1]}…"


def _say(console: Screen, language: Language, key: str, **values: object) -> None:
    console.print(language.say(key, **values))
