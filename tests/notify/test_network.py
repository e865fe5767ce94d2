"""No address that leads inside is reached, however it is written; what `allow:` names is."""

from __future__ import annotations

import time
from collections.abc import Sequence
from ipaddress import ip_address
from pathlib import Path

import pytest

from lowtide.errors import SettingsError
from lowtide.notify.endpoint import endpoint
from lowtide.notify.network import Forbidden, names, networks, permitted, reachable
from lowtide.notify.targets import make
from tests.notify.messages import settings

INSIDE = """127.0.0.1 127.255.255.254 10.0.0.1 172.16.0.1 172.31.255.255 192.168.1.1 169.254.169.254 169.254.170.2 0.0.0.0
    100.64.0.1 100.100.100.200 168.63.129.16 192.0.0.192 192.0.2.1 192.88.99.1 198.18.0.1 198.51.100.1 203.0.113.1 224.0.0.1
    239.255.255.250 240.0.0.1 255.255.255.255 :: ::1 ::127.0.0.1 ::ffff:127.0.0.1 ::ffff:169.254.169.254 ::ffff:0:7f00:1
    64:ff9b::7f00:1 64:ff9b::a9fe:a9fe 64:ff9b:1::1 2002:7f00:1:: 2002:a00:1:: 2001::1 fe80::1 fc00::1 fd00:ec2::254 fec0::1
    ff02::1 ff0e::1 100::1 2001:db8::1 3fff::1 5f00::1""".split()
OUTSIDE = "8.8.8.8 1.1.1.1 2606:4700::1111 ::ffff:8.8.8.8 64:ff9b::808:808".split()

DISGUISED = (
    "http://2130706433/", "http://0x7f000001/", "http://0x7f.0.0.1/", "http://0177.0.0.1/", "http://127.1/", "http://127.0.1/",
    "http://017700000001/", "http://0/", "http://127.0.0.1.:80/x", "http://127.0.0.01/", "http://[::ffff:7f00:1%25lo]/",
    "http://[fe80::1%25eth0]/", "http://user:secret@127.0.0.1/", "http://bad.example@127.0.0.1/", "http://a.example#@127.0.0.1/",
    "http://a.example\\@127.0.0.1/", "http://127.0.0.1\t.a.example/", "http://１２７.0.0.1/", "http://ⓛocalhost/",
    "http://127。0。0。1/", "http://a.example:80:90/", "http://a.example:0/", "http://a.example:99999/", "http://a.example:8o/",
    "http://[::1/", "http://[127.0.0.1]/", "http:///x", "http://", "//a.example/x", "file:///etc/passwd", "gopher://a.example/",
    "ftp://a.example/", "dict://a.example:11211/", "jar:http://a.example!/", "HTTP//a.example", " https://a.example/",
    "https://a.example/\r\nHost: b", "https://a_b..example/", "https://-a.example/", "https://a.0x7f/", "https://*.example/",
)  # fmt: skip


@pytest.mark.parametrize("address", INSIDE)
def test_an_inner_address_is_not_permitted(address: str) -> None:
    assert not permitted(ip_address(address), ())


@pytest.mark.parametrize("address", OUTSIDE)
def test_a_public_address_is_permitted(address: str) -> None:
    assert permitted(ip_address(address), ())


def test_an_allowed_network_is_permitted_in_every_way_of_writing_it() -> None:
    allow = networks(["10.2.0.0/16", "fd00::/8"], "erp")
    assert permitted(ip_address("10.2.3.4"), allow) and permitted(ip_address("::ffff:10.2.3.4"), allow)
    assert permitted(ip_address("fd00::1"), allow) and not permitted(ip_address("10.3.0.1"), allow)


def test_a_network_that_is_not_one_is_refused_by_name() -> None:
    with pytest.raises(SettingsError, match=r"target `erp`: `allow: 10\.2\.0\.1/16`"):
        networks(["10.2.0.1/16"], "erp")


@pytest.mark.parametrize("text", DISGUISED)
def test_an_address_that_is_not_plain_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(SettingsError) as refused:
        endpoint(text, "erp")
    assert "target `erp`" in str(refused.value) and "secret" not in str(refused.value)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "localhost", "169.254.169.254", "[fd00:ec2::254]"]
)
def test_an_inner_address_in_an_address_is_not_reached(host: str) -> None:
    place = endpoint(f"https://{host}/latest/meta-data/", "erp")
    with pytest.raises(Forbidden, match="not public"):
        reachable(place.host, place.port, (), 5.0)


def answers(*addresses: str) -> object:
    def lookup(host: str, port: int) -> Sequence[str]:
        return addresses

    return lookup


def test_a_name_with_inner_and_public_addresses_is_reached_by_the_public_ones() -> None:
    lookup = answers("10.0.0.1", "8.8.8.8", "fe80::1%eth0")
    assert reachable("a.example", 443, (), 1.0, lookup) == [ip_address("8.8.8.8")]  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["metadata.google.internal", "metadata", "instance-data"])
def test_a_name_of_a_clouds_metadata_is_judged_by_its_address(name: str) -> None:
    with pytest.raises(Forbidden, match="add its network to `allow:`"):
        reachable(name, 80, (), 1.0, answers("169.254.169.254"))  # type: ignore[arg-type]


def test_a_name_service_that_hangs_is_not_waited_for() -> None:
    began = time.monotonic()
    with pytest.raises(TimeoutError):
        reachable("a.example", 443, (), 0.05, lambda host, port: time.sleep(1) or [])  # type: ignore[func-returns-value]
    assert time.monotonic() - began < 0.9


def test_a_name_that_is_not_known_is_an_error_of_the_network() -> None:
    def lookup(host: str, port: int) -> Sequence[str]:
        raise OSError("no such host")

    with pytest.raises(OSError, match=r"`a\.example` is not known"):
        reachable("a.example", 443, (), 1.0, lookup)


def test_this_machine_knows_itself() -> None:
    assert "127.0.0.1" in names("127.0.0.1", 80)


def test_an_address_shows_neither_path_nor_key() -> None:
    place = endpoint("https://a.example:8443/hook/secret?key=secret", "erp")
    assert repr(place) == "https://a.example:8443/…" and place.path == "/hook/secret?key=secret"
    assert endpoint("https://[2606:4700::1111]/x", "erp").authority == "[2606:4700::1111]"


def test_the_address_of_a_webhook_is_read_when_it_is_made(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="target `erp`"):
        make("erp", settings("webhook", url="http://0x7f.1/", secret_files=()), tmp_path)
