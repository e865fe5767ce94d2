"""Who sends a request: `writer`, who may do what a run needs, or `reader`, who only reads.

Without tokens only programs of this machine are let in: the warehouse listens on loopback, and refuses a request
that a page in a browser makes for another site, and one whose Host is another name (which an attacker may have
pointed at 127.0.0.1). With a token for a user, that user needs it, and a user without
a token does not exist.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from lowtide.operation.host import name
from lowtide.operation.origin import is_of
from lowtide.operation.serving import is_loopback
from lowtide.secret import Secret
from lowtide.warehouse.http.errors import QueryError


class User(Enum):
    """A user of the warehouse."""

    WRITER = "writer"
    READER = "reader"


@dataclass(frozen=True)
class Tokens:
    """The passwords of the users; None if a user has no password."""

    writer: Secret[str] | None = None
    reader: Secret[str] | None = None

    @property
    def any(self) -> bool:
        """Whether a user needs a token."""
        return self.writer is not None or self.reader is not None

    def user(self, headers: Mapping[str, str], query: Mapping[str, str]) -> User:
        """Who sent a request. Raises QueryError 516."""
        name, password = _credentials(headers, query)
        if not self.any:
            if name in ("", "default", "writer"):
                return User.WRITER
            if name == "reader":
                return User.READER
            raise _denied(name or "")
        # Both are always compared, so that the time of an answer does not tell which one was nearly right.
        writer = _same(password, self.writer) and name in ("writer", None)
        reader = _same(password, self.reader) and name in ("reader", None)
        if writer:
            return User.WRITER
        if reader:
            return User.READER
        raise _denied(name or "")


def _same(given: str, token: Secret[str] | None) -> bool:
    known = hmac.compare_digest(given.encode("utf-8", "replace"), (token.text() if token else "").encode())
    return known and bool(token)


def _denied(name: str) -> QueryError:
    return QueryError(
        516,
        f"{name or 'default'}: Authentication failed: password is incorrect, or there is no user with such name. "
        "The users are `writer` and `reader`; their tokens are those of `lowtide warehouse`.",
    )


def _credentials(headers: Mapping[str, str], query: Mapping[str, str]) -> tuple[str | None, str]:
    """Name and password. The name is None for a bearer token, which names its user."""
    scheme, _, value = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return None, value.strip()
    if scheme.lower() == "basic":
        try:
            name, _, password = base64.b64decode(value, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError) as error:
            raise QueryError(
                516, "the `Authorization` header cannot be read: it is not basic auth"
            ) from error
        return name, password
    if "x-clickhouse-user" in headers or "x-clickhouse-key" in headers:
        return headers.get("x-clickhouse-user", ""), headers.get("x-clickhouse-key", "")
    return query.get("user", ""), query.get("password", "")


def check_origin(headers: Mapping[str, str], tokens: Tokens) -> None:
    """Refuse what a browser sends for a page of another site; without tokens, foreign host names too."""
    host = headers.get("host", "")
    origin = headers.get("origin")
    foreign = origin is not None and not is_of(origin, host)
    if foreign or headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
        raise QueryError(497, "a page of another site may not ask this warehouse")
    if not tokens.any and not is_loopback(name(host) or ""):
        raise QueryError(
            497,
            f"the request is for `{host}`, and without tokens this warehouse answers to `127.0.0.1` and `localhost` "
            "alone. Start it with `--writer-token-file` and `--reader-token-file`.",
        )
