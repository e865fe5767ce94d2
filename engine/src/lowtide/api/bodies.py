"""What bodies of requests have in common: no unknown field, no text or list without end, no time after 2200."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

LATEST_MS = 7_258_118_400_000
"""The year 2200."""
Ms = Annotated[int, Field(ge=0, le=LATEST_MS)]
"""Milliseconds since 1970 UTC."""
Id = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Ids = Annotated[list[Id], Field(min_length=1, max_length=10_000)]
Word = Annotated[str, StringConstraints(max_length=200)]
Text = Annotated[str, StringConstraints(max_length=2_000)]
Cursor = Annotated[str | None, Query(max_length=2_000, description="`next_cursor` of the answer before.")]
Limit = Annotated[int, Query(ge=1, le=500)]


class Body(BaseModel):
    """A body; unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True, strict=True)
