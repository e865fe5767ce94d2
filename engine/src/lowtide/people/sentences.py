"""A mistake that pydantic found in the file becomes a sentence: where it stands, and what would be correct."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from typing import Any, get_args

from pydantic import BaseModel

from lowtide.people.model import PeopleFile
from lowtide.strict import Path


def sentence(detail: Any) -> tuple[Path, str]:
    """The path of a mistake and its sentence. `detail` is one of `ValidationError.errors()`."""
    path: Path = tuple(part for part in detail["loc"] if part != "[key]")
    kind, name = detail["type"], path[-1] if path else "the file"
    if kind == "extra_forbidden":
        return path, f"unknown word `{name}`: {instead(str(name), known(path[:-1]))}"
    if kind == "missing":
        return path[:-1], f"`{name}` is missing"
    if kind == "literal_error":
        word = str(detail["input"])
        options = list(str(detail["ctx"]["expected"]).replace(" or ", ", ").replace("'", "").split(", "))
        return path, f"unknown word `{word}`: {instead(word, options)}"
    label = next((part for part in reversed(path) if isinstance(part, str)), "the file")
    if detail["input"] is None:
        return path, f"`{label}` is empty: write a value, or leave the key out"
    message = str(detail["msg"]).removeprefix("Value error, ")
    shown = "" if "(it is" in message else f" (it is {_short(detail['input'])})"
    return path, f"`{label}`: {message[0].lower()}{message[1:]}{shown}"


def known(path: Path) -> list[str]:
    """The words that are allowed at a place of the file."""
    model: type[BaseModel] = PeopleFile
    for part in path:
        fields = {field.alias or name: field for name, field in model.model_fields.items()}
        if isinstance(part, str) and part in fields:
            model = next(_models(fields[part].annotation), model)
    return [field.alias or name for name, field in model.model_fields.items()]


def instead(word: str, options: Iterable[str]) -> str:
    """What to write in place of an unknown word."""
    words = sorted(options)
    close = difflib.get_close_matches(word, words, 1)
    return (
        f"did you mean `{close[0]}`?"
        if close
        else f"use one of {', '.join(words) or 'those that the file names'}"
    )


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    """The models inside an annotation such as `dict[str, PersonFile]`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inside in get_args(annotation):
        yield from _models(inside)


def _short(value: Any) -> str:
    text = str(value) if isinstance(value, str) else repr(value)
    return f"`{text if len(text) <= 60 else text[:57] + '...'}`"
