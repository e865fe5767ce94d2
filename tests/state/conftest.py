"""A small state with several checkpoints, made once and copied for each test."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from lowtide.samples.synthetic import Synthetic
from lowtide.state import Manifest, StateFolder
from tests.launcher import python


def run(*arguments: object, **options: Any) -> subprocess.CompletedProcess[str]:
    """`lowtide` in a process of its own."""
    command = [*python(), "-m", "lowtide", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, **options)


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the `state` after three files."""
    folder = tmp_path_factory.mktemp("made")
    lines = list(Synthetic(20, 20, 5).lines())
    for day in range(3):
        (folder / f"{day}").mkdir()
        file = folder / f"{day}" / "movements.jsonl"
        file.write_bytes(b"".join(lines[day * len(lines) // 3 : (day + 1) * len(lines) // 3]))
        done = run("run", file, "--state", "state", "--warehouse", "none", cwd=folder)
        assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def state(made: Path, tmp_path: Path) -> Path:
    """The state, for this test alone."""
    return Path(shutil.copytree(made / "state", tmp_path / "state"))


def files(folder: Path) -> dict[str, bytes]:
    """Every file that holds a checkpoint. A reader of the recovery store has files of its own beside it while it reads."""
    passing = ("-shm", "-wal", "lock", "fence")
    kept = (path for path in folder.rglob("*") if path.is_file() and not path.name.endswith(passing))
    return {str(path.relative_to(folder)): path.read_bytes() for path in kept}


def checkpoint(folder: Path) -> list[Manifest]:
    """The manifests with which a run would go on; all files that they name are undamaged."""
    opened = StateFolder.open(folder)
    assert opened is not None
    manifests = opened.epochs.manifests(opened.epochs.resume_epoch())
    assert opened.damage(manifests) is None
    return manifests
