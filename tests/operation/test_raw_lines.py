"""A log that programs read has events only: what a library writes by itself is one of them."""

from __future__ import annotations

import json
import subprocess
import sys

CODE = """
import logging, os, sys, threading
from lowtide.operation.log import logger, setup
from lowtide.operation.raw_lines import raw_lines
setup("json")
with raw_lines():
    logger("run").info("checkpoint", parts=1)
    os.write(2, b"thread 'timely:work-0' panicked at src/run.rs:1:\\n")
    os.write(2, b"Broken pipe\\nnote: run with `RUST_BACKTRACE=1`\\n")
    print("from Python", file=sys.stderr, flush=True)
    thread = threading.Thread(target=lambda: 1 / 0, name="worker")
    thread.start()
    thread.join()
print("after", file=sys.stderr)
os.write(2, b"raw again\\n")
"""


def test_the_lines_of_a_panic_are_one_event() -> None:
    done = subprocess.run(
        [sys.executable, "-c", CODE], capture_output=True, text=True, check=True, timeout=60
    )
    lines = done.stderr.splitlines()
    assert lines[-2:] == ["after", "raw again"] and "from Python" in lines
    events = {
        line["event"]: line for line in map(json.loads, (line for line in lines if line.startswith("{")))
    }
    assert set(events) == {"checkpoint", "library_said", "thread_failed"} and len(lines) == 6
    assert events["library_said"]["text"] == (
        "thread 'timely:work-0' panicked at src/run.rs:1:\nBroken pipe\nnote: run with `RUST_BACKTRACE=1`"
    )
    assert (
        events["thread_failed"]["thread"] == "worker"
        and "ZeroDivisionError" in events["thread_failed"]["exception"]
    )
