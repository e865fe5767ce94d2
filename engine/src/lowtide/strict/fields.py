"""What the models of all files that people write have in common: unknown words are mistakes, and patterns are texts."""

from __future__ import annotations

import unicodedata
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, WithJsonSchema, field_validator


def _texts(value: Any) -> Any:
    """One pattern or several, in Unicode NFC, as SKUs and locations are compared."""
    items = value if isinstance(value, list) else [value]
    if not items or any(isinstance(item, bool | dict | list) or item is None for item in items):
        raise ValueError('write a text or a list of texts, such as DAIRY or [330, "33*"]')
    return [unicodedata.normalize("NFC", str(item)) for item in items]


Patterns = Annotated[
    list[str],
    BeforeValidator(_texts),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": ["string", "number"]},
                {"type": "array", "items": {"type": ["string", "number"]}, "minItems": 1},
            ],
            "examples": ["DAIRY", [330, "33*"]],
        }
    ),
]


class Strict(BaseModel):
    """Unknown words are mistakes."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True, allow_inf_nan=False)

    @field_validator("*", mode="before")
    @classmethod
    def _no_yes(cls, value: Any) -> Any:
        if isinstance(value, bool):
            raise ValueError("write a number or a word; yes, no, on and off are not allowed here")
        return value
