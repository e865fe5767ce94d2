"""A reader who sends anything over many connections stops nobody else: a short sample of `make warehouse-siege`."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from .besiegers import TEXTS
from .process import Front, curl, environment, front, until
from .siege import asked, measured


@pytest.fixture(scope="module")
def besieged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    with front(tmp_path_factory.mktemp("siege") / "warehouse") as one:
        for _ in range(50):
            asked(one.port)
        yield one


@pytest.mark.skipif(
    sys.platform != "linux", reason="the siege comes from 127.0.0.2, which is Linux's loopback too"
)
def test_another_reader_is_answered_all_the_while(besieged: Front) -> None:
    siege = measured(besieged, 4.0, 300)
    # Each query was asked when the one before had its answer; without bounds not one of them is answered.
    assert len(siege.waits) >= 20, siege
    assert siege.most_mb < 2 * siege.before_mb, siege
    assert asked(besieged.port) > 0


@pytest.mark.parametrize("name", TEXTS)
def test_each_text_has_an_answer_or_an_end(besieged: Front, name: str) -> None:
    """Nothing that is sent is a mistake in Lowtide, and the next one is answered."""
    with (
        socket.create_connection(("127.0.0.1", besieged.port), timeout=60) as peer,
        suppress(ConnectionError),
    ):
        peer.sendall(TEXTS[name]())
        said = peer.recv(1000)
        assert said[:12] in (
            b"",
            *(b"HTTP/1.1 %d" % status for status in (200, 400, 403, 404, 413, 431, 500)),
        )
        assert b"STD_EXCEPTION" not in said and b"Traceback" not in said
    assert asked(besieged.port) > 0
    assert not [line for line in besieged.lines if "Traceback" in line], "".join(besieged.lines)


def test_silent_connections_keep_nobody_out(tmp_path: Path) -> None:
    """More connections than the process may have; without a sign of life they make room at once."""
    limited = "import os, resource as r, sys; r.setrlimit(r.RLIMIT_NOFILE, (400, 400)); os.execv(sys.argv[1], sys.argv[1:])"
    command = [sys.executable, "-c", limited, sys.executable, "-m", "lowtide", "warehouse"]
    options = ["--warehouse", f"embedded:{tmp_path / 'w'}", "--listen", "127.0.0.1:0"]
    with subprocess.Popen(
        [*command, *options], stdout=subprocess.PIPE, text=True, env=environment()
    ) as process:
        assert process.stdout is not None
        url = process.stdout.readline().split()[-1]
        address = ("127.0.0.1", int(url.rpartition(":")[2]))
        try:
            with ExitStack() as stack:
                for _ in range(300):
                    stack.enter_context(socket.create_connection(address, timeout=30))
                assert curl(f"{url}/?user=reader&query=SELECT+7").stdout == b"7\n"
        finally:
            process.terminate()


def test_a_waiting_query_of_a_client_that_leaves_is_not_run(besieged: Front) -> None:
    slow = "SELECT count() FROM numbers(20000000000) WHERE sipHash64(number) = 7"
    with besieged.client(autogenerate_session_id=False) as watch, ExitStack() as stack:

        def begun(name: str) -> int:
            found = f"SELECT count() FROM system.processes WHERE query LIKE 'SELECT count() AS {name}%'"
            return int(watch.command(found))  # type: ignore[arg-type]

        peers = []
        for number in range(6):
            text = slow.replace("count()", f"count() AS left{number}").encode()
            peer = stack.enter_context(socket.create_connection(("127.0.0.1", besieged.port), timeout=60))
            peer.sendall(
                b"POST /?user=reader HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % len(text)
                + text
            )
            peers.append(peer)
            if number == 0:
                until(lambda: begun("left0") == 1)
        for peer in reversed(peers):
            peer.close()
        until(lambda: begun("left") == 0)
        assert asked(besieged.port) > 0
        waited = curl(f"{besieged.url}/metrics").stdout.decode()
        assert "lowtide_warehouse_waiting_queries 0.0" in waited
