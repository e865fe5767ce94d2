"""A mail server of a few commands: it takes mails, refuses them, or ends the connection where its behaviour says so."""

from __future__ import annotations

import contextlib
import email
import socket
import socketserver
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.notify.receivers.receiver import Receiver


class Mailbox(socketserver.ThreadingTCPServer):
    """A server on loopback without encryption."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, owner: Receiver, port: int) -> None:
        self.owner = owner
        super().__init__(("127.0.0.1", port), _Session)


class _Session(socketserver.StreamRequestHandler):
    server: Mailbox

    def handle(self) -> None:
        self._say("220 fake")
        with contextlib.suppress(OSError):
            for line in self.rfile:
                if not self._one(line.strip().upper()):
                    return

    def _one(self, command: bytes) -> bool:
        if command.startswith(b"QUIT"):
            self._say("221 bye")
            return False
        if command == b"DATA":
            return self._data()
        self._say("250-fake\r\n250 8BITMIME" if command.startswith(b"EHLO") else "250 ok")
        return True

    def _data(self) -> bool:
        self._say("354 go on")
        lines: list[bytes] = []
        for line in self.rfile:
            if line == b".\r\n":
                return self._taken(b"".join(lines))
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        return False

    def _taken(self, content: bytes) -> bool:
        from tests.notify.receivers.receiver import Receipt

        mail = email.message_from_bytes(content)
        key = str(mail["Message-ID"]).strip("<>").partition("@")[0]
        number, act = self.server.owner.act(key)
        code = {"status": act.number or 451, "code": act.number}.get(act.name, 250)
        headers: dict[str, Any] = {name.lower(): str(value) for name, value in mail.items()}
        accepted = act.takes and code == 250
        said = act.name if act.name in ("before", "after", "half") else str(code)
        self.server.owner.note(
            Receipt("mail", key, number, accepted, said, self.server.owner.clock(), headers, content.decode())
        )
        return self._answered(act.name, act.wait, code)

    def _answered(self, name: str, wait: float, code: int) -> bool:
        time.sleep(wait if name == "slow" else 0)
        if name in ("before", "after", "half"):
            with contextlib.suppress(OSError):
                if name == "half":
                    self.wfile.write(b"25")
                self.connection.shutdown(socket.SHUT_RDWR)
            return False
        self._say(f"{code} done")
        return True

    def _say(self, text: str) -> None:
        with contextlib.suppress(OSError):
            self.wfile.write(text.encode() + b"\r\n")
