"""Stories: a file of people, a ledger, and what the desk told whom.

Each folder here holds `people.yaml` (with `# until: TIME` and what the story is about), `ledger.jsonl` as
`lowtide.desk.history.script` reads it, and `told.jsonl`. `pytest --accept` writes the last one, for review.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from lowtide.desk.decide.moment import ms_of
from lowtide.desk.history.script import Script
from lowtide.people import Book
from lowtide.rows import moment
from tests.desk.decide.world import World, shown

HERE = Path(__file__).parent
STORIES = sorted(path.parent for path in HERE.glob("*/people.yaml"))


@pytest.mark.parametrize("story", STORIES, ids=lambda path: path.name)
def test_story(story: Path, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    told = tell(story, tmp_path)
    expected = story / "told.jsonl"
    if request.config.getoption("--accept"):
        lines = (json.dumps(row, ensure_ascii=False, separators=(", ", ": ")) + "\n" for row in told)
        expected.write_text("".join(lines), "utf-8")
    lines = expected.read_text("utf-8").splitlines()
    assert told == [json.loads(line) for line in lines]


def tell(story: Path, folder: Path) -> list[dict[str, Any]]:
    """What a desk tells that lives through a story."""
    text = (story / "people.yaml").read_text("utf-8")
    until = re.search(r"^# until: (\S+)$", text, re.MULTILINE)
    assert until, "the story does not say when it ends"
    world = World(folder, Book.load(story / "people.yaml"))
    try:
        world.live(Script.read(story / "ledger.jsonl"), ms_of(moment(until[1])))
        return shown(world)
    finally:
        world.close()
