"""A state that cannot be opened is not a damaged one: the run ends with a sentence, and no checkpoint is lost.

A recovery store that another program had locked for 30 seconds once counted as damage: it was deleted, and every checkpoint
with it.
"""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from lowtide.errors import StateAccessError, StateError
from lowtide.runner import flow
from lowtide.runner.plan import Plan
from lowtide.state import StateFolder, epochs
from tests.launcher import python
from tests.runner.in_memory import Kept

from .conftest import checkpoint, files, run


def prepare(folder: Path, *, afresh: bool = True) -> list[tuple[str, str]]:
    """What a start does before it reads; a topic can be read afresh."""
    said: list[tuple[str, str]] = []
    state = StateFolder.open(folder)
    assert state is not None
    state.prepare(lambda what, then: said.append((what, then)), afresh=afresh)
    return said


LOCKS = """
import sqlite3, sys
store = sqlite3.connect(sys.argv[1], isolation_level=None)
if sys.argv[2] == "readers too":
    store.execute("PRAGMA locking_mode = EXCLUSIVE")
store.execute("BEGIN EXCLUSIVE")
store.execute("DELETE FROM snaps")
print("locked", flush=True)
sys.stdin.read()
"""


@contextmanager
def locked(store: Path, who: str) -> Iterator[None]:
    """Another process holds a lock on the store, in the middle of a change that it never commits."""
    process = subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", LOCKS, store, who], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdin is not None and process.stdout is not None
    assert process.stdout.readline() == b"locked\n"
    yield
    process.stdin.close()
    process.wait(10)


@pytest.mark.parametrize("who", ["writers", "readers too"])
def test_a_store_that_another_process_has_locked_is_left_alone(
    state: Path, who: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(epochs, "LOCKED_S", 0.05)
    before = checkpoint(state)
    with locked(state / "epochs" / "part-0.sqlite3", who):
        with pytest.raises(StateAccessError, match="cannot be opened: database is locked") as caught:
            prepare(state)
        assert caught.value.exit_code == 1 and "Nothing in the state was changed" in caught.value.hint
    assert checkpoint(state) == before
    assert not (state / "set-aside").exists()


CHILD = """
import os, resource, sys
from pathlib import Path
from lowtide.errors import LowtideError
from lowtide.state import StateFolder

cause, folder, *amounts = sys.argv[1:]
if cause == "permission" and os.geteuid() == 0:
    os.seteuid(65534)
kind = {"handles": resource.RLIMIT_NOFILE, "disk": resource.RLIMIT_FSIZE}.get(cause)
used = {int(name) for name in os.listdir("/proc/self/fd")}
free = [number for number in range(1024) if number not in used]
for amount in map(int, amounts):
    before = kind and resource.getrlimit(kind)
    if kind is not None:
        resource.setrlimit(kind, (free[amount] if cause == "handles" else amount, before[1]))
    said = "nothing"
    try:
        StateFolder.open(Path(folder)).prepare(lambda *said: print("REBUILT", *said), afresh=True)
    except LowtideError as error:
        said = f"{type(error).__name__} {error.exit_code} {error.message}"
    if kind is not None:
        resource.setrlimit(kind, before)
    print(said)
"""


def outcomes(cause: str, state: Path, *amounts: int) -> list[str]:
    """What a process said that has only so many handles, or bytes for a file, or is not allowed to open something."""
    command = [*python(), "-c", CHILD, cause, str(state), *map(str, amounts)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert len(lines) == len(amounts)
    assert all(
        line == "nothing" or line.startswith(("StateAccessError 1", "JobError 1")) for line in lines
    ), lines
    return lines


def test_too_few_handles_lose_nothing(state: Path) -> None:
    before, stored = checkpoint(state), files(state)
    said = outcomes("handles", state, *range(6))
    assert "nothing" not in said[:2], said
    assert checkpoint(state) == before and files(state).keys() == stored.keys()


@pytest.mark.parametrize("what", ["epochs/part-0.sqlite3", "segment", ""])
def test_a_missing_permission_loses_nothing(state: Path, what: str) -> None:
    path = next(state.glob("segments/*/group-0003/*")) if what == "segment" else state / what
    for above in [path, *path.parents]:  # the folders of pytest are for their owner only
        if state.parent in (above, *above.parents) or above.name.startswith("pytest-"):
            above.chmod(0o777)
    before, mode = files(state), path.stat().st_mode
    path.chmod(0)
    (said,) = outcomes("permission", state, 0)
    path.chmod(mode)
    assert said.startswith("StateAccessError 1"), said
    assert files(state) == before


def test_a_full_disk_loses_nothing(state: Path) -> None:
    """No file may grow beyond so many bytes."""
    before, stored = checkpoint(state), files(state)
    said = outcomes("disk", state, 0, 4096, 40_000)
    assert said[0] != "nothing", said
    assert checkpoint(state) == before and files(state).keys() == stored.keys()


def test_what_the_library_says_of_its_store_is_a_sentence(
    state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The store may be refused later than the check, for example when the last handle is gone."""

    def refuses(*_: object, **__: object) -> None:
        raise RuntimeError(
            "(src/run.rs:167:13) called `Result::unwrap()` on an `Err` value: SqliteFailure(Error { code: CannotOpen, "
            'extended_code: 14 }, Some("unable to open database file"))'
        )

    monkeypatch.setattr(flow, "cli_main", refuses)
    with pytest.raises(
        StateAccessError, match=r"part-0\.sqlite3` of the state cannot be opened: unable to open"
    ):
        flow.run(Plan({}, Kept(), state=StateFolder.open(state)))


@pytest.mark.parametrize("part", ["epochs/part-0.sqlite3", "segments/*/group-0003/*", "state.json"])
def test_a_folder_in_the_place_of_a_file_is_not_damage(state: Path, part: str) -> None:
    """As an I/O error: the file cannot be read, and nobody knows what it holds."""
    (file, *_) = state.glob(part)
    file.rename(state.parent / "moved")
    file.mkdir()
    before = files(state)
    with pytest.raises(StateAccessError, match="cannot be opened"):
        prepare(state)
    assert files(state) == before
    file.rmdir()
    (state.parent / "moved").rename(file)
    assert checkpoint(state)


def _nonsense(state: Path) -> None:
    (state / "epochs/part-0.sqlite3").write_bytes(b"nonsense" * 999)


def _cut(state: Path) -> None:
    store = state / "epochs/part-0.sqlite3"
    store.write_bytes(store.read_bytes()[:9000])


def _without_a_table(state: Path) -> None:
    with closing(sqlite3.connect(state / "epochs/part-0.sqlite3")) as store, store:
        store.execute("DROP TABLE snaps")


def _gone(state: Path) -> None:
    (state / "epochs/part-0.sqlite3").unlink()


def _all_segments(state: Path) -> None:
    for file in state.glob("segments/*/*/*"):
        file.write_bytes(file.read_bytes()[:-1])


PROVEN = {
    "not a database": (_nonsense, "file is not a database"),
    "cut off": (_cut, "is damaged: "),
    "a table is missing": (_without_a_table, "is gone, or does not have its tables any more"),
    "gone": (_gone, "is gone"),
    "every segment": (_all_segments, "is damaged: it is not what was written"),
}


@pytest.mark.parametrize("what", PROVEN)
def test_what_is_proven_to_be_damaged_is_moved_and_never_deleted(state: Path, what: str) -> None:
    damage, words = PROVEN[what]
    damage(state)
    before = files(state)
    with pytest.raises(StateError, match=f"no checkpoint in .* is whole: .*{words}"):
        prepare(state, afresh=False)
    assert {
        name: data for name, data in files(state).items() if "set-aside" not in name
    }.keys() == before.keys()
    told = run("state", "verify", state)
    assert told.returncode == 1 and words in told.stdout + told.stderr
    said = prepare(state)
    assert words in said[-1][0] and "the log is read again from its start" in said[-1][1]
    aside = Path(said[-1][1].split("`")[1])
    assert aside.parent == state / "set-aside"
    assert not list(state.glob("epochs/part-0*")) and not list(state.glob("segments/*/*/*"))
    moved = files(aside)
    assert {name for name in before if name.startswith("segments")} == moved.keys() - {
        "epochs/part-0.sqlite3"
    }
    assert all(moved[name] == data for name, data in before.items() if name.startswith("segments"))
    assert prepare(state) == []


def test_a_damaged_checkpoint_is_kept_beside_the_older_one(state: Path) -> None:
    """The run goes back by one epoch; whoever wants to look at the newest one finds it in full."""
    opened = StateFolder.open(state)
    assert opened is not None
    newest, older, *_ = opened.epochs.kept()
    names = [
        {one.name for manifest in opened.epochs.manifests(epoch) for one in manifest.segments}
        for epoch in (newest, older)
    ]
    (file,) = state.glob(f"segments/*/*/{min(names[0] - names[1])}")
    file.write_bytes(b"")
    before = files(state)
    ((what, then),) = prepare(state)
    assert str(file) in what and f"the checkpoint at epoch {newest} cannot be used" in then
    assert opened.epochs.resume_epoch() == older
    aside = files(Path(then.split("`")[1]))
    assert aside.keys() == {"epochs/part-0.sqlite3"} | {f"segments/{n.split('segments/')[1]}" for n in before if
        n.startswith("segments") and n not in files(state)}  # fmt: skip
    assert file.name in {name.rpartition("/")[2] for name in aside}


def test_a_store_whose_making_was_cut_off_never_held_a_checkpoint(state: Path) -> None:
    for file in state.glob("segments/*/*/*"):
        file.unlink()
    (state / "epochs/part-0.sqlite3").write_bytes(b"")
    assert prepare(state, afresh=False) == []
    assert not list((state / "epochs").iterdir())
