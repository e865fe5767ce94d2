"""A mistake that pydantic found becomes a sentence: its line and column, and what would be correct."""

from __future__ import annotations

import difflib
from typing import Any, get_args

from lowtide.policy.model import MATCH_KEYS, AlertType, AutoApprove, Layer, Policy, Terms
from lowtide.strict import Document, Path, Place

_IN_ONE_SENTENCE = {
    "reorder_point": "a number of units from 0 up, or `formula`",
    "auto_approve": "`up_to` (money) and `p_over` (a chance), such as {up_to: 200, p_over: 0.9}",
    "horizon": "a number of days from 1 to 365, `lead`, `lead+review` or `2 lead`",
}
"""What fields of several forms take. pydantic has a mistake for each form."""


def sentence(detail: Any, document: Document) -> tuple[Place, str]:
    """The place of a mistake, and its sentence. `detail` is one of `ValidationError.errors()`."""
    path: Path = tuple(part for part in detail["loc"] if part != "[key]")
    while path not in document.places and len(path) > 1:
        path = path[:-1]
    place, kind, where = document.place(path), detail["type"], ".".join(str(part) for part in path)
    if kind == "extra_forbidden" or (kind == "literal_error" and detail["loc"][-1] == "[key]"):
        return place, f"unknown word `{path[-1]}`: {_instead(str(path[-1]), _known(path))}"
    if kind == "literal_error" and "off" in path:
        return place, f"unknown word `{detail['input']}`: {_instead(str(detail['input']), _known(path))}"
    if kind == "missing" and isinstance(detail["loc"][-1], int):
        return place, f"`{where}`: write a pair, such as [5, 0.9] (it is {detail['input']!r})"
    if kind == "missing":
        return place, f"`{detail['loc'][-1]}` is missing"
    if path[-1] in _IN_ONE_SENTENCE:
        return place, f"`{where}`: write {_IN_ONE_SENTENCE[path[-1]]} (it is {_short(detail['input'])})"
    message = str(detail["msg"]).removeprefix("Value error, ")
    return place, f"`{where}`: {message[0].lower()}{message[1:]} (it is {_short(detail['input'])})"


def _known(path: Path) -> list[str]:
    """The words that are allowed at this position of the file."""
    if len(path) == 1:
        return list(Policy.model_fields)
    if path[0] == "layers" and len(path) == 3:
        return list(Layer.model_fields)
    if path[0] == "layers" and path[2] == "match":
        return list(MATCH_KEYS)
    if "off" in path or "severity" in path:
        return list(get_args(AlertType))
    if path[-2] == "auto_approve":
        return list(AutoApprove.model_fields)
    return list(Terms.model_fields)


def _instead(word: str, options: list[str]) -> str:
    close = difflib.get_close_matches(word, options, 1)
    return f"did you mean `{close[0]}`?" if close else f"use one of {', '.join(options)}"


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."
