"""Start a child, listen to it, and end it when its answer is here, its time is over, or nobody wants the answer any more.

parent ──one line of JSON──▶ child       the task and its arguments; then the pipe stays open as long as the parent lives
parent ◀──lines of JSON──── child       {"progress": …} as often as it likes, at last {"result": …} or {"error": …}
"""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import IO, Any

import orjson

from lowtide.errors import JobError, LowtideError, SettingsError
from lowtide.readers.confinement import Limits

Progress = Callable[[Mapping[str, Any]], None]
_OF_A_TOPIC = ("KAFKA_", "SCHEMA_REGISTRY_", "LOWTIDE_REGISTRY")
"""What a child that reads a topic needs of the environment, and no other password or token."""
_LOOK_S = 0.2
_MOST_LINE = 64 << 20
_MOST_WORDS = 2000
_USUAL = Limits(addresses=4 << 30, cpu_s=600)


class Left(Exception):
    """Nobody wants the answer any more, so the child was ended."""


class TimeOver(JobError):
    """The child needed more time or memory than it may have, and was ended."""


@dataclass(frozen=True)
class Work:
    """What a child is to do."""

    task: str
    """Name of a module with a function `work`, such as `lowtide.service.tasks.people`; never a text of a request."""
    arguments: Mapping[str, Any]
    limits: Limits = _USUAL
    wait_s: float = 900.0
    """Seconds by the clock of the wall after which it is ended."""
    network: bool = False
    """Whether it may use the network: only a replay of a topic may."""


def run(
    work: Work,
    *,
    progress: Progress = lambda facts: None,
    is_wanted: Callable[[], bool] = lambda: True,
) -> Any:
    """The answer of a child. `is_wanted` is asked five times a second.

    Raises Left, TimeOver, SettingsError or JobError; the child has ended before it returns or raises.
    """
    child = _start(work)
    try:
        return _listen(child, work, progress, is_wanted)
    finally:
        _end(child)


def _start(work: Work) -> subprocess.Popen[bytes]:
    environment = {
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "LC_ALL": "C.UTF-8",
        "ARROW_DEFAULT_MEMORY_POOL": "system",  # the others reserve more addresses than a child has
        **{name: value for name, value in os.environ.items() if name in ("HOME", "TMPDIR", "TZ")},
    }  # fmt: skip
    if work.network:
        environment |= {name: value for name, value in os.environ.items() if name.startswith(_OF_A_TOPIC)}
    child = subprocess.Popen(
        [sys.executable, "-s", "-P", "-m", "lowtide.service.children.main"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment,
        start_new_session=True,
    )  # fmt: skip
    asked = {
        "task": work.task, "arguments": work.arguments, "network": work.network,
        "limits": [work.limits.addresses, work.limits.cpu_s, work.limits.output],
    }  # fmt: skip
    assert child.stdin is not None
    with suppress(BrokenPipeError):
        child.stdin.write(orjson.dumps(asked, option=orjson.OPT_APPEND_NEWLINE))
        child.stdin.flush()
    return child


def _listen(
    child: subprocess.Popen[bytes], work: Work, progress: Progress, is_wanted: Callable[[], bool]
) -> Any:
    assert child.stdout is not None
    ends, rest = time.monotonic() + work.wait_s, b""
    with selectors.DefaultSelector() as selector:
        selector.register(child.stdout, selectors.EVENT_READ)
        while True:
            if not is_wanted():
                raise Left
            if time.monotonic() > ends:
                raise _over(work)
            if not selector.select(_LOOK_S):
                continue
            data = _read(child.stdout)
            if not data:
                raise _died(child, work)
            *lines, rest = (rest + data).split(b"\n")
            if len(rest) > _MOST_LINE:
                raise JobError("the answer of the child is too long")
            for line in lines:
                said = orjson.loads(line)
                if "progress" in said:
                    progress(said["progress"])
                elif "result" in said:
                    return said["result"]
                else:
                    raise _error(said["error"])


def _read(pipe: IO[bytes]) -> bytes:
    return os.read(pipe.fileno(), 1 << 20)


def _end(child: subprocess.Popen[bytes]) -> None:
    """End the child and all that it started."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)
    for pipe in (child.stdin, child.stdout):
        if pipe is not None:
            with suppress(OSError):
                pipe.close()
    child.wait()


def _died(child: subprocess.Popen[bytes], work: Work) -> LowtideError:
    """Why a child ended without an answer."""
    code = child.wait()
    if code in (-signal.SIGXCPU, -signal.SIGKILL):
        return _over(work)
    return JobError(
        f"the child process of `{work.task}` ended with code {code} and no answer",
        f"It may use {work.limits.addresses >> 20:,} MiB of memory: try a smaller file or a shorter period.",
    )


def _over(work: Work) -> TimeOver:
    return TimeOver(
        f"it takes longer than {work.limits.cpu_s:,} s of processor time or {work.wait_s:,.0f} s in all",
        "Try a smaller file or a shorter period.",
    )


def _error(said: Mapping[str, str]) -> LowtideError:
    """The error that the child told, of its own class where a person can mend it."""
    message, hint = said["message"][:_MOST_WORDS], said["hint"][:_MOST_WORDS]
    if said["kind"] == "memory":
        return TimeOver("it needs more memory than it may have", "Try a smaller file or a shorter period.")
    return (SettingsError if said["kind"] == "settings" else JobError)(message, hint)
