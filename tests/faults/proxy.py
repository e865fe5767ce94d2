"""A proxy to the warehouse that can be cut, slowed or blocked, like a network."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress


class Proxy:
    """Passes bytes to a port on loopback. `mode`: open, slow, cut (after some bytes), away (refuses connections)."""

    def __init__(self, target: int) -> None:
        self.mode = "open"
        self._target = target
        self._open: set[socket.socket] = set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def set(self, mode: str) -> None:
        """Changes the mode; `away` closes open connections."""
        self.mode = mode
        if mode == "away":
            for one in list(self._open):
                _end(one)

    def _accept(self) -> None:
        while True:
            client, _ = self._listener.accept()
            if self.mode == "away":
                client.close()
                continue
            try:
                server = socket.create_connection(("127.0.0.1", self._target), timeout=5)
            except OSError:
                client.close()
                continue
            for one, other in ((client, server), (server, client)):
                self._open.add(one)
                threading.Thread(target=self._pass, args=(one, other), daemon=True).start()

    def _pass(self, source: socket.socket, sink: socket.socket) -> None:
        passed = 0
        with suppress(OSError):
            while data := source.recv(16_384):
                if self.mode == "slow":
                    time.sleep(0.02)
                passed += len(data)
                if self.mode == "cut" and passed > 20_000:
                    sink.sendall(data[: len(data) // 2])
                    break
                sink.sendall(data)
        for one in (source, sink):
            _end(one)
            self._open.discard(one)


def _end(one: socket.socket) -> None:
    with suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    with suppress(OSError):
        one.close()
