"""A process that dies or hangs in native code says so."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

from lowtide.operation.watchdog import GUARD_LINE


def told(program: str, *, timeout: float = 60) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=timeout, check=False
    )
    return done.returncode, done.stderr


def test_a_fault_beside_the_embedded_warehouse_ends_the_process_with_its_place(tmp_path: Path) -> None:
    """ClickHouse's own handler let it hang for ever, without a word."""
    program = f"""
import ctypes, threading
from lowtide.warehouse import open_warehouse
warehouse = open_warehouse("embedded:{tmp_path}", create=True)
def touches_nothing():
    ctypes.string_at(0)
threading.Thread(target=touches_nothing).start()
threading.Event().wait()
"""
    code, text = told(program)
    assert code == -signal.SIGSEGV
    assert "Segmentation fault" in text and "touches_nothing" in text


def test_a_command_says_where_it_died(tmp_path: Path) -> None:
    program = """
import os, signal
from lowtide.cli import application, main
application.application = lambda *_: os.kill(os.getpid(), signal.SIGBUS)
main.main(["run"])
"""
    code, text = told(program)
    assert code == -signal.SIGBUS
    assert "Bus error" in text and "most recent call first" in text


def test_native_code_that_holds_the_interpreter_does_not_hold_it_for_ever() -> None:
    program = f"""
import ctypes, threading, time
from lowtide.core import Guard
from lowtide.operation.crash import say_faults
from lowtide.operation.watchdog import Watchdog
say_faults()
with Watchdog(None, guard=Guard(1.5, {GUARD_LINE!r}), every_s=0.2):
    time.sleep(3)  # a thread that waits does not hold it
    print("alive", flush=True)
    ctypes.PyDLL(None).sleep(60)  # as a call of a library that keeps the lock
"""
    started = time.monotonic()
    code, text = told(program)
    assert code == -signal.SIGABRT and time.monotonic() - started < 40
    assert GUARD_LINE in text and "most recent call first" in text


def test_a_guard_that_is_closed_does_not_end_anything() -> None:
    program = """
import time
from lowtide.core import Guard
guard = Guard(0.5, "late")
guard.beat()
guard.close()
time.sleep(2.5)
"""
    assert told(program) == (0, "")
