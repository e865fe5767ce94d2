"""A request: its path, its headers, the values in its address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from lowtide.intake.http.body import Scope
from lowtide.intake.refusal import Refusal

PATH = "/movements"
"""Where documents are posted."""


@dataclass(frozen=True)
class Request:
    """One request."""

    method: str
    path: str
    headers: Mapping[str, str]
    query: Mapping[str, str]

    @classmethod
    def of(cls, scope: Scope) -> Request:
        """The request of an ASGI scope."""
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        query = dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))
        return cls(scope["method"], scope["path"], headers, query)

    @property
    def is_post(self) -> bool:
        """Whether its path is one for documents."""
        return self.path == PATH or self.path.startswith(f"{PATH}/")

    @property
    def map_name(self) -> str:
        """The map that the path names; empty if it names none."""
        return self.path.removeprefix(PATH).removeprefix("/")

    def flag(self, name: str) -> bool:
        """A value of the address that is 1 or 0; without one it is 0. Raises Refusal."""
        value = self.query.get(name, "0").lower()
        if value not in ("", "0", "1", "false", "true"):
            raise Refusal("bad_request", f"`{name}` is 1 or 0")
        return value in ("", "1", "true")
