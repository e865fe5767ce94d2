"""A checkpoint that is complete survives a power cut: the content and name of each file that it needs are on disk before.

The order is checked in a trace of the system calls. A file was synced, but not the names of the new folders above it.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

CALLS = "openat,mkdir,mkdirat,link,linkat,rename,renameat,renameat2,unlink,unlinkat,write,pwrite64,fsync,fdatasync"
PASSING = ("lock", "fence", "-shm", "-wal", "-journal")
"""Files that a checkpoint does not need, or that SQLite syncs itself."""
TEXT = re.compile(r'"([^"]*)"')
HANDLE = re.compile(r"\(\d+<([^>]*)>")


def calls(trace: Iterable[str]) -> Iterator[tuple[str, str]]:
    """(name, text) of each call that succeeded, in the order of their ends."""
    begun: dict[str, str] = {}
    for line in trace:
        thread, _, text = line.partition(" ")
        text = text.strip()
        if text.endswith("<unfinished ...>"):
            begun[thread] = text.removesuffix("<unfinished ...>")
            continue
        if text.startswith("<..."):
            text = begun.pop(thread, "") + text.partition("resumed>")[2]
        if ") = -1" not in text and not re.search(r"\)\s+= -1", text):
            yield text.partition("(")[0], text


def lost(trace: Iterable[str], state: Path) -> tuple[set[str], int]:
    """What a power cut just after a commit of the recovery store could lose, and the number of commits."""
    names: set[str] = set()
    contents: set[str] = set()
    missing: set[str] = set()
    commits = 0
    for name, text in calls(trace):
        paths, handle = TEXT.findall(text), (HANDLE.findall(text) or [""])[0]
        if name.startswith("mkdir") or (name == "openat" and "O_CREAT" in text):
            names.add(paths[0])
        elif name.startswith(("link", "rename")):
            names.add(paths[1])
        elif name.startswith("unlink"):
            names.discard(paths[0])
            contents.discard(paths[0])
        elif "write" in name:
            contents.add(handle)
        elif handle.endswith("-wal"):
            commits += 1
            inside = {path for path in names | contents if path.startswith(f"{state}/")}
            missing |= {path for path in inside if not path.endswith(PASSING)}
        else:
            contents.discard(handle)
            names = {path for path in names if str(Path(path).parent) != handle}
    return missing, commits


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
def test_what_a_checkpoint_names_is_on_disk_before_it_is_complete(made: Path, tmp_path: Path) -> None:
    state, trace = tmp_path / "deep" / "state", tmp_path / "trace"
    traced = ["strace", "-f", "-qq", "-y", "-s", "256", "-e", f"trace={CALLS}", "-o", str(trace)]
    command = ["-m", "lowtide", "run", str(made / "0" / "movements.jsonl"), "--warehouse", "none"]
    done = subprocess.run(
        [*traced, sys.executable, *command, "--state", str(state)], capture_output=True, timeout=120, check=False
    )  # fmt: skip
    if b"ptrace" in done.stderr:
        pytest.skip("processes may not be traced here")
    assert done.returncode == 0, done.stderr.decode()
    lines = trace.read_text(errors="replace").splitlines()
    missing, commits = lost(lines, state)
    assert not missing and commits > 5
    assert any(f'mkdir("{state}/segments/' in line for line in lines)
    parents = re.compile(rf"fsync\(\d+<{re.escape(str(state))}/segments(/[^/>]*)?>")
    without = [line for line in lines if not parents.search(line)]
    assert any("/group-0000" in path for path in lost(without, state)[0]), (
        "the check sees the mistake that there was"
    )
