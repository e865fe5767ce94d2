"""Two runs on one state folder damage each other's state: the second is refused, on one machine and across machines."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from lowtide.errors import JobError, StateInUseError, SupersededError
from lowtide.operation import free_addresses
from lowtide.state.hold import Fence, Hold
from tests.launcher import python

from .conftest import files, run


def fence(folder: Path) -> dict[str, object]:
    return dict(orjson.loads((folder / "fence").read_bytes()))


def write(folder: Path, found: Fence) -> None:
    (folder / "fence").write_bytes(orjson.dumps(vars(found)))


def other_machine(**changes: object) -> Fence:
    """The fence of a run under another kernel."""
    return replace(Fence.own(), host="shop-2", pid=7, kernel="another", token="theirs", **changes)


def test_the_second_run_is_refused_while_the_first_lives(made: Path, state: Path) -> None:
    """The refusal names the process, and changes nothing."""
    with Hold(state):
        before = files(state)
        done = run("run", made / "0" / "movements.jsonl", "--state", state, "--warehouse", "none")
        assert done.returncode == 2 and "Traceback" not in done.stderr
        assert f"the state in `{state}` is in use: process {os.getpid()} on `" in done.stderr
        assert "Stop the other run, or give this one a state folder of its own." in done.stderr
        assert files(state) == before
    assert fence(state)["ended"] is True
    assert run("run", made / "2" / "movements.jsonl", "--state", state, "--warehouse", "none").returncode == 0


HOLDS = """
import sys, time
from pathlib import Path
from lowtide.state.hold import Hold
with Hold(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(600)
"""


def test_a_run_that_was_killed_leaves_no_lock(tmp_path: Path) -> None:
    process = subprocess.Popen([*python(), "-c", HOLDS, str(tmp_path)], stdout=subprocess.PIPE)
    assert process.stdout is not None and process.stdout.readline() == b"held\n"
    with pytest.raises(StateInUseError), Hold(tmp_path):
        pass
    process.kill()
    process.communicate()
    with Hold(tmp_path, watch_s=600):
        assert fence(tmp_path)["pid"] == os.getpid()


def test_the_fence_of_another_machine_that_beats_is_in_use(tmp_path: Path) -> None:
    """Its lock may not be seen here."""
    theirs = other_machine()
    write(tmp_path, theirs)
    beat = threading.Timer(0.2, lambda: write(tmp_path, replace(theirs, beat=1)))
    beat.start()
    with pytest.raises(StateInUseError, match="process 7 on `shop-2`"), Hold(tmp_path, beat_s=0.05):
        pass
    beat.join()
    assert fence(tmp_path)["token"] == "theirs"


def test_one_that_stands_still_or_has_ended_is_taken_over(tmp_path: Path) -> None:
    write(tmp_path, other_machine())
    with Hold(tmp_path, watch_s=0.1, beat_s=0.02):
        assert fence(tmp_path)["pid"] == os.getpid()
    write(tmp_path, other_machine(ended=True))
    with Hold(tmp_path, watch_s=600):
        assert fence(tmp_path)["pid"] == os.getpid()


def test_a_run_that_was_taken_for_dead_ends_and_leaves_the_fence(tmp_path: Path) -> None:
    """A machine that slept for an hour wakes up, and another one has gone on."""
    with Hold(tmp_path, beat_s=0.02) as hold:
        hold.must_be_ours()
        write(tmp_path, other_machine())
        with pytest.raises(SupersededError, match="process 7 on `shop-2`") as caught:
            hold.must_be_ours()
        assert caught.value.exit_code == 76
        time.sleep(0.1)
    assert fence(tmp_path)["token"] == "theirs" and fence(tmp_path)["ended"] is False


def test_a_fence_beats_and_a_torn_one_stops_nobody(tmp_path: Path) -> None:
    (tmp_path / "fence").write_bytes(b'{"host":"sho')
    with Hold(tmp_path, beat_s=0.01) as hold:
        until = time.monotonic() + 30
        while fence(tmp_path)["beat"] == 0 and time.monotonic() < until:
            time.sleep(0.01)
        hold.must_be_ours()
        assert fence(tmp_path)["beat"] != 0


def test_a_fence_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "fence").mkdir()
    with pytest.raises(JobError, match="the state cannot be written to"), Hold(tmp_path):
        pass
    (tmp_path / "fence").rmdir()
    with Hold(tmp_path):
        pass


APART = """
import sys
from lowtide.cli.main import main
from lowtide.operation import watchdog
watchdog.SHARED_S = 0.5
sys.exit(main(sys.argv[1:]))
"""


def test_processes_that_do_not_share_their_folder_are_refused(made: Path, tmp_path: Path) -> None:
    """Each had its own disk under the same path, and both made checkpoints that no start could use."""
    addresses = free_addresses(2)
    names = {"BYTEWAX_ADDRESSES": ";".join(addresses)}
    command = [*python(), "-c", APART, "run", str(made / "0" / "movements.jsonl"), "--warehouse", "none"]
    processes = [
        subprocess.Popen(
            [*command, "--state", str(tmp_path / f"disk-{number}")],
            env={**os.environ, **names, "BYTEWAX_PROCESS_ID": str(number)}, stderr=subprocess.PIPE, text=True,
        )
        for number in range(2)
    ]  # fmt: skip
    said = [process.communicate(timeout=60)[1] for process in processes]
    assert 2 in [process.returncode for process in processes], said
    assert any("the processes of this cluster do not share a state" in text for text in said), said
