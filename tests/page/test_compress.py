"""Pages go compressed; the sign-in, the links and the stream do not."""

from __future__ import annotations

import gzip

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from lowtide.page.compress import Compress
from tests.page.asgi import ask


async def _page(request: Request) -> Response:
    return PlainTextResponse("stock " * 1000)


APP = Compress(Starlette(routes=[Route("/{path:path}", _page)]))


def test_a_page_is_compressed_for_a_reader_that_takes_it() -> None:
    reply = ask(APP, "GET", "/queue", accept_encoding="gzip")
    assert reply.headers["content-encoding"] == "gzip" and gzip.decompress(reply.body).startswith(b"stock ")
    assert "content-encoding" not in ask(APP, "GET", "/queue").headers


@pytest.mark.parametrize("path", ["/login", "/a/TOKEN", "/account/access", "/live", "/metrics"])
def test_what_may_hold_a_secret_or_never_ends_is_left_alone(path: str) -> None:
    assert "content-encoding" not in ask(APP, "GET", path, accept_encoding="gzip").headers
