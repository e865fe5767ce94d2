"""`lowtide map check`: the mistakes of a map, and what it makes of a sample."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import orjson
import typer

from lowtide.catalogue import load_catalogue, load_locations
from lowtide.cli.options import CatalogueOption, LangOption, LocationsOption, MapsOption, language_of
from lowtide.core import Job, mapping_of
from lowtide.errors import InputError
from lowtide.intake.trial import Complaint, Trial, tried
from lowtide.intake.trial_report import notes, report
from lowtide.map import Map, load_map
from lowtide.operation.screen import echo
from lowtide.policy import load_policy, places_of
from lowtide.settings import load_settings
from lowtide.words import Language

_MOST_PLACES = 12
_STANDARDS = ("x12", "edifact", "epcis", "poslog")
"""Formats with so many columns that nobody wants to read those that a map does not use; `--json` has them."""


def check(
    map_: Annotated[str, typer.Argument(metavar="MAP", help="Name of a map, or its path.")],
    sample: Annotated[
        Path | None,
        typer.Argument(metavar="SAMPLE", help="A document that the map reads; without it only the map."),
    ] = None,
    rows: Annotated[
        int,
        typer.Option(
            metavar="N", min=0, help="Show so many movements, and so many rows that cannot be used."
        ),
    ] = 20,
    maps: MapsOption = None,
    locations: LocationsOption = None,
    catalogue: CatalogueOption = None,
    json_: Annotated[bool, typer.Option("--json", help="Say it as one JSON object.")] = False,
    lang: LangOption = None,
) -> None:
    """Check a map, and try it on a sample: the first movements, sums, and every row that cannot be used.

    Exit code 1 if a row cannot be used, 2 if the map is wrong.

    Examples:

        lowtide map check map.yaml sales.csv

        lowtide map check kingdee-sal-outstock sales.csv --locations locations.csv --json
    """
    language, settings = language_of(lang), load_settings()
    places = load_locations(path) if (path := locations or settings.locations) else None
    items = load_catalogue(path) if (path := catalogue or settings.catalogue) else None
    folder = Path(path) if (path := maps or settings.maps) else None
    loaded = load_map(map_, maps=folder, locations=places, catalogue=items)
    if sample is None:
        _good(loaded, language, json_)
        return
    if not sample.is_file():
        raise InputError(f"there is no file `{sample}`", "Give a document that the map reads.")
    policy = load_policy(settings.policy, places_of(places))
    trial = tried(loaded, sample, shown=rows, config=Job.of(policy, items).config, catalogue=items)
    if json_:
        sys.stdout.buffer.write(orjson.dumps(report(trial, language), option=orjson.OPT_APPEND_NEWLINE))
    else:
        _Page(trial, sample.name, language).write()
    if trial.rejected:
        raise typer.Exit(1)


def _good(map_: Map, language: Language, as_json: bool) -> None:
    mapping = mapping_of(map_)
    code = mapping.hash if mapping is not None else ""
    if as_json:
        sys.stdout.buffer.write(
            orjson.dumps({"map": map_.name, "hash": code}, option=orjson.OPT_APPEND_NEWLINE)
        )
    else:
        echo(language.say("map.good", name=map_.name, hash=code, rules=len(map_.model.movements)))


class _Page:
    """The result as text."""

    def __init__(self, trial: Trial, name: str, language: Language) -> None:
        self._trial, self._name, self._language = trial, name, language

    def write(self) -> None:
        """Everything, in the order in which a person needs it: movements, sums, notes, rows that cannot be used."""
        trial, language = self._trial, self._language
        for movement in trial.first:
            echo(orjson.dumps(movement).decode())
        echo(
            language.say(
                "map.sums", rows=language.count(trial.rows, "map.rows"), good=language.number(trial.good),
                movements=language.count(trial.movements, "map.movements"), skipped=language.number(trial.skipped),
                rejects=language.number(trial.rejected),
            )
        )  # fmt: skip
        self._sums("by_rule", {language.say("map.rule", n=at): n for at, n in enumerate(trial.by_rule, 1)})
        self._sums("by_kind", dict(trial.by_kind.most_common()), self._with_units)
        self._sums("by_location", dict(trial.by_location.most_common()))
        self._sums("by_skip", self._skips())
        self._sums("by_code", dict(trial.by_code.most_common()))
        if trial.unused and trial.map.reading.format not in _STANDARDS:
            echo(language.say("map.unused", columns=", ".join(trial.unused)))
        for note in notes(trial, language):
            echo(f"! {note}")
        self._complaints(trial.warnings, trial.warned, "map.more_warnings")
        self._complaints(trial.rejects, trial.rejected, "map.more_rejects")

    def _with_units(self, kind: str, n: int) -> str:
        language, units = self._language, self._trial.units[kind]
        shown = language.say(f"map.units.{'one' if units == 1 else 'many'}", n=language.units(units))
        return language.say("map.kind", kind=kind, n=language.number(n), units=shown)

    def _plain(self, name: str, n: int) -> str:
        return f"{name} {self._language.number(n)}"

    def _skips(self) -> dict[str, int]:
        *rules, step = self._trial.by_skip or [0]
        named = {self._language.say("map.rule", n=at): n for at, n in enumerate(rules, 1)}
        return named | ({self._language.say("map.skip_step"): step} if step else {})

    def _sums(self, key: str, counts: dict[str, int], shown: Callable[[str, int], str] | None = None) -> None:
        if not counts:
            return
        language, show = self._language, shown or self._plain
        texts = [show(name, n) for name, n in list(counts.items())[:_MOST_PLACES]]
        if len(counts) > _MOST_PLACES:
            texts.append(language.say("map.others", n=language.number(len(counts) - _MOST_PLACES)))
        echo(f"{language.say(f'map.{key}')}: {' · '.join(texts)}")

    def _complaints(self, complaints: list[Complaint], all_: int, more: str) -> None:
        for complaint in complaints:
            code = f" ({complaint.code})" if complaint.code else ""
            echo(f"{self._name}:{complaint.line}: {complaint.message}{code}")
        if all_ > len(complaints):
            echo(self._language.say(more, n=self._language.number(all_ - len(complaints))))
