"""The host that a request names: strictly a name or an address, and perhaps a port.

A lenient reader takes `evil@127.0.0.1` for 127.0.0.1, and so lets in a page of another site, whose browser was led here.
Every server of Lowtide reads the header here, and nowhere else. A request with two hosts, or whose target names another
one, is refused before the application sees it.

>>> name("127.0.0.1:8123"), name("[::1]:80"), name("Desk.example.com.")
('127.0.0.1', '::1', 'desk.example.com')
>>> name("x@127.0.0.1"), name("127.0.0.1#x"), name("127.0.0.1:80x"), name("")
(None, None, None, None)
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence

_HOST = re.compile(
    r"(?:(?P<name>[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,253}))|\[(?P<six>[0-9A-Fa-f:.]{2,45})\])(?::(?P<port>[0-9]{1,5}))?"
)
_TARGET = re.compile(rb"[A-Za-z][A-Za-z0-9+.-]*://([^/?#]*)")


def name(host: str) -> str | None:
    """The name or address in a `Host`, in small letters and without a port; None if it is not a host."""
    found = _HOST.fullmatch(host)
    if found is None or int(found["port"] or 0) > 65535:
        return None
    if found["six"] is not None:
        return str(ipaddress.IPv6Address(found["six"])) if _is_six(found["six"]) else None
    return found["name"].lower().removesuffix(".") or None


def is_one(target: bytes, hosts: Sequence[bytes]) -> bool:
    """Whether a request names one host: one header `Host` that is one, and no other in its target.

    >>> is_one(b"/", [b"a:80"]), is_one(b"/", []), is_one(b"/", [b"a", b"a"]), is_one(b"http://b/", [b"a"])
    (True, False, False, False)
    """
    if len(hosts) != 1 or name(hosts[0].decode("latin-1")) is None:
        return False
    if target.startswith((b"/", b"*")):
        return not target.startswith(b"//")
    absolute = _TARGET.match(target)
    return absolute is not None and absolute[1].lower() == hosts[0].lower()


def _is_six(text: str) -> bool:
    try:
        ipaddress.IPv6Address(text)
    except ValueError:
        return False
    return True
