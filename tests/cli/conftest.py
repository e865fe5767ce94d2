"""Type a command here, or in a process of its own; and one small log for all."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from lowtide.cli.main import main
from tests.launcher import python


@dataclass
class Said:
    """What a command answered."""

    code: int
    out: str
    err: str


Typed = Callable[..., Said]


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch, tmp_path):
    for name in [name for name in os.environ if name.startswith("LOWTIDE_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def typed(capsys) -> Typed:
    """Run a command in this process. Nothing that opens the embedded store: a process has one."""

    def run(*arguments: object) -> Said:
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as stop:
            code = int(stop.code or 0)
        said = capsys.readouterr()
        return Said(code, said.out, said.err)

    return run


def start(*arguments: object, cwd: Path | None = None, **environment: str) -> Said:
    """Run a command as a shell would, with nothing on standard input."""
    done = subprocess.run(
        [*python(), "-m", "lowtide", *map(str, arguments)],
        capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=120, check=False, cwd=cwd,
        env={**os.environ, **environment},
    )  # fmt: skip
    return Said(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def process() -> Typed:
    """Run a command in a process of its own."""
    return start


BAD = b'not json\n{"id":"x"}\n\xff\xfe\n'


@pytest.fixture(scope="session")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twenty days of forty positions, some records twice or late, three that are none."""
    folder = tmp_path_factory.mktemp("shop")
    assert start("generate", "--positions", 40, "--days", 20, "--seed", 5, "--out", folder).code == 0
    path = folder / "movements.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:900]) + BAD + b"".join(lines[900:]))
    return path
