"""No page in a browser can post movements: the host, the origin and the type of a request are checked.

A page may send a request to 127.0.0.1 without anybody noticing. It cannot hide its origin, it cannot send one of our types
without asking first, and a name that somebody points at 127.0.0.1 is not a host that intake answers to.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping

from lowtide.intake.refusal import Refusal
from lowtide.operation.host import name
from lowtide.operation.origin import is_of


def check(headers: Mapping[str, str], hosts: frozenset[str], scheme: str | None = None) -> None:
    """Refuse what a page of another site sends, and a host that is not one of `hosts` or an address.

    `scheme`: how the sender came, as a named proxy says it; None if it is not known.
    """
    host = headers.get("host", "")
    origin = headers.get("origin")
    if (origin is not None and not is_of(origin, host, scheme)) or headers.get(
        "sec-fetch-site", "none"
    ) not in ("none", "same-origin"):
        raise Refusal("another_origin", "a page of another site may not send movements")
    if not _is_known(host, hosts):
        raise Refusal(
            "unknown_host",
            f"intake does not answer to the host `{host[:100]}`: start it with `--host NAME` if that is its name",
        )


def _is_known(host: str, hosts: frozenset[str]) -> bool:
    found = name(host)
    if found is None or found in hosts:
        return found is not None
    try:
        ipaddress.ip_address(found)
    except ValueError:
        return False
    return True
