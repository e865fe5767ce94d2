"""A run holds its state folder: no other run may work on it at the same time.

    STATE/lock     locked by the kernel (flock) as long as process 0 lives, however it ends
    STATE/fence    {"host":"a","pid":4711,"attempt":"f00d.3","kernel":"8d1c…","token":"91ab…","beat":812,"ended":false}

A kernel knows only the locks of its own machine, and not every shared file system passes them on. Therefore the holder also
beats: once a second it writes the fence again, with the next number. A run that gets the lock and finds the fence of another
kernel that has not ended watches it for a moment. If it beats, the folder is in use. If a holder finds the token of another
run in the fence, it has been taken for dead, and ends.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import socket
import threading
import time
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

import orjson

from lowtide.errors import StateInUseError, SupersededError
from lowtide.operation.log import logger
from lowtide.operation.watchdog import ATTEMPT
from lowtide.state.durable import unwritable

WATCH_S = 10.0
"""How long the fence of another machine must stand still before it counts as left over."""
BEAT_S = 1.0


@dataclass(frozen=True)
class Fence:
    """Who holds a state folder."""

    host: str
    pid: int
    attempt: str
    """The start of the process, as its supervisor counts it; empty without one."""
    kernel: str
    """The boot of the machine: its processes see each other's locks. Empty: the file system has no locks."""
    token: str
    """Chosen by chance for each holder."""
    beat: int = 0
    ended: bool = False

    @classmethod
    def own(cls) -> Fence:
        """A fence for this process."""
        host, attempt = socket.gethostname(), os.environ.get(ATTEMPT, "")
        return cls(host, os.getpid(), attempt, _kernel(), secrets.token_hex(8))

    def __str__(self) -> str:
        attempt = f", attempt {self.attempt}" if self.attempt else ""
        return f"process {self.pid} on `{self.host}`{attempt}"


class Hold:
    """Holds a state folder from `__enter__` to `__exit__`, or until the process ends."""

    def __init__(self, state: Path, *, watch_s: float = WATCH_S, beat_s: float = BEAT_S) -> None:
        self._state = state
        self._fence = Fence.own()
        self._watch_s, self._beat_s = watch_s, beat_s
        self._lock: BinaryIO | None = None
        self._over = threading.Event()
        self._beats = threading.Thread(target=self._beat, name="lowtide-fence", daemon=True)

    def __enter__(self) -> Hold:
        self._take_lock()
        try:
            watched = self._watch()
            self._write(self._fence)
            if watched:  # another run may have watched the same fence
                time.sleep(self._beat_s)
                if not self._is_ours():
                    raise self._in_use(self._read())
        except BaseException as error:
            self._drop_lock()
            if isinstance(error, OSError):
                raise unwritable(self._state, error) from error
            raise
        self._beats.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._beats.join()
        with suppress(OSError):
            if self._is_ours():
                self._write(replace(self._fence, ended=True))
        self._drop_lock()

    def must_be_ours(self) -> None:
        """Raises SupersededError if another run has taken over the folder."""
        if not self._is_ours():
            raise SupersededError(
                f"another run has taken over the state in `{self._state}`: {self._read()}",
                "It took this run for dead, because its fence stood still. Let only one of them run.",
            )

    def _take_lock(self) -> None:
        try:
            self._lock = (self._state / "lock").open("ab")
        except OSError as error:
            raise unwritable(self._state, error) from error
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._drop_lock()
            raise self._in_use(self._read()) from None
        except OSError as error:  # a file system without locks: the fence alone must do
            logger("state").warning("state_not_locked", folder=str(self._state), why=str(error))
            self._fence = replace(self._fence, kernel="")

    def _drop_lock(self) -> None:
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _watch(self) -> bool:
        """Watches the fence of another kernel. False: the folder has no such fence, or its run has ended.

        Raises StateInUseError if the fence beats. A fence of the same kernel without its lock is that of a dead process.
        """
        before = self._read()
        if before is None or before.ended or (before.kernel and before.kernel == self._fence.kernel):
            return False
        logger("state").warning("state_watched", holder=str(before), seconds=self._watch_s)
        until = time.monotonic() + self._watch_s
        while time.monotonic() < until:
            time.sleep(self._beat_s / 4)
            if (now := self._read()) != before:
                raise self._in_use(now)
        return True

    def _in_use(self, holder: Fence | None) -> StateInUseError:
        return StateInUseError(
            f"the state in `{self._state}` is in use: {holder or 'another run'} works on it"
        )

    def _beat(self) -> None:
        while not self._over.wait(self._beat_s):
            with suppress(OSError):
                if not self._is_ours():
                    return
                self._fence = replace(self._fence, beat=self._fence.beat + 1)
                self._write(self._fence)

    def _is_ours(self) -> bool:
        """Whether the fence is that of this run, or cannot be read."""
        found = self._read()
        return found is None or found.token == self._fence.token

    def _read(self) -> Fence | None:
        """The fence. None: there is not one, or it is just being written."""
        try:
            return Fence(**orjson.loads((self._state / "fence").read_bytes()))
        except (OSError, ValueError, TypeError):
            return None

    def _write(self, fence: Fence) -> None:
        """Writes in place, because other machines may remember for a while which file a name stood for."""
        handle = os.open(self._state / "fence", os.O_WRONLY | os.O_CREAT, 0o644)
        try:
            os.pwrite(handle, orjson.dumps(asdict(fence)).ljust(512), 0)
        finally:
            os.close(handle)


def _kernel() -> str:
    """The identity of the running kernel; the name of the host where it has none."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return socket.gethostname()
