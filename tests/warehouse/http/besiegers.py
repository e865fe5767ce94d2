"""Readers who send a megabyte of anything over thousands of connections, again and again, from one address.

`python -m tests.warehouse.http.besiegers PORT CONNECTIONS SECONDS [TEXT]` prints how many requests were answered, by status.
"""

from __future__ import annotations

import asyncio
import gzip
import random
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress

import zstandard

FROM = "127.0.0.2"
"""Their address; Linux has all of 127.0.0.0/8."""
MEGABYTE = 1 << 20


def post(body: bytes, *headers: bytes, path: bytes = b"/?user=reader") -> bytes:
    """One request."""
    head = b"\r\n".join((b"POST " + path + b" HTTP/1.1", b"Host: 127.0.0.1", *headers))
    return head + b"\r\nContent-Length: %d\r\n\r\n" % len(body) + body


def _packed(name: bytes, body: bytes) -> bytes:
    return post(body, b"Content-Encoding: " + name)


def _bomb(pack: Callable[[bytes], bytes], megabytes: int) -> bytes:
    """A short text that is unpacked to so many megabytes, in frames of 16."""
    return pack(b"SELECT 1 ") + pack(b" " * (16 * MEGABYTE)) * (megabytes // 16)


def _form(body: bytes) -> bytes:
    return post(body, b"Content-Type: multipart/form-data; boundary=x")


def _filled(head: str, unit: str, size: int = MEGABYTE) -> bytes:
    return post((head + unit * (size // len(unit))).encode())


PARAMETERS = b"/?user=reader&" + b"&".join(b"param_p%d=1" % number for number in range(900))
SETTINGS = b"/?user=reader&" + b"&".join(b"output_format_s%d=1" % number for number in range(900))
TEXTS: dict[str, Callable[[], bytes]] = {
    "comments": lambda: _filled("SELECT 1 ", "/* "),
    "quotes": lambda: _filled("'", r"\'"),
    "heredocs": lambda: post(" ".join(f"$t{number}$" for number in range(120_000)).encode()),
    "a list": lambda: _filled("SELECT 1", ",1", 250_000),
    "brackets": lambda: _filled("SELECT ", "("),
    "cases": lambda: _filled("SELECT ", "CASE WHEN 1 THEN ", 250_000),
    "cases, small": lambda: _filled("SELECT ", "CASE WHEN 1 THEN ", 15_000),
    "formats": lambda: _filled("SELECT ", "FORMAT x "),
    "words": lambda: _filled("SELECT ", "x "),
    "names": lambda: _filled("SELECT ", "x, ", 15_000),
    "valid and long": lambda: post(b"SELECT 1 /*" + b" " * 240_000 + b"*/"),
    "zstd": lambda: _packed(b"zstd", _bomb(zstandard.ZstdCompressor().compress, 1 << 10)),
    "gzip": lambda: _packed(b"gzip", _bomb(gzip.compress, 256)),
    "a form": lambda: _form(b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\n\r\n" * 14_000),
    "a form of headers": lambda: _form(b"--x\r\n" + b"A: b\r\n" * 150_000),
    "parameters": lambda: post(b"SELECT 1", path=PARAMETERS),
    "settings": lambda: post(b"SELECT 1", path=SETTINGS),
    "headers": lambda: post(b"SELECT 1", *(b"X-%d: " % number + b"x" * 500 for number in range(115))),
    "too many headers": lambda: post(b"SELECT 1", *(b"X-%d: " % number + b"x" * 500 for number in range(2000))),
    "a pipeline": lambda: post(b"SELECT 1") * 12,
    "no token": lambda: post(b"SELECT 1" * 1000, path=b"/?user=nobody"),
    "another host": lambda: b"GET / HTTP/1.1\r\nHost: x@127.0.0.1\r\n\r\n",
    "an extension": lambda: post(b"").replace(b"Content-Length: 0", b"Transfer-Encoding: chunked") + b"1;" + b"x" * MEGABYTE,
}  # fmt: skip


class Siege:
    """All connections. Each sends texts in an order of its own; some are silent, some send a byte a second."""

    def __init__(self, port: int, connections: int, seconds: float, text: str = "") -> None:
        """`text`: the only one that they send, if not all of them."""
        self._port = port
        self._connections = connections
        self._end = time.monotonic() + seconds
        self._texts = {name: make() for name, make in TEXTS.items() if text in ("", name)}
        self.answers: Counter[str] = Counter()

    async def run(self) -> None:
        """Go on to the end."""
        await asyncio.gather(*(self._besieger(number) for number in range(self._connections)))

    async def _besieger(self, number: int) -> None:
        pick = random.Random(number)
        while time.monotonic() < self._end:
            with suppress(OSError, TimeoutError, asyncio.IncompleteReadError):
                reader, writer = await asyncio.open_connection("127.0.0.1", self._port, local_addr=(FROM, 0))
                try:
                    if number % 4 == 0:
                        await self._slow(writer, post(b"SELECT 1" * 5) if number % 8 else b"", pick)
                    else:
                        await self._loud(reader, writer, pick)
                finally:
                    writer.close()
            await asyncio.sleep(0.05)

    async def _slow(self, writer: asyncio.StreamWriter, text: bytes, pick: random.Random) -> None:
        """Send nothing, or a request byte by byte from somewhere in it on."""
        at = pick.randrange(len(text) + 1)
        writer.write(text[:at])
        while time.monotonic() < self._end and not writer.is_closing():
            await asyncio.sleep(1)
            writer.write(text[at : at + 1])
            at += 1

    async def _loud(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, pick: random.Random
    ) -> None:
        """Send one text after another, as long as the connection lasts."""
        while time.monotonic() < self._end:
            name = pick.choice(list(self._texts))
            async with asyncio.timeout(max(self._end - time.monotonic(), 0.1)):
                writer.write(self._texts[name])
                status = await reader.readline()
                if not status:
                    self.answers["closed"] += 1
                    return
                if not status.startswith(b"HTTP/1.1 "):
                    return  # the rest of a pipeline
                self.answers[status[9:12].decode()] += 1
                await self._rest(reader)

    async def _rest(self, reader: asyncio.StreamReader) -> None:
        length = 0
        while (line := await reader.readline()).strip():
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        await reader.readexactly(length)


def main() -> None:
    """Besiege a warehouse on a port of this machine."""
    port, connections, seconds = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    siege = Siege(port, connections, seconds, *sys.argv[4:])
    asyncio.run(siege.run())
    print(" ".join(f"{name}:{count}" for name, count in sorted(siege.answers.items())))


if __name__ == "__main__":
    main()
