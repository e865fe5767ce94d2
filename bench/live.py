"""How soon an act in one browser is seen in all others: 200 connections of 50 users to /live of one desk.

    python bench/live.py [acts]

The desk serves in this process over desk.db on the disk; those who look on are another process. An act is a POST to the API;
measured is the time from before it is sent until a connection has read the event that names the alert.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import socket
import statistics
import sys
import tempfile
import threading
import time
from datetime import date
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from lowtide.desk.store import Store
from lowtide.operation import Health
from lowtide.operation.serving import Server
from lowtide.page.app import App
from lowtide.page.door import Door
from lowtide.people import Book
from lowtide.server.app import gate_of, made
from lowtide.service import Context, Role
from lowtide.settings import load_settings
from lowtide.web import user_file
from lowtide.web.place import Place
from lowtide.web.probe import Probe
from lowtide.web.users import Users

USERS, EACH = 50, 4
_ALERT = (
    "INSERT INTO alert VALUES (?, 'p', '0', 'out_of_stock', 'warning', 'S1', ?, 'Milk', 'DAIRY', 'FOOD', 'V1', 'A', 'East', "
    "'Shop', 0, 0, 1, 'OPENED', '0', '0', '0', '0', '1', 0.5, 0, 10.0, 'open', 'new', '', 1, 0, NULL)"
)


def main() -> None:
    """Print the table."""
    acts = int(sys.argv[1]) if sys.argv[1:] else 60
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ids = [f"01BENCH{n:019}" for n in range(acts)]
        tokens = [
            user_file.add_token(folder / "users.yaml", f"t{n}", Role.OPERATOR, date(2100, 1, 1))
            for n in range(USERS)
        ]
        port, end = _serve(folder, ids)
        inbox: multiprocessing.Queue[Any] = multiprocessing.Queue()
        ready = multiprocessing.Event()
        looking = multiprocessing.Process(target=_look, args=(port, tokens, set(ids), inbox, ready))
        looking.start()
        ready.wait(60)
        sent = _act(port, tokens, ids)
        seen: list[tuple[str, float]] = inbox.get(timeout=60)
        looking.join()
        end()
    delays = sorted(at - sent[one] for one, at in seen)
    print(
        f"{USERS * EACH} connections of {USERS} users, {acts} acts, {len(delays)} of {acts * USERS * EACH} events seen"
    )
    for share in (0.5, 0.95, 0.99, 1.0):
        print(f"p{share * 100:g}\t{delays[min(len(delays) - 1, int(share * len(delays)))] * 1000:.0f} ms")
    print(f"mean\t{statistics.fmean(delays) * 1000:.0f} ms")


def _serve(folder: Path, ids: list[str]) -> tuple[int, Any]:
    store = Store.open(folder / "desk" / "desk.db")
    with store.transaction() as tx:
        tx.many(_ALERT, [(one, one) for one in ids])
    book, settings = Book.alone("wang"), load_settings()
    warehouse: Any = None  # neither an act nor /live asks it
    now = lambda: time.time_ns() // 1_000_000  # noqa: E731
    context = Context(store, warehouse, lambda: book, now, settings, folder=folder)
    gate = gate_of(context, Users(folder / "users.yaml"), Place(), now, "bench")
    links = App(Door(store, lambda: book, (bytes(32),), now), Probe(Health(needs=()), bytes), public_url=None)
    site = made(context, gate, links, lambda: "http://127.0.0.1", now)
    listening = socket.create_server(("127.0.0.1", 0), backlog=512)
    started = threading.Event()
    server = Server(site.asgi, finish_s=5, leave=site.live.close, ready=started.set)

    async def run() -> None:
        async with site.live.running():
            await server.serve([listening])

    thread = threading.Thread(target=lambda: asyncio.run(run()))
    thread.start()
    started.wait(30)

    def end() -> None:
        server.leave()
        thread.join()
        store.close()

    return listening.getsockname()[1], end


def _act(port: int, tokens: list[str], ids: list[str]) -> dict[str, float]:
    """Acknowledge one alert after the other, four a second, each as another user; returns when each was sent."""
    sent = {}
    for n, one in enumerate(ids):
        line = HTTPConnection("127.0.0.1", port, timeout=30)
        sent[one] = time.time()
        head = {"Authorization": f"Bearer {tokens[n % len(tokens)]}", "Content-Type": "application/json"}
        line.request("POST", f"/api/v1/alerts/{one}/actions", json.dumps({"verb": "ack"}), head)
        assert line.getresponse().status == 200
        line.close()
        time.sleep(0.25)
    return sent


def _look(port: int, tokens: list[str], ids: set[str], inbox: Any, ready: Any) -> None:
    seen: list[tuple[str, float]] = []

    async def one(token: str, gate: asyncio.Semaphore, opened: asyncio.Event, count: list[int]) -> None:
        async with gate:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(
                f"GET /live HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n\r\n".encode()
            )
            while b"retry" not in await reader.readline():
                pass
        count[0] += 1
        if count[0] == USERS * EACH:
            opened.set()
        left = set(ids)
        while left:
            line = await asyncio.wait_for(reader.readline(), 30)
            if line.startswith(b"data: "):
                at = time.time()
                named = left & set(json.loads(line[6:]).get("alerts", ()))
                seen.extend((id_, at) for id_ in named)
                left -= named
        writer.close()

    async def run() -> None:
        gate, opened, count = asyncio.Semaphore(20), asyncio.Event(), [0]
        tasks = [
            asyncio.create_task(one(token, gate, opened, count)) for token in tokens for _ in range(EACH)
        ]
        await opened.wait()
        ready.set()
        done = await asyncio.gather(*tasks, return_exceptions=True)
        for failed in (error for error in done if isinstance(error, Exception)):
            print("failed:", repr(failed), file=sys.stderr)

    asyncio.run(run())
    inbox.put(seen)


if __name__ == "__main__":
    main()
