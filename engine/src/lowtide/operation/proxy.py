"""Who asks: the client behind the proxies that somebody named, and over which scheme that client came.

    client ──https──▶ proxy 10.0.0.7 ──http──▶ this server
                      X-Forwarded-For: CLIENT      X-Forwarded-Proto: https

Anybody can write these two headers. So they are read only if the peer of the connection is a named proxy, and only as far
as the named proxies wrote them: `X-Forwarded-For` from the right, up to the first address that is not a proxy's. What
stands left of it came from the client.

>>> proxies = Proxies.of(["10.0.0.0/24"])
>>> proxies.caller("10.0.0.7", ["192.0.2.66, 203.0.113.9"], ["https"])
Caller(address='203.0.113.9', scheme='https')
>>> proxies.caller("198.51.100.1", ["192.0.2.66"], ["https"])
Caller(address='198.51.100.1', scheme=None)
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lowtide.errors import SettingsError

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_SCHEMES = ("http", "https")


@dataclass(frozen=True)
class Caller:
    """Who asks. `scheme` is `http` or `https` as a proxy said it; None: no proxy said it."""

    address: str
    scheme: str | None = None


@dataclass(frozen=True)
class Proxies:
    """The networks of the named proxies; without any, the peer of a connection is the client."""

    networks: tuple[_Network, ...] = ()

    @classmethod
    def of(cls, texts: Iterable[str]) -> Proxies:
        """The proxies of `--behind-proxy`: networks such as `10.2.0.0/16`, or addresses. Raises SettingsError."""
        return cls(tuple(_network(text.strip()) for text in texts))

    def __bool__(self) -> bool:
        return bool(self.networks)

    def of_scope(self, scope: Mapping[str, Any]) -> Caller:
        """Who sent the request of an ASGI scope."""
        peer = scope.get("client")
        if not peer:
            return Caller("")
        if not self.networks:
            return Caller(str(peer[0]))
        hops, schemes = (_values(scope, name) for name in (b"x-forwarded-for", b"x-forwarded-proto"))
        return self.caller(str(peer[0]), hops, schemes)

    def caller(self, peer: str, hops: Sequence[str], schemes: Sequence[str]) -> Caller:
        """Who asks. `hops` and `schemes` are the values of both headers, in the order in which they came."""
        address = _address(peer)
        if address is None or not self._has(address):
            return Caller(peer)
        return Caller(str(self._client(address, hops)), _scheme(schemes))

    def _client(self, peer: _Address, hops: Sequence[str]) -> _Address:
        """The rightmost address that is not a proxy's; if all are proxies, or one cannot be read, the furthest proxy."""
        furthest = peer
        for text in reversed(",".join(hops).split(",")):
            if not text.strip():
                continue
            address = _address(text)
            if address is None:
                return furthest
            if not self._has(address):
                return address
            furthest = address
        return furthest

    def _has(self, address: _Address) -> bool:
        return any(address in network for network in self.networks)


DIRECT = Proxies()
"""Nobody stands between a client and the server."""


def _values(scope: Mapping[str, Any], name: bytes) -> list[str]:
    return [value.decode("latin-1") for key, value in scope["headers"] if key.lower() == name]


def _scheme(values: Sequence[str]) -> str | None:
    """The scheme that the nearest proxy said: the last one, as each proxy writes to the right."""
    last = ",".join(values).rpartition(",")[2].strip().lower()
    return last if last in _SCHEMES else None


def _address(text: str) -> _Address | None:
    """An address, with or without a port; None for anything else. One of IPv4 that is written as IPv6 becomes IPv4."""
    text = text.strip().strip('"')
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _network(text: str) -> _Network:
    try:
        network = ipaddress.ip_network(text)
    except ValueError as error:
        raise SettingsError(
            f"`--behind-proxy {text}`: {_why(text, error)}",
            "Give the network of the proxies, as `10.2.0.0/16`.",
        ) from None
    if network.prefixlen == 0:
        raise SettingsError(
            f"`--behind-proxy {text}` names every address, so everybody could say who they are",
            "Give the addresses of the proxies alone, as `10.2.0.7`.",
        )
    return network


def _why(text: str, error: ValueError) -> str:
    """What is wrong with a network."""
    try:
        return f"the network is `{ipaddress.ip_network(text, strict=False)}`"
    except ValueError:
        return "this is not a network or an address of numbers"
