"""Who asks: `writer`, who may do what a run needs, or `reader`, who only reads.

Without tokens the door is open to programs of this machine, and only to them: the warehouse listens on loopback,
takes no request that a page in a browser makes for another site, and none whose Host is a name from elsewhere
(a name that an attacker has pointed at 127.0.0.1). With a token for a user, that user needs it, and a user without
a token does not exist.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from urllib.parse import urlsplit

from lowtide.warehouse.http.faults import Fault


class User(Enum):
    """A user of the warehouse."""

    WRITER = "writer"
    READER = "reader"


@dataclass(frozen=True)
class Tokens:
    """The passwords. None: that user has none."""

    writer: str | None = None
    reader: str | None = None

    @property
    def any(self) -> bool:
        """Whether somebody needs one."""
        return self.writer is not None or self.reader is not None

    def user(self, headers: Mapping[str, str], query: Mapping[str, str]) -> User:
        """Who sent a request. Raises Fault 516."""
        name, password = _credentials(headers, query)
        if not self.any:
            if name in ("", "default", "writer"):
                return User.WRITER
            if name == "reader":
                return User.READER
            raise _denied(name or "")
        # Both are compared, always: the time it takes tells nothing.
        writer = _same(password, self.writer) and name in ("writer", None)
        reader = _same(password, self.reader) and name in ("reader", None)
        if writer:
            return User.WRITER
        if reader:
            return User.READER
        raise _denied(name or "")


def _same(given: str, token: str | None) -> bool:
    known = hmac.compare_digest(given.encode("utf-8", "replace"), (token or "").encode())
    return known and bool(token)


def _denied(name: str) -> Fault:
    return Fault(
        516,
        f"{name or 'default'}: Authentication failed: password is incorrect, or there is no user with such name. "
        "The users are `writer` and `reader`; their tokens are those of `lowtide warehouse`.",
    )


def _credentials(headers: Mapping[str, str], query: Mapping[str, str]) -> tuple[str | None, str]:
    """Name and password; a name of None is a bearer's, whose token says it all."""
    scheme, _, value = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return None, value.strip()
    if scheme.lower() == "basic":
        try:
            name, _, password = base64.b64decode(value, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError) as error:
            raise Fault(516, "the `Authorization` header cannot be read: it is no basic auth") from error
        return name, password
    if "x-clickhouse-user" in headers or "x-clickhouse-key" in headers:
        return headers.get("x-clickhouse-user", ""), headers.get("x-clickhouse-key", "")
    return query.get("user", ""), query.get("password", "")


def is_loopback(host: str) -> bool:
    """Whether an address, or a name, is of this machine alone."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower().rstrip(".") == "localhost"


def check_origin(headers: Mapping[str, str], tokens: Tokens) -> None:
    """Refuse what a page in a browser sends for another site, and foreign names while there are no tokens."""
    host = headers.get("host", "")
    origin = headers.get("origin")
    foreign = origin is not None and urlsplit(origin).netloc.lower() != host.lower()
    if foreign or headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
        raise Fault(497, "a page of another site may not ask this warehouse")
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        name = ""
    if not tokens.any and not is_loopback(name):
        raise Fault(
            497,
            f"the request is for `{host}`, and without tokens this warehouse answers to `127.0.0.1` and `localhost` "
            "alone. Start it with `--writer-token-file` and `--reader-token-file`.",
        )
