"""The child's side: read what is asked, load the task, give up network, memory and time, work, answer.

`python -m lowtide.service.children.main`, with the task as the first line of standard input. It ends with its parent.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Mapping
from importlib import import_module
from typing import Any

import orjson

from lowtide.errors import LowtideError, SettingsError
from lowtide.readers.confinement import Limits, end_with, limit, without_network


def main() -> int:
    """Do one task."""
    asked = orjson.loads(_line(0))
    end_with(0)
    out = os.dup(1)
    os.dup2(2, 1)  # what a library prints is not an answer
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # a file that grows too large is an OSError

    def tell(said: Mapping[str, Any]) -> None:
        data = orjson.dumps(said, option=orjson.OPT_APPEND_NEWLINE)
        while data:
            data = data[os.write(out, data) :]

    work = import_module(asked["task"]).work
    if not asked["network"]:
        without_network()
    limit(Limits(*asked["limits"]))
    try:
        result = work(asked["arguments"], lambda facts: tell({"progress": facts}))
        tell({"result": result})
    except MemoryError:
        tell({"error": {"kind": "memory", "message": "", "hint": ""}})
    except LowtideError as error:
        kind = "settings" if isinstance(error, SettingsError) else "job"
        tell({"error": {"kind": kind, "message": error.message, "hint": error.hint}})
    except Exception as error:  # a mistake of ours must reach the person who asked
        kind = "memory" if "alloc" in str(error) or "realloc" in str(error) else "job"
        tell({"error": {"kind": kind, "message": f"{type(error).__name__}: {error}", "hint": ""}})
    return 0


def _line(handle: int) -> bytes:
    """The first line, byte after byte: what comes behind it is for the lifeline."""
    read = bytearray()
    while not read.endswith(b"\n"):
        data = os.read(handle, 1)
        if not data:
            sys.exit(1)
        read += data
    return bytes(read)


if __name__ == "__main__":
    os._exit(main())  # nothing has to be tidied
