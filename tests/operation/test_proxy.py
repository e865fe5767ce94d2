"""Who asks behind a proxy: nobody but a named proxy can say it, and nobody can say it through one for another."""

from __future__ import annotations

from typing import Any

import pytest

from lowtide.errors import SettingsError
from lowtide.operation.proxy import DIRECT, Proxies

PROXIES = Proxies.of(["10.0.0.0/24", "192.168.7.7", "fd00::/64"])


def address(peer: str, *hops: str) -> str:
    return PROXIES.caller(peer, hops, []).address


@pytest.mark.parametrize("peer", ["198.51.100.1", "10.0.1.1", "127.0.0.1", "::1", "not an address"])
def test_what_anybody_else_says_is_ignored(peer: str) -> None:
    said = PROXIES.caller(peer, ["203.0.113.9"], ["https"])
    assert (said.address, said.scheme) == (peer, None)


@pytest.mark.parametrize(
    ("hops", "client"),
    [
        (["203.0.113.9"], "203.0.113.9"),
        (["192.0.2.66, 203.0.113.9"], "203.0.113.9"),  # the client wrote the left one
        (["192.0.2.66", "203.0.113.9"], "203.0.113.9"),  # or sent a header of its own
        (["203.0.113.9, 10.0.0.5, 192.168.7.7"], "203.0.113.9"),  # a chain of proxies
        (["10.0.0.9, 203.0.113.9, 10.0.0.5"], "203.0.113.9"),  # the client says that it is a proxy
        (["192.0.2.66, 203.0.113.9, 10.0.0.5"], "203.0.113.9"),
        (["203.0.113.9:4711"], "203.0.113.9"),
        (["[2001:db8::1]:4711"], "2001:db8::1"),
        (["2001:DB8:0::1"], "2001:db8::1"),
        (["::ffff:203.0.113.9"], "203.0.113.9"),
        (["203.0.113.9,"], "203.0.113.9"),
        (["10.0.0.5"], "10.0.0.5"),  # a proxy itself asks
        ([], "10.0.0.7"),
        ([""], "10.0.0.7"),
        (["unknown"], "10.0.0.7"),
        (["203.0.113.9, unknown, 10.0.0.5"], "10.0.0.5"),  # what stands left of a mistake is not believed
        (["203.0.113.9, <script>"], "10.0.0.7"),
        (["203.0.113.9 198.51.100.1"], "10.0.0.7"),
    ],
)
def test_the_client_is_the_rightmost_that_is_not_a_proxy(hops: list[str], client: str) -> None:
    assert address("10.0.0.7", *hops) == client


def test_a_peer_of_ipv4_on_a_socket_of_ipv6_is_known() -> None:
    assert address("::ffff:10.0.0.7", "203.0.113.9") == "203.0.113.9"
    assert address("fd00::1", "203.0.113.9") == "203.0.113.9"


@pytest.mark.parametrize(
    ("values", "scheme"),
    [
        (["https"], "https"), (["HTTPS "], "https"), (["http"], "http"), (["https, http"], "http"),
        (["https", "http"], "http"),
        ([], None), (["ftp"], None), ([""], None), (["https;"], None),
    ],
)  # fmt: skip
def test_the_scheme_is_that_of_the_nearest_proxy(values: list[str], scheme: str | None) -> None:
    assert PROXIES.caller("10.0.0.7", ["203.0.113.9"], values).scheme == scheme


def test_a_request_is_read_by_its_scope() -> None:
    scope: dict[str, Any] = {
        "client": ("10.0.0.7", 5000),
        "headers": [
            (b"x-forwarded-for", b"192.0.2.66"), (b"x-forwarded-for", b"203.0.113.9"), (b"x-forwarded-proto", b"https"),
        ],
    }  # fmt: skip
    assert PROXIES.of_scope(scope).address == "203.0.113.9" and PROXIES.of_scope(scope).scheme == "https"
    assert DIRECT.of_scope(scope).address == "10.0.0.7" and DIRECT.of_scope(scope).scheme is None
    assert PROXIES.of_scope({**scope, "client": None}).address == ""


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("10.2.0.7/16", "the network is `10.2.0.0/16`"),
        ("proxy.example.com", "not a network or an address"),
        ("", "not a network or an address"),
        ("0.0.0.0/0", "every address"),
        ("::/0", "every address"),
    ],
)
def test_a_network_that_cannot_be_meant_is_refused(text: str, why: str) -> None:
    with pytest.raises(SettingsError, match=why):
        Proxies.of([text])
