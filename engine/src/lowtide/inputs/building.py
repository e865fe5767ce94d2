"""Files that people keep become one set of inputs: YAML documents, calendars, a forecast, classes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from lowtide.errors import PolicyError
from lowtide.inputs.calendars import Effect
from lowtide.inputs.document import Driver, Inputs, read_document
from lowtide.inputs.folder import InputSet
from lowtide.inputs.tables import read_classes, read_forecast


@dataclass(frozen=True)
class Built:
    """A set of inputs, and the files whose rows are in it."""

    one: InputSet
    files: list[str]


def build(
    documents: Sequence[Path],
    effects: Iterable[Effect] = (),
    forecast: Path | None = None,
    classes: Path | None = None,
) -> Built:
    """One set from documents, whose layers and drivers follow one another, and from rows of calendars with a factor.

    Raises PolicyError if a profile or season has two meanings, or if the factor of a row is not known.
    """
    whole = merged([(str(path), read_document(path)) for path in documents])
    drivers = [*whole.drivers, *(driver_of(effect) for effect in effects)]
    document = whole.model_copy(update={"drivers": drivers})
    tables = [str(path) for path in (forecast, classes) if path]
    one = InputSet(
        document, read_forecast(forecast) if forecast else None, read_classes(classes) if classes else None
    )
    return Built(one, [*(str(path) for path in documents), *tables])


def merged(parts: Iterable[tuple[str, Inputs]]) -> Inputs:
    """Documents as one, in their order. Raises PolicyError if two of them give one name different values."""
    whole = Inputs()
    origin: dict[str, str] = {}
    for name, part in parts:
        for what, ours, theirs in (
            ("profile", whole.profiles, part.profiles),
            ("season", whole.seasons, part.seasons),
        ):
            for key, values in theirs.items():
                if key in ours and ours[key] != values:
                    raise PolicyError(
                        f"the {what} `{key}` of {name} is another one in {origin[what + key]}",
                        "Rename one of them.",
                    )
                ours[key] = values
                origin[what + key] = name
        whole.layers.extend(part.layers)
        whole.drivers.extend(part.drivers)
    return whole


def driver_of(effect: Effect, factor: float | None = None) -> Driver:
    """A row of a calendar as a driver, with its own factor or with a learned one. Raises PolicyError without either."""
    value = effect.factor if effect.factor is not None else factor
    if value is None:
        raise PolicyError(
            f"{effect.place}: `{effect.name}` has no factor",
            "Fill in `factor`, or let it be learned: `lowtide learn HISTORY… --promotions F`.",
        )
    return Driver.model_validate(
        {"name": effect.name, "match": effect.match, "from": effect.first, "to": effect.last, "factor": value}
    )
