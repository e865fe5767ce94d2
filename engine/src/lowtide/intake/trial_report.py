"""What a map made of a sample, as JSON, with notes for a person."""

from __future__ import annotations

from lowtide.core import mapping_of
from lowtide.intake.trial import Trial
from lowtide.rows import quantity
from lowtide.words import Language


def notes(trial: Trial, language: Language) -> list[str]:
    """What a person should know of the map and the sample, beyond rows that cannot be used."""
    map_, mapping = trial.map, mapping_of(trial.map)
    notes = [language.say(f"map.{key}") for key in trial.lacks]
    notes += [language.say("map.constant", text=text) for text in trial.constants]
    if map_.reading.format == "debezium":
        notes.append(language.say("map.debezium_key"))
        if mapping is not None and any(name.startswith("before.") for name in mapping.columns):
            notes.append(language.say("map.debezium_before"))
    if map_.model.snapshot is not None:
        notes.append(language.say("map.snapshot"))
    if map_.model.unconfirmed:
        notes.append(language.say("map.unconfirmed"))
    if not trial.rows:
        notes.append(language.say("map.no_rows"))
    return notes


def report(trial: Trial, language: Language) -> dict[str, object]:
    """The result as JSON: sums, the first movements, the rows that cannot be used, and notes."""
    mapping = mapping_of(trial.map)
    return {
        "map": trial.map.name, "hash": mapping.hash if mapping is not None else "", "rows": trial.rows,
        "good": trial.good, "movements": trial.movements, "skipped": trial.skipped, "rejected": trial.rejected,
        "by_rule": trial.by_rule, "by_skip": trial.by_skip, "by_kind": dict(sorted(trial.by_kind.items())),
        "units": {kind: quantity(units) for kind, units in sorted(trial.units.items())},
        "by_location": dict(sorted(trial.by_location.items())), "by_code": dict(sorted(trial.by_code.items())),
        "first": trial.first, "rejects": [complaint.to_dict() for complaint in trial.rejects],
        "unexpected": trial.warned, "warnings": [complaint.to_dict() for complaint in trial.warnings],
        "unused_columns": trial.unused, "notes": notes(trial, language),
    }  # fmt: skip
