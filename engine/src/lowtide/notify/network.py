"""Which addresses of the network a target may reach: public ones, and those that its `allow:` names.

An address inside the network (a database, a cloud's metadata) must not be reached by way of a message. An IPv4 address that
stands inside an IPv6 one is judged as the IPv4 address that it is.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

from lowtide.errors import SettingsError

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
Lookup = Callable[[str, int], Sequence[str]]
"""A host and a port to its addresses; raises OSError."""

_NAT64 = ip_network("64:ff9b::/96")
_COMPATIBLE = ip_network("::/96")
_NEVER = (
    ip_network("168.63.129.16/32"),  # Azure's wire server: public by its number, inside by its place
    ip_network("192.88.99.0/24"),  # relays of 6to4
    ip_network("192.0.0.0/24"),  # addresses of protocols; one cloud keeps its metadata here
    ip_network("3fff::/20"),  # examples
    ip_network("5f00::/16"),  # segment routing
    ip_network("64:ff9b:1::/48"),  # NAT64 of a private network
    ip_network("2001::/32"),  # Teredo
    ip_network("fec0::/10"),  # site-local
)


class Forbidden(Exception):
    """A host has no address that the target may reach. The text is a sentence for people."""


def networks(texts: Sequence[str], target: str) -> tuple[Network, ...]:
    """The networks of `allow:`. Raises SettingsError that names the target and the text."""
    known = []
    for text in texts:
        try:
            known.append(ip_network(text))
        except ValueError as error:
            raise SettingsError(
                f"target `{target}`: `allow: {text}` is not a network: {error}", "Write it as `10.2.0.0/16`."
            ) from None
    return tuple(known)


def permitted(address: Address, allow: Sequence[Network]) -> bool:
    """Whether a target may reach the address."""
    plain = _plain(address)
    return _in(address, allow) or _in(plain, allow) or _is_public(plain)


def allowed(address: Address, allow: Sequence[Network]) -> bool:
    """Whether `allow:` names the address."""
    return _in(address, allow) or _in(_plain(address), allow)


def _is_public(address: Address) -> bool:
    return (
        address.is_global
        and not address.is_multicast
        and not address.is_reserved
        and not _in(address, _NEVER)
    )


def _plain(address: Address) -> Address:
    """The IPv4 address inside an IPv6 one, else the address."""
    if isinstance(address, IPv4Address):
        return address
    inside = address.ipv4_mapped or address.sixtofour
    if inside is not None:
        return inside
    if address in _NAT64 or address in _COMPATIBLE:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def _in(address: Address, known: Sequence[Network]) -> bool:
    return any(address in network for network in known if network.version == address.version)


def reachable(
    host: str, port: int, allow: Sequence[Network], seconds: float, lookup: Lookup | None = None
) -> list[Address]:
    """The addresses of a host that the target may reach, in the order of the name service; the host is asked once.

    Raises Forbidden if there are addresses and none may be reached, OSError if the name is not known or `seconds` pass.
    """
    texts = _asked(lookup or names, host, port, seconds)
    addresses = [ip_address(text) for text in texts if "%" not in text]
    usable = [address for address in addresses if permitted(address, allow)]
    if not usable:
        shown = ", ".join(texts) or "no address"
        raise Forbidden(
            f"`{host}` has the address {shown}, which is not public; if you mean it, add its network to `allow:`"
        )
    return usable


def names(host: str, port: int) -> list[str]:
    """What the name service of this machine says, each address once."""
    rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(row[4][0]) for row in rows))


def _asked(lookup: Lookup, host: str, port: int, seconds: float) -> Sequence[str]:
    """The name service has no limit of its own, so it is asked in a thread that nobody waits for after `seconds`."""
    said: dict[str, Any] = {}

    def ask() -> None:
        try:
            said["addresses"] = lookup(host, port)
        except (OSError, UnicodeError) as error:
            said["error"] = error

    thread = threading.Thread(target=ask, name="notify-names", daemon=True)
    thread.start()
    thread.join(seconds)
    if "error" in said:
        why = getattr(said["error"], "strerror", None) or said["error"]
        raise OSError(f"the name `{host}` is not known: {why}")
    if "addresses" not in said:
        raise TimeoutError(f"the name service did not answer for `{host}` within {seconds:g} s")
    return list(said["addresses"])
