"""A mistake that pydantic found in a map becomes sentences: where it stands, and what would be correct."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from lowtide.map.faults import Faults, instead
from lowtide.map.model import Bounds, Expect, Inferred, MapFile, Read, Snapshot, Verify, Within
from lowtide.map.rule import Rule
from lowtide.map.value import Value
from lowtide.strict import Document, Path

_MODELS: dict[str, type[BaseModel]] = {
    "read": Read, "expect": Expect, "snapshot": Snapshot, "verify": Verify, "source": Value, "as": Inferred,
}  # fmt: skip
_FORMS = {
    "lowtide_map": "1, the version of the language of maps",
    "units": "pieces in a unit, such as {box: 24}, or `catalogue`",
    "as": "`count`, or {decrease: sale, increase: receipt}",
    "sheet": "the number of a sheet from 1, or its name",
    "movements": "a list of rules, such as `- id: …`",
    "skip": "a list of conditions, such as `- {state: [draft]}`",
}
"""What fields of several forms take."""


def sentences(detail: Any, document: Document) -> list[tuple[Path, str]]:
    """The paths of a mistake and its sentences. `detail` is one of `ValidationError.errors()`."""
    loc: Path = tuple(part for part in detail["loc"] if part != "[key]")
    path = _written(loc, document)
    error = detail.get("ctx", {}).get("error")
    if isinstance(error, Faults):
        return [((*path, *below), _named((*path, *below), text)) for below, text in error.faults]
    kind, name = detail["type"], path[-1] if path else "the map"
    if kind == "missing":
        return [((*path, loc[-1]), _named(path, f"`{loc[-1]}` is missing"))]
    return [(path, _sentence(detail, kind, path, name))]


def _sentence(detail: Any, kind: str, path: Path, name: str | int) -> str:
    if kind == "extra_forbidden":
        return f"unknown word `{name}`: {instead(str(name), known(path[:-1]))}"
    shown = _short(detail["input"])
    form = next((_FORMS[part] for part in reversed(path[-2:]) if part in _FORMS), None)
    if form is not None:
        return f"`{name}`: write {form} (it is {shown})"
    if kind == "literal_error":
        expected = str(detail["ctx"]["expected"]).replace("'", "`")
        return f"`{name}`: write {expected} (it is {shown})"
    if kind == "string_type" and detail["input"] is None:
        return f"`{name}` is empty: write a text"
    message = str(detail["msg"]).removeprefix("Value error, ")
    return f"`{name}`: {message[0].lower()}{message[1:]} (it is {shown})"


def known(path: Path) -> list[str]:
    """The words that are allowed at a position of the file."""
    model = _model(path)
    return [field.alias or name for name, field in model.model_fields.items()]


def _model(path: Path) -> type[BaseModel]:
    if not path:
        return MapFile
    if path[0] == "movements":
        return Rule if len(path) == 2 else Value
    if path[0] == "expect" and len(path) == 2:
        return Within if path[1] == "event_time" else Bounds
    return _MODELS.get(str(path[-1]), MapFile)


def _written(path: Path, document: Document) -> Path:
    """The part of a path that stands in the file: pydantic adds words of its own for the forms of a value."""
    while path and path not in document.places:
        path = path[:-1]
    return path


def _named(path: Path, text: str) -> str:
    """A sentence that begins with the key that it is about, unless it names one itself."""
    key = next((part for part in reversed(path) if isinstance(part, str)), None)
    return (
        text if key is None or text.startswith(("`", "unknown")) or f"`{key}`" in text else f"`{key}`: {text}"
    )


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
