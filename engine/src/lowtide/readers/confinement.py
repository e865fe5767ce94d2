"""What a child that reads documents or replays a log may use, and how it gives up the rest."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import platform
import resource
import signal
import struct
import sys
import threading
from dataclasses import dataclass
from typing import Any

MOST_ADDRESSES = 1 << 30
MOST_SECONDS = 60
MOST_OUTPUT = 1 << 30
REFUSED = 3
"""Exit code of a child that says in a sentence why it cannot read the document."""


@dataclass(frozen=True)
class Limits:
    """How much a child may use."""

    addresses: int = MOST_ADDRESSES
    """Bytes of memory that it may address."""
    cpu_s: int = MOST_SECONDS
    """Seconds of processor time."""
    output: int = MOST_OUTPUT
    """Bytes of the largest file that it may write."""


def confine() -> None:
    """Gives up memory, time and the right to open anything: no file, no socket.

    What is open stays open. Modules and codecs that are needed later must be loaded before.
    """
    limit(Limits())
    _set(resource.RLIMIT_NOFILE, 0)


def limit(limits: Limits) -> None:
    """Gives up memory and time above the limits; files may still be opened."""
    _set(resource.RLIMIT_CORE, 0)
    _set(resource.RLIMIT_CPU, limits.cpu_s)
    _set(resource.RLIMIT_FSIZE, limits.output)
    _set(resource.RLIMIT_AS, limits.addresses)


def _set(what: int, most: int) -> None:
    with contextlib.suppress(ValueError, OSError):  # a system that lacks one limit keeps the others
        resource.setrlimit(what, (most, most))


def without_network() -> bool:
    """Gives up the right to make a socket, for this process and all that it starts; files may still be opened.

    True: the kernel refuses (Linux on x86-64 and ARM64). False: only Python refuses, because the kernel cannot.
    """
    sys.addaudithook(_refuse_sockets)
    return _kernel_refuses_sockets()


def _refuse_sockets(event: str, arguments: tuple[Any, ...]) -> None:
    if event in ("socket.__new__", "socket.connect", "socket.getaddrinfo", "socket.gethostbyname"):
        raise PermissionError(errno.EACCES, "this process has no network")


_MACHINES = {"x86_64": (0xC000003E, 41, 317), "aarch64": (0xC00000B7, 198, 277)}
"""By machine: its number for the kernel, and those of the calls `socket` and `seccomp`."""
_IO_URING_SETUP = 425  # it can make sockets without the call `socket`
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_ALLOW, _KILL, _REFUSE = 0x7FFF0000, 0x80000000, 0x00050000 | errno.EACCES
_NO_NEW_PRIVILEGES, _FILTER, _ALL_THREADS = 38, 1, 1


def _kernel_refuses_sockets() -> bool:
    """A filter of calls (seccomp) for all threads of the process; it cannot be taken back."""
    known = _MACHINES.get(platform.machine())
    if sys.platform != "linux" or known is None:
        return False
    arch, socket, seccomp = known
    steps = [
        (_LOAD, 0, 0, 4), (_EQUAL, 1, 0, arch), (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, 0), (_EQUAL, 2, 0, socket), (_EQUAL, 1, 0, _IO_URING_SETUP), (_AT_LEAST, 0, 1, 0x40000000),
        (_RETURN, 0, 0, _REFUSE), (_RETURN, 0, 0, _ALLOW),
    ]  # fmt: skip
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
    program = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(steps), ctypes.addressof(code)))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) != 0:
        return False
    return bool(libc.syscall(seccomp, _FILTER, _ALL_THREADS, ctypes.byref(program)) == 0)


def end_with(handle: int) -> None:
    """Ends this process and all that it started as soon as nobody holds the other end of a pipe any more.

    So a child does not outlive the process that wants its answer, however that process ends. The child must lead a process
    group of its own.
    """

    def watch() -> None:
        while True:
            try:
                if not os.read(handle, 4096):
                    break
            except InterruptedError:
                continue
            except OSError:
                break
        os.killpg(0, signal.SIGKILL)

    threading.Thread(target=watch, name="lowtide-lifeline", daemon=True).start()
