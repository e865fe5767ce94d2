"""A frozen process is noticed by its peers, or by itself.

    FOLDER/alive/0   {"process":0,"pid":4711,"host":"a","attempt":"3","sign":812,"ended":false}
    FOLDER/alive/1   …

Bytewax notices a process that ends, but waits without limit for a process that hangs. So each process writes a sign of life
once a second, a number that grows, and reads the signs of the others. A peer whose sign stays the same for `patience_s` is
frozen. Then this process ends with 1, the cluster ends, and its supervisor starts all processes again from the last
checkpoint. The process checks its own flow in the same way, by its beats.

Time is the time that this thread has waited itself, in steps of at most two seconds. So a process does not look frozen
because somebody set the clock or because the machine slept: after a night of sleep, two seconds have passed here. A process
that cannot write its own sign (the disk is full or missing) does not report peers, because they may not be able to write
their signs either.

Where native code holds the interpreter, this thread does not run either. A guard, which is native itself, then ends the
process (`lowtide.core.Guard`): this thread tells it once a second that it runs.
"""

from __future__ import annotations

import os
import socket
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol

import orjson

from lowtide.errors import StateInUseError
from lowtide.operation.health import START_S, Health
from lowtide.operation.log import logger

PATIENCE_S = 30.0
"""A peer that does not give a sign of life for this many seconds is frozen."""
EVERY_S = 1.0
SHARED_S = 9.0
"""How long a peer that is connected may hide before the state folder counts as not shared."""
FOLDER = "alive"
ATTEMPT = "LOWTIDE_ATTEMPT"
"""Environment variable with the number of the start of a cluster; the supervisor sets it."""


GUARD_S = 120.0
"""How long native code may hold the interpreter. No call of it that ends takes a second."""
GUARD_LINE = (
    f"lowtide: process_stuck: native code has held this process for {GUARD_S:.0f} s; "
    "it ends and says where each thread is"
)
"""What the guard writes before it ends the process."""


class Guard(Protocol):
    """Ends the process when it is not told for some time that threads of Python run."""

    def beat(self) -> None:
        """A thread of Python runs."""

    def close(self) -> None:
        """It stops watching."""


@dataclass
class _Peer:
    """What is known of another process."""

    sign: Any = None
    """The last sign that was read."""
    still_s: float = 0.0
    """How many seconds it has been the same."""
    seen: bool = False
    """It has changed since this process started, so it was not left over from an earlier run."""


class Watchdog:
    """Writes the signs of life of `process`, one of `processes`, and checks the signs of the others and its own flow.

    `on_frozen(peer, seconds)` and `on_stuck(seconds)` are called once, from its thread. The defaults end this process. A
    peer that has not started yet, or restores its state, may take `start_s`. If the folder is None, only the own flow is
    checked.
    """

    def __init__(
        self,
        folder: Path | None,
        process: int = 0,
        processes: int = 1,
        health: Health | None = None,
        *,
        patience_s: float = PATIENCE_S,
        start_s: float = START_S,
        every_s: float = EVERY_S,
        on_frozen: Callable[[int, float], None] | None = None,
        on_stuck: Callable[[float], None] | None = None,
        guard: Guard | None = None,
    ) -> None:
        self._folder = folder / FOLDER if folder is not None else None
        self._process = process
        self._peers = {number: _Peer() for number in range(processes) if number != process}
        self._health = health
        self._guard = guard
        self._patience_s, self._start_s, self._every_s = patience_s, start_s, every_s
        self._on_frozen = on_frozen or _end_for_peer
        self._on_stuck = on_stuck or _end_for_self
        self._attempt = os.environ.get(ATTEMPT, "")
        self._sign = 0
        self._beats, self._still_s = 0, 0.0
        self._reason: str | None = None
        self._unwritable = False
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name="lowtide-watchdog", daemon=True)

    def start(self) -> Watchdog:
        """The first sign is written when this returns."""
        self._give_sign()
        self._thread.start()
        return self

    def must_see_peers(self) -> None:
        """Waits for a sign of every peer. All processes must be running. Raises StateInUseError if one does not come."""
        until = time.monotonic() + SHARED_S
        while hidden := [number for number, peer in self._peers.items() if not peer.seen]:
            if self._folder is None or self._unwritable:
                return
            if time.monotonic() > until:
                raise StateInUseError(
                    f"the processes of this cluster do not share a state: in {SHARED_S:g} s no sign of life of process "
                    f"{hidden[0]} came to `{self._folder.parent}`",
                    "Give all processes the same folder on a file system that all of them reach: `--state`.",
                )
            time.sleep(0.02)

    def close(self, *, ended: bool = False) -> None:
        """Stops checking. `ended`: this process ends well, and tells its peers."""
        self._closed.set()
        if self._guard is not None:
            self._guard.close()
        if self._thread.is_alive():
            self._thread.join(self._every_s * 5)
        if ended:
            self._give_sign(ended=True)

    def __enter__(self) -> Watchdog:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close(ended=kind is None)

    def _run(self) -> None:
        before = time.monotonic()
        while not self._closed.wait(self._every_s):
            if self._guard is not None:
                self._guard.beat()
            now = time.monotonic()
            passed, before = min(now - before, 2 * self._every_s), now
            wrote = self._give_sign()
            if self._look_at_self(passed) or (wrote and self._look_at_peers(passed)):
                return

    def _look_at_self(self, passed: float) -> bool:
        health = self._health
        if health is None:
            return False
        reason = health.waits_for()
        self._say_waiting(reason)
        limit, beats = health.limit_s, health.beats
        if reason is not None or limit is None or beats != self._beats:
            self._beats, self._still_s = beats, 0.0
            return False
        self._still_s += passed
        if self._still_s <= limit:
            return False
        self._on_stuck(self._still_s)
        return True

    def _say_waiting(self, reason: str | None) -> None:
        if reason is not None and self._reason is None:
            logger("watchdog").warning("waiting", reason=reason)
        elif reason is None and self._reason is not None:
            logger("watchdog").warning("waited", reason=self._reason)
        self._reason = reason

    def _look_at_peers(self, passed: float) -> bool:
        for number, peer in self._peers.items():
            sign = self._read(number)
            if sign is not None and sign != peer.sign:
                peer.seen = peer.sign is not None or self._is_of_this_start(sign)
                peer.sign, peer.still_s = sign, 0.0
                continue
            if peer.seen and peer.sign["ended"]:
                continue
            peer.still_s += passed
            if peer.still_s > (self._patience_s if peer.seen else self._start_s):
                self._on_frozen(number, peer.still_s)
                return True
        return False

    def _is_of_this_start(self, sign: dict[str, Any]) -> bool:
        return bool(self._attempt) and sign["attempt"] == self._attempt

    def _read(self, number: int) -> dict[str, Any] | None:
        assert self._folder is not None, "who has no folder cannot write a sign, and looks at nobody"
        try:
            sign = orjson.loads((self._folder / str(number)).read_bytes())
        except (OSError, ValueError):
            return None
        return sign if isinstance(sign, dict) and {"sign", "ended", "attempt"} <= sign.keys() else None

    def _give_sign(self, *, ended: bool = False) -> bool:
        if self._folder is None:
            return False
        self._sign += 1
        sign = {
            "process": self._process,
            "pid": os.getpid(),
            "host": socket.gethostname(),
            "attempt": self._attempt,
            "sign": self._sign,
            "ended": ended,
        }
        file = self._folder / str(self._process)
        draft = file.with_name(f".{self._process}")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            draft.write_bytes(orjson.dumps(sign))
            draft.replace(file)
        except OSError as error:
            if not self._unwritable:
                logger("watchdog").warning("sign_unwritable", file=str(file), error=str(error))
            self._unwritable = True
            return False
        self._unwritable = False
        return True


def _end_for_peer(peer: int, still_s: float) -> None:
    logger("watchdog").error("peer_frozen", peer=peer, still_s=round(still_s), then="this process ends")
    _end()


def _end_for_self(still_s: float) -> None:
    logger("watchdog").error("process_stuck", still_s=round(still_s), then="this process ends")
    _end()


def _end() -> None:
    """Ends the process at once, even if other threads hold locks. The next run reads again what was not checkpointed."""
    sys.stderr.flush()
    os._exit(1)
