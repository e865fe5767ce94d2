"""The desk decides what the plain model decides: whom it tells of what, when and why, and which steps it records."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from lowtide.desk.store import Store
from tests.desk.model.histories import START, History, histories
from tests.desk.model.plain import HOUR, Plain, Told
from tests.desk.model.real import KINDS, Real

EXAMPLES = int(os.environ.get("LOWTIDE_EXAMPLES", "40"))
WITHOUT_SHRINKING = (Phase.explicit, Phase.reuse, Phase.generate)
"""A smaller example of a disagreement takes minutes; histories are short as they are."""


@pytest.fixture(scope="module")
def empty() -> Iterator[Path]:
    """A desk.db without a row, to copy: it is in memory where the machine has such a disk."""
    with tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as folder:
        Store.open(Path(folder) / "empty" / "desk.db").close()
        yield Path(folder)


@settings(
    max_examples=EXAMPLES,
    phases=WITHOUT_SHRINKING,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(histories())
def test_the_desk_tells_what_the_model_tells(empty: Path, history: History) -> None:
    plain_told, real_told, plain, real = played(empty, history)
    assert by_second(real_told) == by_second(plain_told)
    assert sorted(real) == sorted(plain)


def played(
    empty: Path, history: History
) -> tuple[
    list[Told], list[Told], list[tuple[str, int, int, str, int]], list[tuple[str, int, int, str, int]]
]:
    """The messages of both, and the steps of both. Each is stepped at the seconds of both."""
    folder = empty / "desk"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(empty / "empty", folder)
    with Store.open(folder / "desk.db") as store:
        model, desk = Plain(history.book, START), Real(store, history.book, START)
        told: tuple[list[Told], list[Told]] = [], []

        def until(end: int) -> None:
            while (
                at := min((one for one in (model.next(), desk.next()) if one is not None), default=end)
            ) < end:
                told[0].extend(model.step(at))
                told[1].extend(desk.step(at))

        for moment in history.moments:
            until(moment.at)
            told[0].extend(model.step(moment.at, moment.entries, moment.book))
            told[1].extend(desk.step(moment.at, moment.entries, moment.book))
        until(history.moments[-1].at + 26 * HOUR)
        return told[0], told[1], model.escalated, desk.escalated


def by_second(told: list[Told]) -> list[tuple[int, str, str, list[str]]]:
    """What is compared: second, person, reason and the alerts that are named."""
    return sorted(
        (one.at - START, one.person, one.reason, sorted(one.alerts)) for one in told if one.reason in KINDS
    )
