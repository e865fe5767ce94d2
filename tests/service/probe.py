"""A task for tests of the room: it does what it is told, and says what became of it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from lowtide.errors import SettingsError


def work(asked: Mapping[str, Any], tell: Callable[[Mapping[str, Any]], None]) -> Any:
    """One of the things that a child must not be able to do, or must."""
    match asked["do"]:
        case "answer":
            tell({"done": 1, "of": 2})
            return {"cwd": str(Path.cwd()), "pid": os.getpid()}
        case "sleep":
            helper = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
            tell({"pid": os.getpid(), "helper": helper.pid})
            time.sleep(600)
        case "spin":
            while True:
                pass
        case "fill":
            return len(bytearray(asked["bytes"]))
        case "connect":
            return {kind: _connect(kind) for kind in ("python", "kernel", "unix", "helper")}
        case "refuse":
            raise SettingsError("it is wrong", "do it right")
        case "die":
            os._exit(9)
    return None


def _connect(kind: str) -> str:
    code = "import socket; socket.socket()"
    try:
        if kind == "python":
            socket.socket()
        elif kind == "unix":
            socket.socket(socket.AF_UNIX)
        elif kind == "kernel":
            import ctypes

            libc = ctypes.CDLL(None, use_errno=True)
            if libc.socket(2, 1, 0) < 0:
                raise OSError(ctypes.get_errno(), "refused")
        else:
            done = subprocess.run([sys.executable, "-c", code], capture_output=True)
            if done.returncode:
                raise OSError(13, "refused")
    except OSError as error:
        return f"refused {error.errno}"
    return "open"
