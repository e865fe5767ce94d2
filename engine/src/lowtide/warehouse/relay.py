"""Pass the connections of a TCP address on to the process that has a folder open, whichever process that is by then.

    client ── TCP ── Relay: a thread of this process ── the socket in the folder ── the process that has it open

A process that shall listen from its start to its end (the desk) may come second to a folder, and may have it later. If
nobody has the folder when a client comes, this process opens it: its handle does that with the next call.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from pathlib import Path

from lowtide.errors import LowtideError
from lowtide.operation.crowd import most_connections
from lowtide.operation.serving import shown
from lowtide.warehouse import endpoint
from lowtide.warehouse.client import Warehouse

_PIECE = 1 << 18
_CONNECT_S = 10.0


class Relay:
    """An address whose connections end at the socket of a folder. It works until `close`."""

    def __init__(self, listener: socket.socket, warehouse: Warehouse, folder: Path) -> None:
        self.address = shown(listener)
        """Where it listens, as a URL."""
        self._listener = listener
        self._warehouse = warehouse
        self._folder = folder.expanduser().resolve()
        self._open = 0
        self._stop = asyncio.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="lowtide-relay", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End all connections."""
        with contextlib.suppress(RuntimeError):  # it is closed already
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        server = await asyncio.start_server(self._pass, sock=self._listener)
        await self._stop.wait()
        server.close()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass one connection on, both ways, until one end closes it."""
        if self._open >= most_connections() // 2:  # each takes two files
            writer.transport.abort()
            return
        self._open += 1
        try:
            await self._both_ways(reader, writer)
        finally:
            self._open -= 1

    async def _both_ways(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            peer = await self._connected()
        except (OSError, LowtideError):
            writer.transport.abort()
            return
        back, forth = await asyncio.open_unix_connection(sock=peer)
        ways = [asyncio.create_task(_copy(*way)) for way in ((reader, forth), (back, writer))]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            for end in (forth, writer):
                end.close()

    async def _connected(self) -> socket.socket:
        """A connection to the process that has the folder open."""
        try:
            return await asyncio.to_thread(endpoint.connect, self._folder, _CONNECT_S, own=True)
        except OSError:
            await asyncio.to_thread(self._warehouse.command, "SELECT 1")
            return await asyncio.to_thread(endpoint.connect, self._folder, _CONNECT_S, own=True)


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while piece := await reader.read(_PIECE):
            writer.write(piece)
            await writer.drain()
