"""`lowtide dashboards export`: writes the files that it lists, and asks for a folder if it is missing."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from lowtide.cli.dashboards import app
from lowtide.errors import SettingsError


def test_it_writes_what_it_lists(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    listed = CliRunner().invoke(app, ["export", "--list"])
    assert listed.exit_code == 0 and not list(tmp_path.iterdir()), "a list writes nothing"
    wrote = CliRunner().invoke(app, ["export", "out"])
    assert wrote.exit_code == 0 and wrote.output == listed.output
    names = {line.split()[0] for line in wrote.output.splitlines()}
    assert names == {str(path.relative_to("out")) for path in Path("out").rglob("*") if path.is_file()}
    assert CliRunner().invoke(app, ["export", "out"]).exit_code == 0, "a second time, over the first"


def test_without_a_folder_it_asks_for_one() -> None:
    assert isinstance(CliRunner().invoke(app, ["export"]).exception, SettingsError)
