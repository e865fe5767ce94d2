"""The fields of a map: their names, their meaning, their limits."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from lowtide.map.condition import Compiled, condition
from lowtide.map.faults import raise_any
from lowtide.map.rule import MAPPED_KINDS, Conditions, Rule
from lowtide.map.value import AnyValue, Column, Number, Strict, time_zone
from lowtide.strict import Path

Format = Literal[
    "csv", "xlsx", "json", "avro", "protobuf", "parquet", "xml", "x12", "edifact", "epcis", "poslog", "debezium",
    "cloudevents", "connect",
]  # fmt: skip
TABLES = ("csv", "xlsx")
"""Formats with a header line."""
TREES = ("json", "debezium", "cloudevents", "connect", "avro", "protobuf")
"""Formats whose records are objects within objects."""
WITHOUT_ZONE = ("poslog", "x12", "edifact")
"""Formats whose times never have a zone."""
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_ENCODINGS = {
    "utf8": "utf-8", "gbk": "gb18030", "gb2312": "gb18030", "cp936": "gb18030", "utf16": "utf-16", "cp1252": "windows-1252",
    "latin-1": "windows-1252", "shift-jis": "shift_jis", "sjis": "shift_jis", "cp932": "shift_jis", "cp950": "big5",
}  # fmt: skip
_DELIMITERS = {"tab": "\t", "\t": "\t", ",": ",", ";": ";", "|": "|", "auto": "auto"}
_WITHIN = {"d": 86_400_000, "h": 3_600_000, "m": 60_000}


def _encoding(value: Any) -> Any:
    text = str(value).lower()
    return _ENCODINGS.get(text, text)


def _delimiter(text: str) -> str:
    if text not in _DELIMITERS:
        raise ValueError('write auto, ",", ";", tab or "|"')
    return _DELIMITERS[text]


def _sheet(value: Any) -> Any:
    if (
        isinstance(value, bool)
        or not isinstance(value, int | str)
        or value == ""
        or (isinstance(value, int) and value < 1)
    ):
        raise ValueError("write the number of a sheet from 1, or its name")
    return value


def _zone(text: str) -> str:
    return text if text == "locations" else time_zone(text)


def _name(text: str) -> str:
    if NAME.fullmatch(text) is None:
        raise ValueError("a name has small letters, digits and hyphens, at most 64")
    return text


def _milliseconds(text: str) -> str:
    if re.fullmatch(r"\d{1,4}[dhm]", text, re.ASCII) is None:
        raise ValueError("write a duration, such as 30d or 12h")
    return text


class Read(Strict):
    """How a document becomes rows."""

    format: Format
    """What documents are; debezium, cloudevents and connect are JSON whose record is found in its envelope."""
    encoding: Annotated[
        Literal["utf-8", "gb18030", "utf-16", "windows-1252", "shift_jis", "big5"], BeforeValidator(_encoding)
    ] = "utf-8"
    """The encoding of text."""
    delimiter: Annotated[str, AfterValidator(_delimiter)] = "auto"
    """What stands between columns: `auto` finds it by the header line; or `,` `;` `tab` `|`."""
    header: Annotated[int, Field(ge=0, le=1000)] = 1
    """The line of the header, from 1. With 0 the table has no header, and its columns are called c1, c2, …"""
    sheet: Annotated[int | str, BeforeValidator(_sheet)] = 1
    """The sheet of a workbook: its number from 1, or its name."""
    root: Column | None = None
    """JSON: the path to the record, such as payload."""
    each: Column | None = None
    """JSON: the path to a list of which every element is a row. XML: the element that is a row."""
    fill_down: list[Column] = Field(default_factory=list)
    """Columns whose empty cells repeat the cell above: lists print a document's number only once."""
    ours: list[Column] = Field(default_factory=list)
    """EPCIS: patterns of our own locations, such as 0614141*."""
    making: bool = False
    """EPCIS: `commissioning` is production."""

    @model_validator(mode="after")
    def _fits_the_format(self) -> Read:
        only = {
            "encoding": ("csv", "xml", "json", "edifact", "x12"), "delimiter": ("csv",), "header": TABLES,
            "sheet": ("xlsx",), "root": TREES, "each": (*TREES, "xml"), "fill_down": (*TABLES, "parquet"),
            "ours": ("epcis",), "making": ("epcis",),
        }  # fmt: skip
        raise_any(
            [
                ((key,), f"`{key}` does not belong to {self.format}: it belongs to {', '.join(formats)}")
                for key, formats in only.items()
                if key in self.model_fields_set and self.format not in formats
            ]
        )
        return self


class Bounds(Strict):
    """The least and the largest quantity that is expected."""

    min: Number | None = None
    """Smaller quantities are not expected."""
    max: Number | None = None
    """Larger quantities are not expected."""


class Within(Strict):
    """How far from now an event time may be."""

    within: Annotated[str, AfterValidator(_milliseconds)]
    """A duration, such as 30d."""

    @property
    def milliseconds(self) -> int:
        """The duration in milliseconds."""
        return int(self.within[:-1]) * _WITHIN[self.within[-1]]


class Expect(Strict):
    """What movements are expected to say, beyond their form."""

    on: Literal["warn", "reject"] = "warn"
    """What happens to others: they are counted and shown, or rejected as `unexpected_value`."""
    quantity: Bounds | None = None
    """Limits of the quantity."""
    kind: list[Literal[MAPPED_KINDS]] | None = None  # type: ignore[valid-type]
    """The kinds that are expected."""
    sku: Literal["known"] | None = None
    """The sku stands in the catalogue."""
    location: Literal["known"] | None = None
    """The location stands in the locations file."""
    event_time: Within | None = None
    """How old an event time may be."""


class Inferred(Strict):
    """Movements that two stock lists are read as: a guess, marked `reason: inferred`."""

    decrease: Literal["sale"]
    """What a smaller stock is read as."""
    increase: Literal["receipt"] | None = None
    """What a larger stock is read as; without it, as a count."""


class Snapshot(Strict):
    """The document is a whole list of stock, not a list of movements. Only `lowtide intake` reads it so."""

    of: Literal["location"]
    """A list holds all of a location."""
    absent: Literal["zero", "keep"] = "zero"
    """What the last list of the location had and this one lacks: a count of 0, or nothing."""
    as_: Literal["count"] | Inferred = Field("count", alias="as")
    """Every line is a count; or the differences are sales and receipts."""
    max_absent: Annotated[float, Field(ge=0, le=1)] = 0.3
    """A list that lacks a larger share of the last one is refused: a cut-off export must not empty a shop."""


class Verify(Strict):
    """The signature of a webhook: HMAC-SHA-256 in base64 or hexadecimal digits."""

    header: Column
    """The header of the request with the signature."""
    of: Literal["body"] = "body"
    """What is signed."""
    secret_env: Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]
    """The environment variable that holds the secret."""


class MapFile(Strict):
    """A map: how documents are read, and which movements their rows become."""

    lowtide_map: Literal["1"]
    """The version of the language of maps: 1."""
    name: Annotated[str, AfterValidator(_name)] | None = None
    """The name of the map; otherwise the name of its file."""
    about: str = ""
    """What the map is for, in a sentence."""
    unconfirmed: bool = False
    """Nobody has compared the map with a document of the vendor."""
    read: Read
    """How a document becomes rows."""
    zone: Annotated[str, AfterValidator(_zone)] | None = None
    """The zone of times without one; `locations`: the column `time_zone` of the locations file."""
    source: AnyValue | None = None
    """Who sent the movements; with the id it names a fact."""
    skip: list[Conditions] = Field(default_factory=list)
    """Rows like these are passed over: declared, counted, never a reject."""
    only: Literal["first"] | None = None
    """`first`: a row is taken by the first rule that holds, not by all of them."""
    movements: Annotated[list[Rule], Field(min_length=1)]
    """The rules. Every rule that holds makes a movement of the row."""
    snapshot: Snapshot | None = None
    """The document is a whole list of stock."""
    expect: Expect | None = None
    """Checks beyond the form of a movement."""
    verify: Verify | None = None
    """The signature of a webhook."""

    @model_validator(mode="after")
    def _is_whole(self) -> MapFile:
        faults: list[tuple[Path, str]] = []
        for number, rule in enumerate(self.movements):
            for name, sentence in rule.missing(self.source is not None, self.snapshot is not None):
                faults.append((("movements", number, name), sentence))
            if self.snapshot is not None and set(rule.kinds) - {"count"}:
                faults.append((("movements", number, "kind"), "the lines of a `snapshot` are counts"))
        if self.source is not None and self.source.steps - {"trim", "case", "after", "before"}:
            faults.append((("source",), "write `source` as text with holes, without look-ups"))
        times = [rule.event_time for rule in self.movements if rule.event_time is not None]
        if (
            self.read.format in WITHOUT_ZONE
            and self.zone is None
            and any(time.zone is None for time in times)
        ):
            faults.append(
                (
                    ("zone",),
                    f"`zone` is missing: times of {self.read.format} have no zone; write zone: Europe/Berlin, or locations",
                )
            )
        raise_any(faults)
        return self

    @property
    def skips(self) -> list[Compiled]:
        """The compiled conditions of `skip`."""
        return [condition(rule) for rule in self.skip]
