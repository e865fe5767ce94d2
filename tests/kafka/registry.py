"""A schema registry on loopback that speaks the REST protocol of Confluent's, as far as readers and writers of topics ask.

GET  /schemas/ids/7[?format=serialized]
GET  /subjects/S/versions/2[?format=serialized]
POST /subjects/S/versions            registers, and gives an id
GET  /associations/…                 the newest clients ask this first; there are none
"""

from __future__ import annotations

import base64
import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, unquote, urlsplit


@dataclass
class FakeRegistry:
    """Schemas by id and by subject. `stop` and `start` again: it is away meanwhile, and comes back at the same address."""

    user: str = ""
    """`user:password` that every question must carry; empty: anybody may ask."""
    status: int = 200
    """Another status: what every question is answered with."""
    fails_by_id: bool = False
    """Whether it fails like Karapace 6.1 when asked by id for the descriptor of a schema that imports others."""
    port: int = 0
    ids: dict[int, dict[str, Any]] = field(default_factory=dict)
    subjects: dict[str, list[int]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    _server: ThreadingHTTPServer | None = None

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def put(
        self, schema_id: int, schema: Any, kind: str = "AVRO", subject: str = "", references: Any = ()
    ) -> None:
        """Takes a schema: JSON, the bytes of a Protobuf descriptor, or the text of a `.proto` file."""
        text = base64.b64encode(schema).decode() if isinstance(schema, bytes) else json.dumps(schema)
        text = schema if kind == "PROTOBUF" and isinstance(schema, str) else text
        told: dict[str, Any] = {"schema": text}
        if kind != "AVRO":
            told["schemaType"] = kind
        if references:
            told["references"] = list(references)
        self.ids[schema_id] = told
        self.subjects.setdefault(subject or f"s{schema_id}", []).append(schema_id)

    def start(self) -> Self:
        """Listens."""
        registry = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._answer(*registry._get(self.path, self.headers.get("authorization", "")))

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                self._answer(*registry._post(self.path, body))

            def _answer(self, status: int, told: Any) -> None:
                content = told if isinstance(told, bytes) else json.dumps(told).encode()
                self.send_response(status)
                self.send_header("content-type", "application/vnd.schemaregistry.v1+json")
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self.port = self._server.server_port
        threading.Thread(
            target=lambda: self._server and self._server.serve_forever(0.02), daemon=True
        ).start()
        return self

    def stop(self) -> None:
        """Does not listen any more."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _get(self, path: str, authorization: str) -> tuple[int, Any]:
        self.asked.append(path)
        url = urlsplit(path)
        if self.status != 200:
            return self.status, {"error_code": self.status, "message": "not now"}
        if self.user and authorization != "Basic " + base64.b64encode(self.user.encode()).decode():
            return 401, {"error_code": 401, "message": "Unauthorized"}
        serialized = parse_qs(url.query).get("format") == ["serialized"]
        match [unquote(part) for part in url.path.strip("/").split("/")]:
            case ["schemas", "ids", number]:
                found = self.ids.get(int(number))
                if serialized and self.fails_by_id and found and found.get("references"):
                    return 500, {"error_code": 500, "message": "Internal Server Error"}
                return self._told(found, serialized, (40403, f"Schema {number} not found"))
            case ["subjects", subject, "versions", version]:
                ids = self.subjects.get(subject, [])
                found = self.ids[ids[int(version) - 1]] if 0 < int(version) <= len(ids) else None
                return self._told(found, serialized, (40402, "Version not found."))
            case ["schemas", "ids", number, "versions"]:
                uses = [
                    (name, ids.index(int(number)) + 1)
                    for name, ids in self.subjects.items()
                    if int(number) in ids
                ]
                return 200, [{"subject": name, "version": version} for name, version in uses]
            case ["associations", *_]:
                return 200, []
            case ["schemas", "types"]:
                return 200, ["JSON", "PROTOBUF", "AVRO"]
        return 404, {"error_code": 404, "message": "HTTP 404 Not Found"}

    @staticmethod
    def _told(found: dict[str, Any] | None, serialized: bool, absent: tuple[int, str]) -> tuple[int, Any]:
        if found is None:
            return 404, {"error_code": absent[0], "message": absent[1]}
        if found.get("schemaType") == "PROTOBUF" and not serialized and "message" not in found["schema"]:
            return 200, {**found, "schema": 'syntax = "proto3"; // …'}
        return 200, found

    def _post(self, path: str, body: dict[str, Any]) -> tuple[int, Any]:
        subject = unquote(path.split("/")[2])
        schema_id = max(self.ids, default=0) + 1
        self.ids[schema_id] = {
            name: body[name] for name in ("schema", "schemaType", "references") if name in body
        }
        self.subjects.setdefault(subject, []).append(schema_id)
        return 200, {"id": schema_id}
