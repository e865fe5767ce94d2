"""The story, tuned once for the tests that only read what came of it; replays run in this process, which is quicker."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

from lowtide.backtest import History, Outcome, Period, run
from lowtide.policy import Policy, load_policy
from lowtide.settings import Settings
from lowtide.tune import Asked, Tuning, propose, tune
from tests.tune import story


def _here(
    history: History, policies: Mapping[str, Policy], period: Period | None = None, **more: Any
) -> dict[str, Outcome]:
    return {name: run(history, policy, period) for name, policy in policies.items()}


def told(folder: Path, judged_seed: int | None = None, is_judged: bool = True) -> Tuning:
    """What comes of the story, whose files are in a folder; without the back-test if it is not to be judged.

    It has a process of its own: a process can have one warehouse open, and other tests may have theirs.
    """
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        return pool.submit(_told, folder, judged_seed, is_judged).result()


def _told(folder: Path, judged_seed: int | None, is_judged: bool) -> Tuning:
    files = story.write(folder, judged_seed)
    history = History.of([files["history"]], Settings(catalogue=files["catalogue"]))
    wanted = Asked(judge_from=story.JUDGE_FROM, kinds=("lines", "horizon"))
    with pytest.MonkeyPatch.context() as patch:
        for name in ("lowtide.tune.replays", "lowtide.backtest.backtest"):
            patch.setattr(sys.modules[name], "outcomes", _here)
        policy = load_policy(files["policy"])
        return tune(history, policy, "shop.yaml", wanted) if is_judged else propose(history, policy, wanted)


@pytest.fixture(scope="session")
def found(tmp_path_factory: pytest.TempPathFactory) -> Tuning:
    """With lines and horizons tried."""
    return told(tmp_path_factory.mktemp("story"))
