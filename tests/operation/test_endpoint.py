"""Three pages, on an address that only this machine can reach."""

from __future__ import annotations

import json
import socket
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest

from lowtide.errors import SettingsError
from lowtide.operation import Endpoint, Health, Metrics, beside


@pytest.fixture
def health() -> Health:
    return Health(needs=("state",), stall_s=0.0)


@pytest.fixture
def served(health: Health) -> Iterator[Endpoint]:
    with Endpoint("127.0.0.1:0", Metrics(), health) as endpoint:
        yield endpoint


def get(endpoint: Endpoint, path: str, method: str = "GET") -> tuple[int, str, bytes]:
    asked = urllib.request.Request(endpoint.url + path, method=method)
    try:
        with urllib.request.urlopen(asked, timeout=10) as reply:
            return reply.status, reply.headers["Content-Type"], reply.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers["Content-Type"], error.read()


def test_metrics_are_in_the_text_of_prometheus(served: Endpoint) -> None:
    status, kind, body = get(served, "/metrics")
    assert status == 200 and kind.startswith("text/plain; version=")
    assert b"# TYPE lowtide_records_total counter" in body
    assert get(served, "/metrics", "HEAD") == (200, kind, b"")


def test_health_says_why(served: Endpoint, health: Health) -> None:
    assert get(served, "/healthz") == (200, "application/json", b'{"status": "alive"}\n')
    status, _, body = get(served, "/readyz")
    assert status == 503 and json.loads(body) == {"status": "not ready", "reason": "not yet: state"}
    health.reached("state")
    assert get(served, "/readyz")[0] == 200
    health.beat()
    status, _, body = get(served, "/healthz?verbose")
    assert status == 503 and json.loads(body)["status"] == "stalled"
    assert "stood still" in json.loads(body)["reason"]


def test_other_pages_say_which_there_are(served: Endpoint) -> None:
    assert get(served, "/")[0] == 404 and b"/readyz" in get(served, "/x")[2]
    assert get(served, "/metrics", "POST")[0] == 501


def test_a_client_that_says_nothing_keeps_nobody_waiting(served: Endpoint) -> None:
    with socket.create_connection(("127.0.0.1", served.port)):
        assert get(served, "/healthz")[0] == 200


@pytest.mark.parametrize("listen", ["0.0.0.0:0", "[::]:0"])
def test_an_address_that_others_reach_must_be_wanted(listen: str) -> None:
    with pytest.raises(SettingsError, match="other machines can reach"):
        Endpoint(listen, Metrics(), Health())
    if socket.has_ipv6 or "::" not in listen:
        with Endpoint(f"unprotected:{listen}", Metrics(), Health(needs=())) as endpoint:
            assert endpoint.port


@pytest.mark.parametrize(
    "listen", ["127.0.0.1", ":9464", "127.0.0.1:x", "127.0.0.1:70000", "no.such.host.invalid:1"]
)
def test_what_is_no_address_is_said(listen: str) -> None:
    with pytest.raises(SettingsError, match=r"`metrics`: (not an address|no such host)"):
        Endpoint(listen, Metrics(), Health())


def test_a_port_that_is_taken_is_said_with_the_name_of_the_setting(served: Endpoint) -> None:
    with pytest.raises(SettingsError, match=r"`monitor`: cannot listen on .*in use") as caught:
        Endpoint(f"127.0.0.1:{served.port}", Metrics(), Health(), setting="monitor")
    assert "`monitor` another port" in caught.value.hint


def test_a_name_of_this_machine_is_as_good() -> None:
    with Endpoint("localhost:0", Metrics(), Health(needs=())) as endpoint:
        assert get(endpoint, "/healthz")[0] == 200


def test_processes_of_one_machine_stand_beside_each_other() -> None:
    assert [beside("127.0.0.1:9464", process) for process in (0, 3)] == ["127.0.0.1:9464", "127.0.0.1:9467"]
    assert beside("unprotected:0.0.0.0:9464", 1) == "unprotected:0.0.0.0:9465"
    assert beside("127.0.0.1:0", 3) == "127.0.0.1:0", "any that is free stays any that is free"
