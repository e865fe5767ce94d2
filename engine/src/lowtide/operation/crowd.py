"""Who is connected to a server, and who has to leave for another: silent ones never keep out one who asks.

full, and one comes       of the address with most connections the one that has been silent longest is closed
nobody is silent          the one who comes is refused
an address asks too much  its next requests are not read until one of those before has its answer
"""

from __future__ import annotations

import ipaddress
import resource
from collections import Counter, OrderedDict
from collections.abc import Callable
from typing import Protocol

MOST = 4096
"""Connections of one server at the same time."""
_FILES = 65_536


class Peer(Protocol):
    """One connection."""

    def leave(self) -> None:
        """Close it at once."""

    def go_on(self) -> None:
        """It is its turn to ask."""


class Crowd:
    """The connections of one server. Only its event loop uses it."""

    def __init__(self, most: Callable[[], int] | None = None, *, asking: int | None = None) -> None:
        """`asking`: so many requests of one address are read or answered at the same time; None: any number."""
        self._most = most or most_connections
        self._most_asking = asking
        self._asking: dict[str, set[Peer]] = {}
        self._waiting: dict[str, OrderedDict[Peer, None]] = {}
        self._of: dict[Peer, str] = {}
        self._silent: dict[str, dict[Peer, None]] = {}
        """By address the connections without a request, the longest silent first."""
        self._count: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._of)

    def enter(self, peer: Peer, address: str) -> bool:
        """Count one who comes, after one has left for it if that is needed; False: there is no room."""
        key, most = client(address), self._most()
        if not is_here(key) and self._count[key] >= max(1, most // 2) and not self._dismiss(key):
            return False
        if len(self._of) >= most and not self._dismiss_any():
            return False
        self._of[peer] = key
        self._count[key] += 1
        self._silent.setdefault(key, {})[peer] = None
        return True

    def asks(self, peer: Peer) -> bool:
        """A request begins; False: it has to wait until `go_on` is called."""
        key = self._of.get(peer, "")
        asking = self._asking.setdefault(key, set())
        if self._most_asking is None or peer in asking or len(asking) < self._most_asking:
            asking.add(peer)
            return True
        self._waiting.setdefault(key, OrderedDict())[peer] = None
        return False

    def busy(self, peer: Peer) -> None:
        """Its request is here."""
        if peer in self._of:
            self._silent.get(self._of[peer], {}).pop(peer, None)
            self._asking.setdefault(self._of[peer], set()).add(peer)

    def silent(self, peer: Peer) -> None:
        """Its request has its answer, and it has sent no other."""
        if peer in self._of:
            self._silent.setdefault(self._of[peer], {})[peer] = None
            self._answered(peer, self._of[peer])

    def left(self, peer: Peer) -> None:
        """It is closed."""
        if peer not in self._of:
            return
        key = self._of.pop(peer)
        self._silent.get(key, {}).pop(peer, None)
        self._waiting.get(key, OrderedDict()).pop(peer, None)
        self._answered(peer, key)
        self._count[key] -= 1
        if not self._count[key]:
            del self._count[key]
            self._silent.pop(key, None)
            self._asking.pop(key, None)
            self._waiting.pop(key, None)

    def _answered(self, peer: Peer, key: str) -> None:
        """Its turn to ask is over: the next one of the address has it."""
        asking, waiting = self._asking.get(key), self._waiting.get(key)
        if asking is None or peer not in asking:
            return
        asking.remove(peer)
        if waiting:
            following, _ = waiting.popitem(last=False)
            asking.add(following)
            following.go_on()

    def _dismiss(self, key: str) -> bool:
        for peer in self._silent.get(key, ()):
            self.left(peer)
            peer.leave()
            return True
        return False

    def _dismiss_any(self) -> bool:
        return any(self._dismiss(key) for key, _ in self._count.most_common() if self._silent.get(key))


def most_connections() -> int:
    """How many connections a server holds: at most half of the files that the process may open, the rest is for its work."""
    files = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return MOST if files == resource.RLIM_INFINITY else min(MOST, files // 2)


def raise_files() -> None:
    """Let this process open as many files as its user may: systems begin with 1,024 for the sake of old programs."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = _FILES if hard == resource.RLIM_INFINITY else min(hard, _FILES)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def client(address: str) -> str:
    """The key of a client by its address: of IPv6 its network of 64 bits, all of which one client has for itself.

    >>> client("203.0.113.9"), client("2001:db8:1:2:3:4:5:6"), client("a name")
    ('203.0.113.9', '2001:db8:1:2::', 'a name')
    """
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv4Address):
        return address
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((int(found), 64), strict=False).network_address)


def is_here(address: str) -> bool:
    """Whether an address is this machine, whose programs share it; a socket of the file system has none."""
    return address in ("", "::") or address.startswith("127.")
