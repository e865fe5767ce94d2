"""The story, told once for all tests that only read what came of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from lowtide.backtest import Backtest, History, Period, backtest
from lowtide.people import Book
from lowtide.policy import load_policy
from lowtide.settings import Settings
from tests.backtest import story


def told(folder: Path, period: Period | None = None, block_records: int = 4096) -> Backtest:
    """The back-test of the story, whose files are in a folder."""
    files = story.write(folder)
    settings = Settings(catalogue=files["catalogue"], block_records=block_records)
    policies = {name: load_policy(files[name]) for name in ("before", "after")}
    book = Book.load(Path(files["people"]))
    return backtest(History.of([files["history"]], settings), policies, period, book=book)


@pytest.fixture(scope="session")
def result(tmp_path_factory: pytest.TempPathFactory) -> Backtest:
    """The whole week."""
    return told(tmp_path_factory.mktemp("story"))
