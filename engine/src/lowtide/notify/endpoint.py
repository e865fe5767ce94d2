"""The address of a target, read once and strictly: what is not plain is refused, so no two readers can differ about it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from urllib.parse import urlsplit

from lowtide.errors import SettingsError

_PLAIN = re.compile(r"[!-~]+")
_NAME = re.compile(
    r"(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?)*\.?"
)
_NUMBER = re.compile(r"(0x[0-9a-f]*|[0-9]+)")
_PORTS = {"https": 443, "http": 80}


@dataclass(frozen=True)
class Endpoint:
    """Where a request goes. It prints without its path and query, which may hold a key."""

    scheme: str
    host: str
    port: int
    path: str
    """Path and query, beginning with `/`."""

    @property
    def is_encrypted(self) -> bool:
        return self.scheme == "https"

    @property
    def authority(self) -> str:
        """What the header `Host` says."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    def __repr__(self) -> str:
        return f"{self.scheme}://{self.authority}/…"


def endpoint(text: str, target: str, where: str = "its `url`") -> Endpoint:
    """The parts of an address. Raises SettingsError that names the target and `where` the address stands."""

    def refused(why: str) -> SettingsError:
        return SettingsError(
            f"target `{target}`: the address in {where} {why}", "Write it as `https://host.example/path`."
        )

    if not _PLAIN.fullmatch(text) or "\\" in text:
        raise refused("holds a blank, a backslash or a sign that is not ASCII")
    try:
        parts = urlsplit(text)
    except ValueError:
        raise refused("has `[` or `]` around something that is not an IPv6 address") from None
    if parts.scheme not in _PORTS:
        raise refused("does not begin with `https://` or `http://`")
    if "@" in parts.netloc:
        raise refused("holds a user or a password")
    if parts.fragment or "#" in text:
        raise refused("holds a `#`")
    host = _host(parts.netloc)
    if host is None:
        raise refused(
            "has a host that is neither a name, nor an IPv4 address of four numbers, nor an IPv6 address in `[]`"
        )
    port = _port(parts.netloc, _PORTS[parts.scheme])
    if port is None:
        raise refused("has a port that is not a number from 1 to 65535")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Endpoint(parts.scheme, host, port, path)


def _host(netloc: str) -> str | None:
    """The host; None if it is not plain: a name that ends in a number is an address in disguise."""
    if netloc.startswith("["):
        inside = netloc[1:].partition("]")[0]
        try:
            return None if "%" in inside else str(IPv6Address(inside))
        except ValueError:
            return None
    host = netloc.partition(":")[0].lower()
    if _NUMBER.fullmatch(host.removesuffix(".").rpartition(".")[2]):
        try:
            return str(IPv4Address(host))
        except ValueError:
            return None
    return host if _NAME.fullmatch(host) else None


def _port(netloc: str, usual: int) -> int | None:
    rest = (
        netloc.rpartition("]")[2]
        if netloc.startswith("[")
        else netloc.partition(":")[1] + netloc.partition(":")[2]
    )
    if not rest:
        return usual
    digits = rest.removeprefix(":")
    is_port = rest.startswith(":") and digits.isascii() and digits.isdigit() and len(digits) <= 5
    return int(digits) if is_port and 1 <= int(digits) <= 65535 else None
