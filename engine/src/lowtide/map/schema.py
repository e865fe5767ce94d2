"""The JSON Schema of a map, for editors."""

from __future__ import annotations

from typing import Any

from lowtide.map.model import MapFile


def map_schema() -> dict[str, Any]:
    """JSON Schema of map.yaml. Editors read scalars as YAML does, so numbers and yes/no are allowed beside texts."""
    schema = MapFile.model_json_schema(mode="validation", by_alias=True)
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "Lowtide map"
    _loosen(schema)
    schema["properties"]["lowtide_map"] = {
        "const": 1,
        "description": "The version of the language of maps: 1.",
    }
    return schema


def _loosen(node: Any) -> None:
    """Where the file may say `330` or `no` for a text, the schema must take it too."""
    if isinstance(node, dict):
        if node.get("type") == "string" and not {"const", "enum", "pattern"} & node.keys():
            node["type"] = ["string", "number", "boolean"]
        for inner in node.values():
            _loosen(inner)
    elif isinstance(node, list):
        for inner in node:
            _loosen(inner)
