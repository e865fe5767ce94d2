"""Intake behind a proxy: the log names the sender, another scheme is another origin, and a token is needed."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from lowtide.intake.http.app import Access
from lowtide.operation.proxy import Proxies

from .documents import movement
from .http_client import client

BODY = orjson.dumps(movement(1))
NAMED = Access(hosts=frozenset({"stock.example.com"}), log=True, proxies=Proxies.of(["127.0.0.1"]))
STRANGER = Access(hosts=frozenset({"stock.example.com"}), log=True, proxies=Proxies.of(["10.0.0.7"]))


@pytest.mark.parametrize(("access", "sender"), [(NAMED, "203.0.113.9"), (STRANGER, "127.0.0.1")])
def test_the_line_of_a_refused_sender_names_the_client_only_if_a_proxy_says_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], access: Access, sender: str
) -> None:
    with client(tmp_path / "j", access) as intake:
        hops = "192.0.2.66, 203.0.113.9"
        assert intake.post(b"{", x_forwarded_for=hops, sec_fetch_site="cross-site").status == 403
    assert capsys.readouterr().err.startswith(f"{sender} POST /movements 403 ")


@pytest.mark.parametrize(
    ("access", "origin", "status"),
    [
        (NAMED, "https://stock.example.com", 200),
        (NAMED, "http://stock.example.com", 403),
        (STRANGER, "http://stock.example.com", 200),
        (STRANGER, "https://evil.example", 403),
    ],
)
def test_an_origin_has_the_scheme_that_a_named_proxy_says(
    tmp_path: Path, access: Access, origin: str, status: int
) -> None:
    with client(tmp_path / "j", access) as intake:
        headers = {"host": "stock.example.com", "origin": origin, "x_forwarded_proto": "https"}
        assert intake.post(BODY, **headers).status == status


def test_through_a_proxy_a_token_is_needed(typed, tmp_path: Path, monkeypatch) -> None:
    """On loopback nobody needs a token; but a proxy of this machine brings everybody to loopback."""
    monkeypatch.chdir(tmp_path)
    said = typed("intake", "--listen", "127.0.0.1:0", "--behind-proxy", "127.0.0.1")
    assert said.code == 2 and "through the proxy, and there is no token" in said.err
    said = typed("intake", "--listen", "127.0.0.1:0", "--behind-proxy", "0.0.0.0/0")
    assert said.code == 2 and "every address" in said.err
    said = typed("run", "--intake", "--listen", "127.0.0.1:0", "--behind-proxy", "nonsense")
    assert said.code == 2 and "--behind-proxy nonsense" in said.err
