"""Only a page of the desk may send an answer: another site, a sandbox and a proxy with another name are told apart."""

from __future__ import annotations

import pytest

from lowtide.web.origin import is_own

URL = "https://stock.example.com"


@pytest.mark.parametrize(
    ("headers", "own"),
    [
        ({"sec-fetch-site": "same-origin", "host": "x"}, True),
        ({"sec-fetch-site": "same-site", "host": "x"}, False),
        ({"sec-fetch-site": "cross-site", "host": "x", "origin": "http://x"}, False),
        ({"sec-fetch-site": "none", "host": "x"}, False),
        ({"origin": "http://127.0.0.1:8080", "host": "127.0.0.1:8080"}, True),
        ({"origin": "http://127.0.0.1:9090", "host": "127.0.0.1:8080"}, False),
        ({"origin": URL, "host": "10.0.0.7:8080"}, True),
        ({"origin": "http://stock.example.com", "host": "10.0.0.7:8080"}, False),
        ({"origin": "https://stock.example.com.evil.example", "host": "10.0.0.7:8080"}, False),
        ({"origin": "null", "host": "null"}, False),
        ({"origin": "null", "host": "127.0.0.1:8080"}, False),
        ({"host": "127.0.0.1:8080"}, False),
        ({"origin": "", "host": ""}, False),
        ({"origin": "http://[::1", "host": "[::1"}, False),
    ],
)
def test_whose_page_it_is(headers: dict[str, str], own: bool) -> None:
    assert is_own(headers, URL) == own
