"""The JSON Schema of `people.yaml`, for editors."""

from __future__ import annotations

from typing import Any

from lowtide.people.model import PeopleFile
from lowtide.strict.duration import text_of

_NAME_OF_A_LIST = {"type": "string", "description": "A file with a row for each: CSV, Excel or Parquet."}


def people_schema() -> dict[str, Any]:
    """JSON Schema of the file."""
    schema = PeopleFile.model_json_schema(mode="validation", by_alias=True)
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "Lowtide people"
    for holder in (schema, *schema["$defs"].values()):
        for field in holder.get("properties", {}).values():
            if {"const": 0} in field.get("anyOf", []) and isinstance(field.get("default"), int):
                field["default"] = text_of(field["default"])
    for name in ("people", "teams"):
        field = schema["properties"][name]
        mapping = {key: field.pop(key) for key in ("type", "additionalProperties") if key in field}
        schema["properties"][name] = {"anyOf": [mapping, _NAME_OF_A_LIST]} | field
    return schema
