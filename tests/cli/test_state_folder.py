"""Yesterday's file, then today's, is one log; and a state that cannot be trusted is said so."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from test_run_command import DATA, tables

from lowtide.state import FORMAT


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


def test_two_runs_with_state_are_one_run(log, days, tmp_path):
    options = {"state": tmp_path / "state", "warehouse": tmp_path / "two"}
    two = tables(([days[0]], {**options, "workers": 1}), ([days[1]], {**options, "workers": 3}))
    one = tables(([log], {"warehouse": tmp_path / "one"}))
    for table in DATA:
        assert two[table] == one[table], table


def test_the_folder_holds_what_is_drawn(kept):
    manifest = json.loads((kept / "state.json").read_bytes())
    assert manifest["format"] == FORMAT == 1 and manifest["key_groups"] == 16
    assert manifest["partition"] == "movements.jsonl"
    assert {path.name for path in kept.iterdir()} == {"state.json", *manifest["files"]}
    assert {"partition", "group-0000"} <= set(manifest["files"])
    assert {path.name for path in kept.parent.iterdir()} == {"state", "monday", "tuesday"}, "no leftovers"


def _flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))


def _manifest(**changes: object):
    def change(state: Path) -> None:
        manifest = json.loads((state / "state.json").read_bytes())
        (state / "state.json").write_text(json.dumps({**manifest, **changes}))

    return change


DAMAGE = {
    "a bit of the log": (lambda state: _flip(state / "partition"), 1, "partition` is damaged"),
    "a bit of a key group": (lambda state: _flip(state / "group-0003"), 1, "group-0003` is damaged"),
    "a file cut short": (lambda state: (state / "group-0000").write_bytes(b""), 1, "group-0000` is damaged"),
    "a file lost": (lambda state: (state / "group-0001").unlink(), 1, "cannot be read"),
    "the manifest lost": (lambda state: (state / "state.json").unlink(), 1, "`state.json` is missing"),
    "the manifest cut": (
        lambda state: (state / "state.json").write_text('{"format": 1'),
        1,
        "cannot be read",
    ),
    "the manifest another": (lambda state: (state / "state.json").write_text("[]"), 1, "cannot be read"),
    "a later format": (_manifest(format=2), 1, "has state format 2"),
    "other key groups": (_manifest(key_groups=4), 2, "was written with 4 key groups, not 16"),
    "no list of files": (_manifest(files=["partition"]), 1, "cannot be read"),
}


@pytest.mark.parametrize("what", DAMAGE)
def test_a_damaged_state_is_named_and_left_alone(typed, kept, days, what):
    damage, code, words = DAMAGE[what]
    damage(kept)
    before = {path.name: path.read_bytes() for path in kept.iterdir()}
    said = typed("run", days[1], "--warehouse", "none", "--state", kept)
    assert said.code == code and words in said.err and "Traceback" not in said.err
    assert {path.name: path.read_bytes() for path in kept.iterdir()} == before


def test_a_folder_of_somebody_is_not_replaced(typed, days, tmp_path):
    """`--state` of a folder full of photographs must not end with an empty folder."""
    for name in ("photos", "photos.old", "photos.new"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "me.jpg").write_text("me")
        said = typed("run", days[0], "--warehouse", "none", "--state", tmp_path / "photos")
        assert said.code == 2 and "is no state: it holds `me.jpg`" in said.err
        assert (tmp_path / name / "me.jpg").read_text() == "me"
        shutil.rmtree(tmp_path / name)
    (tmp_path / "photos").write_text("a file")
    said = typed("run", days[0], "--warehouse", "none", "--state", tmp_path / "photos")
    assert said.code == 2 and "is a file" in said.err


def test_an_empty_folder_is_a_fresh_start(typed, days, tmp_path):
    (tmp_path / "state").mkdir()
    assert typed("run", days[0], "--warehouse", "none", "--state", tmp_path / "state").code == 0
    assert (tmp_path / "state" / "state.json").exists()


def test_a_run_that_died_between_the_renames_goes_on_from_the_old_state(typed, kept, days):
    shutil.copytree(kept, kept.with_name("state.new"))
    kept.rename(kept.with_name("state.old"))
    (kept.with_name("state.new") / "state.json").unlink()
    said = typed("run", days[1], "--warehouse", "none", "--state", kept, "--json")
    assert said.code == 0 and json.loads(said.out)["positions"] == 40
    assert {path.name for path in kept.parent.iterdir()} == {"state", "monday", "tuesday"}


def test_a_run_that_fails_leaves_the_state_it_started_from(typed, kept, days):
    before = (kept / "state.json").read_bytes()
    assert typed("run", days[1], "--warehouse", "http://127.0.0.1:1", "--state", kept).code == 4
    assert (kept / "state.json").read_bytes() == before
