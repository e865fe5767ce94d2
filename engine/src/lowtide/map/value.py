"""A value of a movement: text with holes, and the steps that it goes through, in a fixed order.

text steps ──▶ look-up ──▶ number, or time, or hash
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import CoreSchema, core_schema

from lowtide.map.decimal import decimal, is_decimal
from lowtide.map.faults import raise_any
from lowtide.map.template import is_constant, template
from lowtide.strict import Path

TEXT_STEPS = (
    "trim", "case", "strip_zeros", "pad", "after", "before", "gtin", "map", "map_file", "else",
)  # fmt: skip
NUMBER_STEPS = ("decimal", "thousands", "base64_scale", "sign", "times", "unit", "units", "round")
TIME_STEPS = ("format", "zone", "at")
ID_STEPS = ("hash", "occurrence")
_EPOCHS = ("epoch_s", "epoch_ms", "epoch_us", "epoch_ns", "epoch_days")
_WORDS_OF_TIME = ("iso", *_EPOCHS, "excel")
_CODES = "YmdHIMSfybpzj%"
_DAY_FORMATS = ("epoch_days",)


class Strict(BaseModel):
    """Unknown words are mistakes. Every scalar of a map is the text that is written there."""

    model_config = ConfigDict(
        extra="forbid", use_attribute_docstrings=True, allow_inf_nan=False, populate_by_name=False
    )


def time_zone(name: str) -> str:
    """The name of a time zone. Raises ValueError."""
    try:
        return ZoneInfo(name.strip()).key
    except (KeyError, ValueError, OSError):
        raise ValueError("write the name of a time zone, such as Europe/Paris") from None


def _time_format(text: str) -> str:
    if text in _WORDS_OF_TIME:
        return text
    if "%" not in text:
        raise ValueError(f"write one of {', '.join(_WORDS_OF_TIME)}, or a form such as %d.%m.%Y %H:%M")
    for code in re.findall(r"%(.?)", text):
        if not code or code not in _CODES:
            known = " ".join(f"%{known}" for known in _CODES)
            raise ValueError(f"`%{code}` is not known: use {known}")
    codes = set(re.findall(r"%(.)", text))
    if not codes & {"Y", "y"} or not ("j" in codes or ("d" in codes and codes & {"m", "b"})):
        raise ValueError("a form of times needs a year, a month and a day: %Y, %m and %d")
    return text


def _hour(text: str) -> str:
    match = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", text, re.ASCII)
    if match is None:
        raise ValueError("write a time of day, such as 12:00")
    return f"{int(match[1]):02}:{match[2]}"


def _text_with_holes(text: str) -> str:
    template(text)
    return text


def _column(text: str) -> str:
    if not text.strip():
        raise ValueError("write the name of a column")
    return text.strip()


def _mark(text: str) -> str:
    if len(text) != 1 or text.isdigit() or text in "+-":
        raise ValueError('write one character, such as "," or "."')
    return text


@dataclass(frozen=True)
class _TextOrMapping:
    """A value with no steps is written as its text alone."""

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self._spread, handler(source))

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> dict[str, Any]:
        return {"anyOf": [{"type": ["string", "number"]}, handler(schema)]}

    @staticmethod
    def _spread(value: Any) -> Any:
        if isinstance(value, str):
            return {"from": value}
        if not isinstance(value, dict):
            raise ValueError(
                'write a text with holes such as "{quantity}", or a mapping with `from:` and steps'
            )
        return value


Template = Annotated[str, AfterValidator(_text_with_holes)]
Column = Annotated[str, AfterValidator(_column)]
Columns = Annotated[list[Column], Field(min_length=1)]
Zone = Annotated[str, AfterValidator(time_zone)]
Mark = Annotated[str, AfterValidator(_mark)]
Number = Annotated[str, BeforeValidator(decimal)]


class Value(Strict):
    """A value with its steps."""

    from_: Template | None = Field(None, alias="from")
    """Text with holes: `{name}` is a column, a header or a path, `{name?}` one that may be missing from the header."""
    trim: bool = True
    """Take away spaces at both ends."""
    case: Literal["upper", "lower"] | None = None
    """Write all letters large or small."""
    strip_zeros: bool = False
    """Take away zeros at the beginning."""
    pad: Annotated[int, Field(ge=1, le=64)] | None = None
    """Put zeros at the beginning, up to this many characters: Excel eats them."""
    after: Annotated[str, Field(min_length=1)] | None = None
    """Keep what stands behind the first occurrence of this text."""
    before: Annotated[str, Field(min_length=1)] | None = None
    """Keep what stands before the first occurrence of this text."""
    gtin: bool = False
    """A GTIN of 14 digits; its check digit must be right."""
    map: dict[str, str] | None = None
    """A look-up: text as it stands there -> text of ours."""
    map_file: str | None = None
    """A look-up in a CSV file beside the map with the columns `from` and `to`, or `locations.alias_NAME`."""
    else_: str | None = Field(None, alias="else")
    """What a text becomes that the look-up does not have: `reject` (default), `keep`, `skip` the row, or a text."""
    decimal: Mark | None = None
    """The decimal mark of numbers; a point by default."""
    thousands: Mark | None = None
    """The mark between thousands; none by default."""
    base64_scale: Annotated[int, Field(ge=0, le=18)] | None = None
    """The number is base64 of a big-endian integer with so many decimal places, as Debezium sends decimals."""
    sign: Literal["keep", "abs", "negate"] = "keep"
    """What happens to the sign of a number."""
    times: Annotated[Value, _TextOrMapping()] | None = None
    """Multiply by a number, such as 12 or `{per_case}`."""
    unit: Annotated[Value, _TextOrMapping()] | None = None
    """The unit of the number, such as `{unit}`."""
    units: dict[str, Number] | Literal["catalogue"] | None = None
    """Pieces in a unit, such as {box: 24}; or `catalogue`: its columns `unit_factor:BOX`."""
    round: Annotated[int, Field(ge=0, le=3)] | None = None
    """Round to so many decimal places. Without it more than three places are an error."""
    format: Annotated[str, AfterValidator(_time_format)] | None = None
    """How times are written: iso (default), epoch_s, epoch_ms, epoch_us, epoch_ns, epoch_days, excel,
    or a form such as %d.%m.%Y."""
    zone: Zone | None = None
    """The zone of times without one, for this value alone."""
    at: Annotated[str, AfterValidator(_hour)] | None = None
    """The time of day of a date without one."""
    hash: Columns | None = None
    """An id made of these columns, where the rows have none of their own; the text of `from` stands before it."""
    occurrence: bool = False
    """Number equal ids within a document: `-2` for the second."""

    @model_validator(mode="after")
    def _fits_together(self) -> Value:
        faults: list[tuple[Path, str]] = []
        if self.from_ is None and self.hash is None:
            faults.append(((), "`from` is missing: the text with holes that the steps work on"))
        if self.occurrence and self.hash is None:
            faults.append((("occurrence",), "`occurrence` belongs to `hash: [columns]`"))
        if self.map is not None and self.map_file is not None:
            faults.append((("map_file",), "write `map` or `map_file`, not both"))
        if self.else_ is not None and self.map is None and self.map_file is None:
            faults.append((("else",), "`else` belongs to `map` or `map_file`"))
        if self.map is not None and not self.map:
            faults.append((("map",), "the look-up is empty: write pairs such as `sold: sale`"))
        if (self.units is None) != (self.unit is None):
            lacks, has = ("units", "unit") if self.units is None else ("unit", "units")
            faults.append(
                ((has,), f'`{has}` needs `{lacks}`: write both, such as unit: "{{unit}}", units: {{box: 24}}')
            )
        if self.decimal is not None and self.decimal == self.thousands:
            faults.append((("thousands",), "`decimal` and `thousands` are the same mark"))
        if self.decimal is None and self.thousands == ".":
            faults.append((("thousands",), 'thousands with a point need `decimal: ","`'))
        if isinstance(self.units, dict):
            for unit, factor in self.units.items():
                if float(factor) <= 0:
                    faults.append((("units", unit), f"pieces in a unit are more than 0 (it is {factor})"))
        raise_any(faults)
        return self

    @property
    def steps(self) -> set[str]:
        """The steps that the map names here, as they are written."""
        aliases = {"else_": "else", "from_": "from"}
        return {aliases.get(name, name) for name in self.model_fields_set} - {"from"}

    @property
    def constant(self) -> str | None:
        """The text, if it has no hole and no look-up; None if rows decide."""
        if self.from_ is None:
            return None
        parts = template(self.from_)
        if not is_constant(parts):
            return None
        text = "".join(part.compiled["text"] for part in parts)
        return text.strip() if self.trim else text

    @property
    def is_day(self) -> bool:
        """Whether the format of times has a date and no time of day."""
        form = self.format or "iso"
        return form in _DAY_FORMATS or ("%" in form and not {"%H", "%I"} & set(re.findall("%.", form)))


AnyValue = Annotated[Value, _TextOrMapping()]


def number_faults(value: Value, path: Path) -> list[tuple[Path, str]]:
    """A constant number that is not one, here and in `times`."""
    faults: list[tuple[Path, str]] = []
    constant = value.constant
    if constant is not None and not is_decimal(constant):
        faults.append(
            ((*path, "from"), f"write a number or a hole such as {{quantity}} (it is {constant!r})")
        )
    if value.times is not None:
        faults += number_faults(value.times, (*path, "times"))
        faults += step_faults(value.times, (*path, "times"), "a number", (*TEXT_STEPS, *NUMBER_STEPS))
    if value.unit is not None:
        faults += step_faults(value.unit, (*path, "unit"), "a text", TEXT_STEPS)
    return faults


def step_faults(value: Value, path: Path, what: str, allowed: tuple[str, ...]) -> list[tuple[Path, str]]:
    """Steps that make no sense for a value that is `what`."""
    return [
        ((*path, step), f"`{step}` is not a step of {what}: its steps are {', '.join(allowed)}")
        for step in sorted(value.steps - set(allowed))
    ]
