"""Yesterday's file, then today's, is one log; a run that died goes on; and a state that cannot be trusted is said so."""

from __future__ import annotations

import json
import pickle
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from lowtide.errors import StateVersionError
from lowtide.state import FORMAT, StateFolder

from .test_run_command import DATA, tables


@pytest.fixture
def days(log, tmp_path) -> tuple[Path, Path]:
    """The log in two files of the same name: the file's name is part of every row."""
    lines = log.read_bytes().splitlines(keepends=True)
    for name, part in (("monday", lines[:800]), ("tuesday", lines[800:])):
        (tmp_path / name).mkdir()
        (tmp_path / name / log.name).write_bytes(b"".join(part))
    return tmp_path / "monday" / log.name, tmp_path / "tuesday" / log.name


@pytest.fixture
def kept(typed, days, tmp_path) -> Path:
    """The state after monday."""
    assert typed("run", days[0], "--warehouse", "none", "--state", tmp_path / "state").code == 0
    return tmp_path / "state"


PASSING = ("-shm", "-wal", "lock", "fence")


def files(folder: Path) -> dict[str, bytes]:
    """What is kept. A reader of the recovery store has files of its own beside it while it reads."""
    kept = (path for path in folder.rglob("*") if path.is_file() and not path.name.endswith(PASSING))
    return {str(path): path.read_bytes() for path in kept}


def segment(state: Path, part: str) -> Path:
    return sorted(state.glob(f"segments/*/{part}/*"))[-1]


def test_two_runs_with_state_are_one_run(log, days, tmp_path):
    options = {"state": tmp_path / "state", "warehouse": tmp_path / "two"}
    two = tables(([days[0]], {**options, "workers": 1}), ([days[1]], {**options, "workers": 3}))
    one = tables(([log], {"warehouse": tmp_path / "one"}))
    for row in (*two["reject"], *one["reject"]):
        del row["line"]  # a line of another file
    for table in DATA:
        assert two[table] == one[table], table


def test_a_file_that_was_read_is_not_read_again(typed, kept, days, log):
    """Somebody who is not sure whether yesterday's run ended types it again."""
    again = json.loads(typed("run", days[0], "--warehouse", "none", "--state", kept, "--json").out)
    assert again["counts"]["records"] == 0 and again["positions"] == 40
    tuesday = json.loads(typed("run", days[1], "--warehouse", "none", "--state", kept, "--json").out)
    assert tuesday["counts"]["records"] == len(log.read_bytes().splitlines()) - 800


def test_the_folder_holds_what_is_drawn(kept):
    belongs = json.loads((kept / "state.json").read_bytes())
    assert belongs.pop("policy_version")
    assert belongs == {
        "format": FORMAT, "pipeline": "lowtide", "source": "movements.jsonl", "key_groups": 16, "stride": 1,
    }  # fmt: skip
    assert FORMAT == 3
    assert {path.name for path in kept.iterdir()} == {
        "state.json",
        "lock",
        "fence",
        "epochs",
        "segments",
        "run",
    }
    state = StateFolder.open(kept)
    assert state is not None
    manifests = {one.part: one for one in state.epochs.manifests(state.epochs.resume_epoch())}
    assert set(manifests) == {"log", *(f"group-{number:04d}" for number in range(16))}
    assert manifests["log"].next == 800 and manifests["log"].bookmark["ended"] is True
    assert all(one.segments and len(one.to_json()) < 2048 for one in manifests.values())
    assert state.damage(list(manifests.values())) is None


def _flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))


def _change_manifests(state: Path, replace: tuple[str, str] = ("", ""), **changes: object) -> None:
    """Writes every manifest again, with one text in place of another."""
    with closing(sqlite3.connect(state / "epochs/part-0.sqlite3")) as store, store:
        for row, change in store.execute("SELECT rowid, ser_change FROM snaps").fetchall():
            if isinstance(manifest := pickle.loads(change), bytes):
                changed = json.loads(manifest.decode().replace(*replace)) | changes
                data = pickle.dumps(json.dumps(changed).encode())
                store.execute("UPDATE snaps SET ser_change = ? WHERE rowid = ?", (data, row))


def _of_version(state: Path, magic: str) -> None:
    """A key group as another version would have written it: another format, and checksums that are right."""
    path = segment(state, "group-0003")
    old = path.read_bytes()
    body = magic.encode() + old[4:-8]
    query = f"import chdb; print(chdb.query(\"SELECT xxh3(unhex('{body.hex()}'))\", 'CSV'))"
    told = subprocess.run([sys.executable, "-c", query], capture_output=True, text=True, check=True).stdout
    checksum = int(told).to_bytes(8, "little")
    path.write_bytes(body + checksum)
    _change_manifests(state, (old[-8:].hex(), checksum.hex()))


def _changed(**changes: object):
    def change(state: Path) -> None:
        belongs = json.loads((state / "state.json").read_bytes())
        (state / "state.json").write_text(json.dumps({**belongs, **changes}))

    return change


DAMAGE = {
    "a bit of the log": (lambda state: _flip(segment(state, "log")), 1, "is damaged"),
    "a bit of a key group": (lambda state: _flip(segment(state, "group-0003")), 1, "is damaged"),
    "a file cut short": (lambda state: segment(state, "group-0000").write_bytes(b""), 1, "is damaged"),
    "a file lost": (lambda state: segment(state, "group-0001").unlink(), 1, "cannot be read: No such file"),
    "the recovery store": (
        lambda state: (state / "epochs/part-0.sqlite3").write_bytes(b"nonsense" * 999),
        1,
        "part-0.sqlite3` of the state is damaged: file is not a database",
    ),
    "what it belongs to lost": (
        lambda state: (state / "state.json").unlink(),
        1,
        "`state.json` is missing",
    ),
    "what it belongs to cut": (
        lambda state: (state / "state.json").write_text('{"format": 1'),
        1,
        "cannot be read",
    ),
    "what it belongs to another": (
        lambda state: (state / "state.json").write_text("[]"),
        1,
        "cannot be read",
    ),
    "a later format": (_changed(format=4), 2, "has state format 4"),
    "a later format of its files": (
        lambda state: _of_version(state, "LTG9"),
        2,
        "has format LTG9, which this version cannot",
    ),
    "a later format of its manifests": (
        lambda state: _change_manifests(state, v=2),
        2,
        "manifests of version 2",
    ),
    "the format before": (_changed(format=2), 2, "has state format 2"),
    "the format before of its files": (
        lambda state: _of_version(state, "LTG2"),
        2,
        "has format LTG2, which this version cannot",
    ),
    "another pipeline": (_changed(pipeline="other"), 2, "holds the state of pipeline `other`"),
    "a field that is not known": (_changed(more=1), 1, "cannot be read"),
}


@pytest.mark.parametrize("what", DAMAGE)
def test_a_damaged_state_is_named_and_left_alone(typed, kept, days, what):
    """The files before the damage are not at hand in full, so nothing is read again from the start by itself."""
    damage, code, words = DAMAGE[what]
    damage(kept)
    before = files(kept)
    said = typed("run", days[1], "--warehouse", "none", "--state", kept)
    assert said.code == code and words in said.err and "Traceback" not in said.err
    same = {path: data for path, data in files(kept).items() if "/epochs/" not in path}
    assert same == {path: data for path, data in before.items() if "/epochs/" not in path}


VERSIONS = [
    "a later format", "a later format of its files", "a later format of its manifests", "the format before",
    "the format before of its files",
]  # fmt: skip


@pytest.mark.parametrize("what", VERSIONS)
@pytest.mark.parametrize("command", ["ls", "verify", "export"])
def test_a_state_of_another_version_is_not_damage(typed, kept, what, command):
    """It is said with what to do about it, and the state is left as it is for the version that wrote it."""
    change, code, words = DAMAGE[what]
    change(kept)
    before = files(kept)
    said = typed("state", command, kept)
    assert said.code == code == 2 and words in said.err and not said.out
    assert "Go on with the version of `lowtide` that wrote it, or give an empty folder" in said.err
    assert files(kept) == before


@pytest.mark.parametrize("what", VERSIONS)
def test_a_topic_does_not_begin_again_over_a_state_of_another_version(kept, what):
    """A damaged state of a topic is read again from its start; one of another version would be lost by that."""
    change, *_ = DAMAGE[what]
    change(kept)
    before = files(kept)
    with pytest.raises(StateVersionError) as caught:
        state = StateFolder.open(kept)
        state.prepare(lambda what, then: None, afresh=True)
    assert caught.value.exit_code == 2 and caught.value.hint
    assert files(kept) == before


def test_other_key_groups_than_the_state_has_are_refused(typed, kept, days, monkeypatch):
    monkeypatch.setenv("LOWTIDE_KEY_GROUPS", "4")
    said = typed("run", days[1], "--warehouse", "none", "--state", kept)
    assert said.code == 2 and "was written with 16 key groups, not 4" in said.err


def test_a_folder_of_somebody_is_not_replaced(typed, days, tmp_path):
    """`--state` of a folder full of photographs must not end with an empty folder."""
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "me.jpg").write_text("me")
    said = typed("run", days[0], "--warehouse", "none", "--state", tmp_path / "photos")
    assert said.code == 2 and "is not a state: it holds `me.jpg`" in said.err
    assert [path.name for path in (tmp_path / "photos").iterdir()] == ["me.jpg"]
    shutil.rmtree(tmp_path / "photos")
    (tmp_path / "photos").write_text("a file")
    said = typed("run", days[0], "--warehouse", "none", "--state", tmp_path / "photos")
    assert said.code == 2 and "is a file" in said.err


def test_an_empty_folder_is_a_fresh_start(typed, days, tmp_path):
    (tmp_path / "state").mkdir()
    assert typed("run", days[0], "--warehouse", "none", "--state", tmp_path / "state").code == 0
    assert (tmp_path / "state" / "state.json").exists()


def test_files_that_had_too_many_rejects_were_not_read_to_their_end(typed, days, tmp_path):
    """Other files went on behind them, and what followed the last reject was lost."""
    days[0].write_bytes(b"{\n" * 5 + days[0].read_bytes())
    command = ["--warehouse", "none", "--state", tmp_path / "state", "--block-records", 2]
    assert typed("run", days[0], *command, "--max-rejects", 3).code == 1
    other = typed("run", days[1], *command)
    assert other.code == 2 and "did not come to the end of `movements.jsonl`" in other.err
    assert json.loads(typed("run", days[0], *command, "--json").out)["counts"]["records"] > 700


def test_a_run_that_fails_leaves_the_state_it_started_from(typed, kept, days):
    before = {path: data for path, data in files(kept).items() if "/segments/" in path}
    assert typed("run", days[1], "--warehouse", "http://127.0.0.1:1", "--state", kept).code == 4
    assert {path: data for path, data in files(kept).items() if "/segments/" in path} == before
    again = json.loads(typed("run", days[1], "--warehouse", "none", "--state", kept, "--json").out)
    assert again["counts"]["records"] > 100
