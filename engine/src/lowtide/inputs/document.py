"""The document of a set of inputs: profiles, seasons, layers of values, drivers. Its bytes are canonical.

>>> text = '{"version": 1, "layers": [{"name": "all", "match": {}, "set": {"prior_rate": 0.4}}]}'
>>> parse_json(text.encode(), "inputs.json").layers[0].set.prior_rate
0.4
"""

from __future__ import annotations

import math
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal

import orjson
from pydantic import (
    AfterValidator,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    field_validator,
    model_validator,
)

from lowtide import strict
from lowtide.errors import PolicyError
from lowtide.policy.model import Profile as PolicyProfile
from lowtide.strict.fields import Patterns, Strict

WEEKS = 53
"""Factors of a season: one for every seven days of the year, the last for day 365 and 366."""
MATCH_KEYS = ("sku", "category", "supplier", "abc", "department", "location")
HORIZONS = ("lead", "lead+review", "2 lead")
_HINT = "docs/inputs.md has every field; `lowtide inputs check` reads the files again."

Share = Annotated[float, Field(gt=0, lt=1)]
Match = dict[Literal["sku", "category", "supplier", "abc", "department", "location"], Patterns]


def _year(factors: list[float]) -> list[float]:
    if len(factors) != WEEKS or min(factors) < 0 or not 0 < sum(factors) < math.inf:
        raise ValueError(f"write {WEEKS} factors, one a week of the year, none negative, not all 0")
    mean = sum(factors) / WEEKS
    return factors if abs(mean - 1) < 1e-6 else [round(factor / mean, 6) for factor in factors]


def _week(weights: list[float]) -> list[float]:
    """The same weights where they are 168 of mean 1, as they were written; so that reading changes no byte."""
    if len(weights) == 168 and min(weights) >= 0 and abs(sum(weights) / 168 - 1) < 1e-6:
        return weights
    return [round(weight, 6) for weight in TypeAdapter(PolicyProfile).validate_python(weights)]


Profile = Annotated[list[float], AfterValidator(_week)]
Season = Annotated[list[float], AfterValidator(_year)]


class InputTerms(Strict):
    """The values that a layer of the inputs sets. Those that it does not name stay as they are."""

    profile: str | None = None
    """Name of a profile of the inputs: how demand is spread over the hours of the week."""
    season: str | None = None
    """Name of a season of the inputs: how demand is spread over the weeks of the year."""
    prior_rate: Annotated[float, Field(ge=0, le=1e12)] | None = None
    """Units a day that are expected of a new position."""
    prior_days: Annotated[float, Field(ge=0.1, le=3660)] | None = None
    """So many days of its own sales weigh as much as that expectation."""
    dispersion: Annotated[float, Field(ge=1, le=1000)] | None = None
    """Variance of a day's demand divided by its mean, before it is learned."""
    calm: Annotated[float, Field(ge=0, le=1000)] | None = None
    """How strongly the sampling noise of a quick level takes weight from it: 4 for sparse shelves, 0 for whole chains."""
    lateness: list[tuple[Annotated[float, Field(ge=0)], Annotated[float, Field(ge=0, le=1)]]] | None = None
    """Steps of [days late, share that has come by then]."""
    remainder: Annotated[float, Field(ge=0, le=1)] | None = None
    """Chance that the rest of an order of which a part was received still comes."""
    lead_time_days: Annotated[float, Field(ge=0, le=3660)] | None = None
    """Days from an order until the goods are on the shelf."""
    lead_time_sd_days: Annotated[float, Field(ge=0, le=3660)] | None = None
    """Standard deviation of the lead time, for safety stock."""
    review_period_days: Annotated[float, Field(ge=0, le=3660)] | None = None
    """Days between two chances to order."""
    horizon: Literal["lead", "lead+review", "2 lead"] | Annotated[int, Field(ge=1, le=365)] | None = None
    """How far alerts look ahead: `lead`, `lead+review`, `2 lead`, or days."""
    watch: Share | None = None
    """Line of `watch` for this horizon."""
    warning: Share | None = None
    """Line of `warning`."""
    critical: Share | None = None
    """Line of `critical`."""

    @field_validator("lateness")
    @classmethod
    def _rises(cls, steps: list[tuple[float, float]] | None) -> list[tuple[float, float]] | None:
        if steps is not None and (not steps or any(a[0] >= b[0] or a[1] > b[1] for a, b in pairwise(steps))):
            raise ValueError(
                "write steps with rising days and shares that do not fall, such as [[0, 0.9], [7, 1]]"
            )
        return steps

    @model_validator(mode="after")
    def _lines_rise(self) -> InputTerms:
        lines = [line for line in (self.watch, self.warning, self.critical) if line is not None]
        if lines != sorted(lines):
            raise ValueError("write lines that do not fall from `watch` over `warning` to `critical`")
        return self


class InputLayer(Strict):
    """Values for the positions that match every key of `match`; `{}` is every position. A later layer wins."""

    name: str
    """The name shown with every value of the layer."""
    match: Match = Field(default_factory=dict)
    """Which positions the layer is for: exact texts, or texts in which `*` stands for any characters."""
    set: InputTerms
    """The values for these positions."""


class Driver(Strict):
    """Something that multiplies demand on some days: a promotion, a holiday, a closed day, a price, the weather."""

    model_config = ConfigDict(populate_by_name=True)

    name: str
    """Shown with every forecast that it changes."""
    match: Match = Field(default_factory=dict)
    """Which positions it is for; `{}` is every position."""
    first: date = Field(alias="from")
    """First day, in the time zone of the position."""
    last: date = Field(alias="to")
    """Last day, which counts too."""
    factor: Annotated[float, Field(ge=0, le=1000)]
    """Demand of such a day, divided by demand of the same day without it; 0: closed."""

    @model_validator(mode="after")
    def _in_order(self) -> Driver:
        if self.first > self.last:
            raise ValueError(f"`from` is {self.first} and `to` is {self.last}: write the earlier day first")
        return self


class Inputs(Strict):
    """One set of inputs, without its tables."""

    version: Literal[1] = 1
    profiles: dict[str, Profile] = Field(default_factory=dict)
    """By name: 168 weights, Monday's first hour first. 7 (days) or 24 (hours) are understood too."""
    seasons: dict[str, Season] = Field(default_factory=dict)
    """By name: 53 factors of mean 1."""
    layers: list[InputLayer] = Field(default_factory=list)
    drivers: list[Driver] = Field(default_factory=list)

    @model_validator(mode="after")
    def _names_exist(self) -> Inputs:
        for layer in self.layers:
            for what, known, name in (
                ("profile", self.profiles, layer.set.profile),
                ("season", self.seasons, layer.set.season),
            ):
                if name is not None and name not in known:
                    raise ValueError(
                        f"layer `{layer.name}` names the {what} `{name}`, but `{what}s` has {_listed(known)}"
                    )
        return self

    @property
    def as_json(self) -> bytes:
        """The canonical bytes: keys sorted, no spaces, shortest numbers. Equal documents give equal bytes."""
        plain = {
            "version": self.version,
            "profiles": self.profiles,
            "seasons": self.seasons,
            "layers": [_plain_layer(layer) for layer in self.layers],
            "drivers": [
                driver.model_dump(mode="json", by_alias=True, exclude_none=True) for driver in self.drivers
            ],
        }
        return orjson.dumps(plain, option=orjson.OPT_SORT_KEYS)


def _plain_layer(layer: InputLayer) -> dict[str, Any]:
    return {
        "name": layer.name,
        "match": dict(layer.match),
        "set": layer.set.model_dump(mode="json", exclude_none=True),
    }


def _listed(names: dict[str, Any]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names)) or "no entry"


def parse_json(data: bytes, name: str) -> Inputs:
    """The document in the bytes of a JSON file; messages contain `name`. Raises PolicyError, which lists every mistake."""
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        place = f"{name}:{error.lineno}:{error.colno}"
        raise PolicyError(f"{place}: this is not JSON: {error.msg}", _HINT) from None
    try:
        return Inputs.model_validate(value)
    except ValidationError as error:
        faults = [f"{name}: {_path(detail['loc'])}: {_said(detail)}" for detail in error.errors()]
        raise PolicyError("\n".join(dict.fromkeys(faults)), _HINT) from None


def read_document(path: Path) -> Inputs:
    """The document in a YAML or JSON file. Raises PolicyError with line and column of every mistake."""
    try:
        data = path.read_bytes()
        text = data.decode("utf-8-sig")
    except FileNotFoundError:
        raise PolicyError(f"there is no file `{path}`", _HINT) from None
    except (OSError, UnicodeDecodeError) as error:
        raise PolicyError(f"`{path}` cannot be read: {error}", "Inputs are YAML or JSON in UTF-8.") from None
    if path.suffix == ".json":
        return parse_json(data, str(path))
    try:
        document = strict.document(text, "inputs are a mapping, such as `layers:` and `drivers:`", _is_text)
        return Inputs.model_validate(document.value)
    except strict.YamlFault as fault:
        line, column = fault.place
        raise PolicyError(f"{path}:{line}:{column}: {fault.message}", _HINT) from None
    except ValidationError as error:
        faults = []
        for detail in error.errors():
            place = tuple(part for part in detail["loc"] if part not in ("[key]",))
            faults.append((document.place(place), f"{_path(detail['loc'])}: {_said(detail)}"))
        lines = [f"{path}:{line}:{column}: {message}" for (line, column), message in sorted(set(faults))]
        raise PolicyError("\n".join(lines), _HINT) from None


def _is_text(path: strict.Path) -> bool:
    """Names and patterns stay text, so that the SKU `0123` keeps its zero."""
    return path[2:3] in (("name",), ("match",))


def _path(loc: tuple[str | int, ...]) -> str:
    """`layers[3].set.watch`; the branches of a choice are not part of it."""
    shown = ""
    for part in loc:
        if isinstance(part, int):
            shown += f"[{part}]"
        elif not (part == "[key]" or part.startswith(("literal[", "float", "constrained-", "function-"))):
            shown += f".{part}" if shown else part
    return f"`{shown}`" if shown else "the document"


def _said(detail: Any) -> str:
    message = str(detail["msg"]).removeprefix("Value error, ")
    if detail["type"] == "missing":
        return "is missing"
    if detail["type"] == "extra_forbidden":
        return "this word is not known here"
    if "horizon" in detail["loc"]:
        return (
            f"write {', '.join(f'`{one}`' for one in HORIZONS)} or 1 to 365 days (it is {detail['input']!r})"
        )
    shown = repr(detail["input"])
    return f"{message[0].lower()}{message[1:]}" + (f" (it is {shown})" if len(shown) <= 60 else "")
