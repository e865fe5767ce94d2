"""Serve the store of this process to others: on the socket of its folder, and over TCP if somebody wants that.

    client ── socket or TCP ── Share: a thread with an event loop ── http.App ── a handle of its own ── ClickHouse

A thread waits until the first client knocks, and only then loads the server. So a command that is alone pays nothing
for it (0.2 ms), and a long one (run, desk, demo) needs nobody to say that it shall serve.
"""

from __future__ import annotations

import asyncio
import contextlib
import selectors
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lowtide.operation.serving import Server
    from lowtide.warehouse.http.limits import Limits
    from lowtide.warehouse.http.users import Tokens

ASKING = 64
"""Requests of one address that are read or answered at the same time; what it sends more waits in the network."""
FINISH_S = 5
"""When the process ends, running queries of others have so many seconds to finish."""
Allows = Callable[[socket.socket], bool]


class Share:
    """A store, served on a listening socket by a thread of this process. `start` and `close` are for any thread."""

    def __init__(
        self,
        listener: socket.socket,
        allows: Allows | None = None,
        *,
        tokens: Tokens | None = None,
        limits: Limits | None = None,
        log: bool = False,
        finish_s: int = FINISH_S,
    ) -> None:
        """`allows` says of a connection whether it is let in. Without `tokens` nobody needs a password."""
        self.listener = listener
        self._allows = allows
        self._tokens, self._limits, self._log, self._finish_s = tokens, limits, log, finish_s
        self._bell, self._rope = socket.socketpair()
        self._changing = threading.Lock()
        self._thread: threading.Thread | None = None
        self._server: Server | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closed = False

    @property
    def address(self) -> str:
        """Where it listens over TCP, as a URL."""
        from lowtide.operation.serving import shown

        return shown(self.listener)

    def start(self, path: Path, database: str) -> None:
        """Answer from now on; clients that have knocked before are answered too. A second call changes nothing."""
        with self._changing:
            if self._thread is None and not self._closed:
                self._thread = threading.Thread(
                    target=self._run, args=(path, database), name="lowtide-share", daemon=True
                )
                self._thread.start()

    def leave(self) -> None:
        """Take no more requests, and end when those that run have finished; a second call does not wait for them."""
        self._closed = True
        self._rope.close()
        server, loop = self._server, self._loop
        if server is not None and loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop has ended
                loop.call_soon_threadsafe(server.leave)

    def wait(self) -> None:
        """Return when the thread has ended."""
        if self._thread is not None:
            self._thread.join()

    def close(self) -> None:
        """End: running requests have a few seconds to finish, then their queries are killed."""
        with self._changing:
            self.leave()
            serving = self._server is not None
        if serving:
            self.wait()
        if self._thread is None:
            self._bell.close()
        self.listener.close()

    def _run(self, path: Path, database: str) -> None:
        with selectors.DefaultSelector() as waiting:  # select() takes no file above 1,023
            for one in (self.listener, self._bell):
                waiting.register(one, selectors.EVENT_READ)
            waiting.select()
        if not self._closed:
            asyncio.run(self._serve(path, database))
        self._bell.close()

    async def _serve(self, path: Path, database: str) -> None:
        # Together they take a quarter of a second to load, so they are loaded when a client is there.
        from lowtide.operation.serving import Server
        from lowtide.warehouse.http.app import App
        from lowtide.warehouse.http.clickhouse import ClickHouse
        from lowtide.warehouse.http.limits import Limits
        from lowtide.warehouse.http.users import Tokens

        with self._changing:
            if self._closed:
                return
            clickhouse = ClickHouse(path, database, self._limits or Limits())
            app = App(clickhouse, self._tokens or Tokens(), log=self._log)
            server = Server(app, finish_s=self._finish_s, leave=app.leave, allows=self._allows, asking=ASKING)
            self._loop, self._server = asyncio.get_running_loop(), server
        try:
            await server.serve([self.listener])
            while server.server_state.tasks:  # they were told to end, and end their queries
                await asyncio.sleep(0.02)
        finally:
            clickhouse.close()
