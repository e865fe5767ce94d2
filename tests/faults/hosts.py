"""Two hosts on this machine: network namespaces with a link between them that can be cut (root, Linux).

Each host reaches ports of this machine, such as a broker, under the same address on its own loopback. The folders are
shared, as over a network file system.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import socket
import subprocess
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Self

_NAMES = ("a", "b")
_CLONE_NEWNET = 0x40000000


def missing() -> str:
    """Why there can be no hosts here; empty if there can."""
    if os.geteuid() != 0:
        return "network namespaces need root"
    return "" if shutil.which("ip") else "`ip` is missing (Debian: apt install iproute2)"


class Hosts:
    """Two hosts. `command` runs something on one of them; `cut` and `mend` are the link between them."""

    def __init__(self, name: str, number: int) -> None:
        """`name` and `number` (0 to 255) are those of no other pair."""
        self._spaces = [f"lt{name}{one}" for one in _NAMES]
        self._links = [f"lv{number}{one}" for one in _NAMES]
        self.addresses = [f"10.87.{number}.{host}" for host in (1, 2)]
        self._doors: list[socket.socket] = []

    def __enter__(self) -> Self:
        self._remove()
        _ip("link", "add", self._links[0], "type", "veth", "peer", "name", self._links[1])
        for space, link, address in zip(self._spaces, self._links, self.addresses, strict=True):
            _ip("netns", "add", space)
            _ip("link", "set", link, "netns", space)
            _ip("-n", space, "address", "add", f"{address}/24", "dev", link)
            _ip("-n", space, "link", "set", link, "up")
            _ip("-n", space, "link", "set", "lo", "up")
        return self

    def __exit__(self, *_: object) -> None:
        for door in self._doors:
            door.close()
        self._remove()

    def _remove(self) -> None:
        for space in self._spaces:
            subprocess.run(["ip", "netns", "del", space], capture_output=True, check=False)

    def command(self, host: int, command: Sequence[str]) -> list[str]:
        """The command line that runs a command on a host."""
        return ["ip", "netns", "exec", self._spaces[host], *command]

    def open(self, port: int) -> None:
        """Both hosts reach this port of the machine's loopback at their own 127.0.0.1."""
        for space in self._spaces:
            made: list[socket.socket] = []
            thread = threading.Thread(target=_listen, args=(space, port, made))
            thread.start()
            thread.join()
            self._doors += made
            threading.Thread(target=_accept, args=(made[0], port), daemon=True).start()

    def cut(self) -> None:
        """Nothing passes between the hosts."""
        _ip("-n", self._spaces[0], "link", "set", self._links[0], "down")

    def mend(self) -> None:
        """The link is there again."""
        _ip("-n", self._spaces[0], "link", "set", self._links[0], "up")


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True)


def _listen(space: str, port: int, made: list[socket.socket]) -> None:
    """A listener on the loopback of a namespace: only this thread enters it, and the socket stays there."""
    with Path(f"/run/netns/{space}").open() as file:
        if ctypes.CDLL(None, use_errno=True).setns(file.fileno(), _CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), f"the namespace {space} cannot be entered")
    made.append(socket.create_server(("127.0.0.1", port), reuse_port=False))


def _accept(door: socket.socket, port: int) -> None:
    with suppress(OSError):
        while True:
            client, _ = door.accept()
            try:
                server = socket.create_connection(("127.0.0.1", port), timeout=5)
            except OSError:
                client.close()
                continue
            server.settimeout(None)
            for one, other in ((client, server), (server, client)):
                threading.Thread(target=_pass, args=(one, other), daemon=True).start()


def _pass(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65_536):
            sink.sendall(data)
    for one in (source, sink):
        with suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
