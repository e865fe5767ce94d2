"""The words of a form file: how the file is written, and its columns."""

from __future__ import annotations

import codecs
import difflib
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, Field, field_validator

from lowtide.map.template import Hole, template
from lowtide.propose.proposed import Kind
from lowtide.strict import Document, Path, Place
from lowtide.strict.fields import Strict

NUMBERS = frozenset({"line", "quantity", "unit_cost", "amount"})
"""Holes that are numbers of ours: a spreadsheet may take them for numbers."""
HOLES = (
    "number", "line", "ref", "sku", "name", "quantity", "unit", "unit_cost", "amount", "ordered_on", "requested_on",
    "supplier",
    "supplier_name", "from_location", "ship_to", "ship_to_name", "buyer", "approved_by", "currency", "kind", "document",
    "proposal_id",
)  # fmt: skip
"""What a text may name."""


def _flag(value: Any) -> Any:
    """`true` or `false`; a form's values are texts as they are written."""
    return {"true": True, "false": False}.get(str(value).lower(), value)


Flag = Annotated[bool, BeforeValidator(_flag)]


class Title(Strict):
    """What the form is, for people."""

    en: str
    zh: str


class Write(Strict):
    """How the file is written."""

    suffix: Literal["csv", "txt"] = "csv"
    """Of the name of the file."""
    encoding: str = "utf-8"
    """Such as utf-8, utf-8-sig (with the mark by which Excel knows it), gb18030, utf-16."""
    delimiter: Literal[",", ";", "|", "tab"] = ","
    """Between cells."""
    header: Flag = True
    """Whether the first line has the names of the columns."""
    newline: Literal["crlf", "lf"] = "crlf"
    date: str = "%Y-%m-%d"
    """How days are written, such as %Y%m%d or %d.%m.%Y."""
    formulas: Literal["guard", "keep"] = "guard"
    """`guard`: text that a spreadsheet would take for a formula gets an apostrophe before it. `keep`: as it is, for a
    file that no
    spreadsheet opens."""

    @field_validator("encoding")
    @classmethod
    def _is_known(cls, name: str) -> str:
        try:
            codecs.lookup(name)
        except LookupError:
            raise ValueError("write the name of an encoding, such as utf-8, utf-8-sig or gb18030") from None
        return name

    @field_validator("date")
    @classmethod
    def _is_date(cls, form: str) -> str:
        one, other = date(2026, 11, 30), date(2027, 1, 2)
        if "%" not in form or one.strftime(form) == other.strftime(form):
            raise ValueError("write a form of a day, such as %Y-%m-%d")
        return form


class Column(Strict):
    """One column."""

    name: str
    """In the header."""
    text: str = ""
    """Text with holes, such as `{sku}`; empty: the cell stays empty."""
    caption: str = ""
    """In a second line of the header, which some imports ask for."""
    once: Flag = False
    """Only in the first line of an order."""

    @field_validator("text")
    @classmethod
    def _holes_are_known(cls, text: str) -> str:
        for part in template(text):
            if isinstance(part, Hole) and part.name not in HOLES:
                close = difflib.get_close_matches(part.name, HOLES, 1)
                other = f"did you mean {{{close[0]}}}?" if close else f"use one of {', '.join(HOLES)}"
                raise ValueError(f"nothing is called {{{part.name}}}: {other}")
        return text


class FormFile(Strict):
    """A whole form."""

    lowtide_form: Literal["1"] = "1"
    """The version of the words of forms."""
    title: Title
    confirmed: Flag = False
    """Whether an import of such a file was seen."""
    kinds: list[Kind] = Field(default=["order", "production"], min_length=1)
    """Kinds of proposals that it takes."""
    write: Write = Write()
    columns: list[Column] = Field(min_length=1)


def faults(detail: Any, document: Document) -> tuple[Place, str]:
    """The place of a mistake, and its sentence. `detail` is one of `ValidationError.errors()`."""
    path: Path = tuple(detail["loc"])
    while path and path not in document.places:
        path = path[:-1]
    place, kind = document.place(path), detail["type"]
    name = next(str(part) for part in reversed(detail["loc"]) if isinstance(part, str))
    if kind == "missing":
        return place, f"`{name}` is missing"
    if kind == "extra_forbidden":
        known = list(_model(tuple(detail["loc"][:-1])).model_fields)
        close = difflib.get_close_matches(name, known, 1)
        other = f"did you mean `{close[0]}`?" if close else f"use one of {', '.join(known)}"
        return place, f"unknown word `{name}`: {other}"
    if kind == "literal_error":
        expected = str(detail["ctx"]["expected"]).replace("'", "`")
        return place, f"`{name}`: write {expected} (it is {detail['input']!r})"
    if kind == "bool_type" or kind == "bool_parsing":
        return place, f"`{name}`: write true or false (it is {detail['input']!r})"
    message = str(detail["msg"]).removeprefix("Value error, ")
    return place, f"`{name}`: {message[0].lower()}{message[1:]} (it is {detail['input']!r})"


def _model(path: Path) -> type[BaseModel]:
    if not path:
        return FormFile
    models: dict[str, type[BaseModel]] = {"title": Title, "write": Write, "columns": Column}
    return models.get(str(path[0]), FormFile)
