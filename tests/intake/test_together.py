"""`lowtide run --intake`: one process takes documents and runs over them."""

from __future__ import annotations

import json
import subprocess
import time
from pathlib import Path

from lowtide.intake.journal import JournalFolder
from lowtide.intake.journal.readers import readers
from tests.launcher import python

from .documents import lines
from .process import IntakeProcess


def test_one_process_takes_documents_and_runs_over_them(tmp_path: Path) -> None:
    command = ("run", "journal:journal", "--intake", "--state", "state", "--warehouse", "none")
    both = IntakeProcess(
        tmp_path, "--metrics", "off", "--checkpoint-every", "0.05", "--log", "json", command=command
    )
    try:
        assert both.post(lines(1, 2, 3))[1]["first"] == 0
        assert both.post(lines(3, 4))[1]["first"] == 3
        until = time.monotonic() + 60
        while not any(place.next == 5 for place in readers(JournalFolder(both.journal))):
            assert time.monotonic() < until and both.process.poll() is None, both.errors
            time.sleep(0.02)
        assert both.stop() == 0
    finally:
        if both.process.poll() is None:
            both.kill()
    export = [*python(), "-m", "lowtide", "state", "export", "state"]
    out = subprocess.run(export, cwd=tmp_path, capture_output=True, check=True).stdout
    assert json.loads(out)["on_hand"] == "4"


def test_what_does_not_go_together_is_a_mistake(typed, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    for arguments in (
        ["run", "-", "--follow", "--intake"],
        ["run", "--warehouse", "none"],
        ["run", "--intake", "--processes", "2"],
        ["run", "journal:j", "--map", "shop", "--warehouse", "none"],
    ):
        said = typed(*arguments)
        assert said.code == 2 and not said.out, arguments
