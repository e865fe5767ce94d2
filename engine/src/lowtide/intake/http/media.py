"""The types of bodies that intake reads, and which format of a map each one is."""

from __future__ import annotations

from lowtide.intake.refusal import Refusal

TYPES: dict[str, str] = {
    "application/json": "json",
    "application/x-ndjson": "ndjson",
    "application/ndjson": "ndjson",
    "application/jsonl": "ndjson",
    "application/cloudevents+json": "json",
    "application/cloudevents-batch+json": "json",
    "text/csv": "csv",
    "text/tab-separated-values": "csv",
    "application/vnd.apache.arrow.stream": "arrow",
    "application/vnd.apache.parquet": "parquet",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.ms-excel": "xlsx",
    "application/vnd.oasis.opendocument.spreadsheet": "xlsx",
    "application/xml": "xml",
    "text/xml": "xml",
    "application/edi-x12": "x12",
    "application/edifact": "edifact",
}
"""What each type holds. `application/…+json` and `…+xml` are read like JSON and XML."""
_FORMATS = {
    "json": ("json", "debezium", "cloudevents", "connect", "epcis"),
    "ndjson": ("json", "debezium", "cloudevents", "connect"),
    "arrow": ("parquet",),
    "xml": ("xml", "poslog", "epcis"),
}
"""The formats of maps that may read what a type holds, where they are not the same word."""
OWN = ("json", "ndjson", "csv", "xlsx", "arrow", "parquet")
"""What can hold movements in our own form."""


def content_of(content_type: str) -> str:
    """What a body of this type holds. Raises Refusal."""
    name = content_type.partition(";")[0].strip().lower()
    if name in TYPES:
        return TYPES[name]
    if name.startswith("application/") and name.endswith(("+json", "+xml")):
        return name.rpartition("+")[2]
    raise Refusal(
        "unknown_type",
        f"a body of the type `{name[:100] or 'none'}` is not read here; send one of {', '.join(TYPES)}",
    )


def charset_of(content_type: str) -> str:
    """The charset that a type names; empty if it does not."""
    for part in content_type.split(";")[1:]:
        key, _, value = part.partition("=")
        if key.strip().lower() == "charset":
            return value.strip().strip('"').lower()
    return ""


def check_format(content: str, format_: str, map_name: str) -> None:
    """Raises Refusal if a map of this format does not read such a body."""
    if format_ not in _FORMATS.get(content, (content,)):
        raise Refusal("unknown_type", f"the map `{map_name}` reads {format_}, and the body is {content}")
