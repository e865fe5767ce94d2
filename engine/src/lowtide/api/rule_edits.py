"""Edits of rules as a request writes them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from lowtide.errors import SettingsError
from lowtide.strict.edit import Edit

Key = Annotated[str, Field(min_length=1, max_length=200)] | Annotated[int, Field(ge=0, le=10_000)]
_DEEPEST = 6


class EditBody(BaseModel):
    """One value at one place of the file."""

    model_config = ConfigDict(extra="forbid")
    path: list[Key] = Field(min_length=1, max_length=12)
    """Keys, and numbers of list items from 0; the number of items appends one."""
    value: Any = None
    """A text, a number, a list or a mapping; null takes it away."""


def edits_of(bodies: Sequence[EditBody]) -> list[Edit]:
    """The edits of a request. Raises SettingsError for a value that is too deep, or that no file can hold."""
    for body in bodies:
        if _depth(body.value) > _DEEPEST:
            raise SettingsError(
                "a value of an edit is too deep", f"Write lists and mappings at most {_DEEPEST} deep."
            )
        _check(body.path)
        _check(body.value)
    return [Edit(tuple(body.path), body.value) for body in bodies]


def _check(value: Any) -> None:
    """Raises SettingsError for a text with half a character, which UTF-8 cannot hold, and a number beyond 64 bits."""
    if isinstance(value, dict | list):
        for one in value:
            _check(one)
        for one in value.values() if isinstance(value, dict) else ():
            _check(one)
    elif isinstance(value, str) and any("\ud800" <= sign <= "\udfff" for sign in value):
        raise SettingsError("a text of an edit has half a character", "Write it in UTF-8.")
    elif isinstance(value, int) and abs(value) >= 1 << 63:
        raise SettingsError("a number of an edit has more than 64 bits", "Write a smaller one.")


def _depth(value: Any, depth: int = 0) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    if depth > _DEEPEST:
        return depth
    return max((_depth(one, depth + 1) for one in inner), default=depth)
