"""What intake takes and answers, as an OpenAPI document that programs read."""

from __future__ import annotations

from typing import Any

from lowtide import __version__
from lowtide.intake.http.media import TYPES
from lowtide.intake.refusal import CODES

_ERROR = {"$ref": "#/components/schemas/Error"}
_STATUS = {
    400: "The document or the request cannot be read, or there is not such a map.",
    401: "A token or a signature is missing, or is wrong.",
    403: "The token may not do this, or a page of another site sent it.",
    404: "There is nothing here.",
    405: "The method is not known here.",
    413: "The body is too large.",
    415: "Nothing reads this type.",
    422: "A record is bad, and `strict` was asked for: nothing was taken.",
    429: "Too much waits for the disk, or the rate of the token is over.",
    500: "A mistake in Lowtide.",
    503: "The journal cannot be written now; nothing was taken.",
}


def document(max_body: int) -> dict[str, Any]:
    """The OpenAPI document of an intake that takes bodies of so many bytes."""
    errors = {
        str(status): {
            "description": text, "content": {"application/json": {"schema": _ERROR}},
        }
        for status, text in _STATUS.items()
    }  # fmt: skip
    taken = {
        "description": "All of it is on disk.",
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Taken"}}},
    }
    body = {
        "required": True,
        "description": f"At most {max_body:,} bytes; `Content-Encoding` gzip or zstd.",
        "content": {name: {"schema": _schema(kind)} for name, kind in TYPES.items()},
    }
    strict = {
        "name": "strict", "in": "query", "schema": {"enum": ["0", "1"]},
        "description": "1: one bad record refuses the whole document.",
    }  # fmt: skip
    named = {
        "name": "map",
        "in": "path",
        "required": True,
        "schema": {"type": "string", "pattern": "^[a-z0-9][a-z0-9-]{0,63}$"},
    }
    map_ = {"name": "map", "in": "query", "schema": {"type": "string"}}
    posts = {"requestBody": body, "responses": {"200": taken, **errors}, "security": [{}, {"token": []}]}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Lowtide intake",
            "version": __version__,
            "description": "Movements into the journal.",
        },
        "paths": {
            "/movements": {"post": {"operationId": "take", "parameters": [strict, map_], **posts}},
            "/movements/{map}": {
                "post": {"operationId": "takeMapped", "parameters": [named, strict, map_], **posts}
            },
            "/healthz": {
                "get": _get("health", "Whether the journal takes documents.", "application/json", errors)
            },
            "/metrics": {"get": _get("metrics", "Prometheus' text.", "text/plain", errors)},
            "/openapi.json": {"get": _get("openapi", "This document.", "application/json", errors)},
        },
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": {"Error": _error(), "Reject": _reject(), "Taken": _taken()},
        },
    }


def _schema(kind: str) -> dict[str, Any]:
    if kind == "json":
        return {"anyOf": [{"type": "object"}, {"type": "array", "items": {"type": "object"}}]}
    return {"type": "string"}


def _get(operation: str, text: str, kind: str, errors: dict[str, Any]) -> dict[str, Any]:
    kept = {status: errors[status] for status in ("401", "403", "405", "503")}
    good = {"description": text, "content": {kind: {"schema": {}}}}
    return {"operationId": operation, "responses": {"200": good, **kept}}


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "required": list(properties), "properties": properties}


def _error() -> dict[str, Any]:
    return _object({"error": {"enum": list(CODES)}, "message": {"type": "string"}})


def _reject() -> dict[str, Any]:
    number, text = {"type": "integer"}, {"type": "string"}
    maybe = {"type": ["string", "null"]}
    return _object({"record": number, "line": number, "code": text, "field": maybe, "message": text})


def _taken() -> dict[str, Any]:
    number = {"type": "integer", "minimum": 0}
    rejects = {"type": "array", "items": {"$ref": "#/components/schemas/Reject"}, "maxItems": 100}
    counts = dict.fromkeys(("first", "places", "records", "good", "skipped", "rejected"), number)
    return _object({"log": {"const": "journal/0"}, **counts, "rejects": rejects})
