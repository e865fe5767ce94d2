"""A history in several files of a folder leads to what a run over those files leads to: nothing in it is late."""

from __future__ import annotations

from pathlib import Path

from lowtide.core import Job
from lowtide.intake.folder import FolderWatch, Inbox
from lowtide.intake.journal import Journal
from lowtide.intake.memory import Snapshots
from lowtide.runner.logs import open_logs
from lowtide.runner.order import Sorting
from lowtide.runner.replay import Replayed, replay_blocks
from tests.runner.test_order import SHOPS, week, write_csv, write_lines


def replay(*sources: str) -> Replayed:
    job = Job.of(partition="log")
    (feed,) = open_logs(
        list(sources), 100, sorting=None if "journal:" in sources[0] else Sorting(job)
    ).values()
    return replay_blocks(job, feed)


def test_a_week_in_three_files(tmp_path: Path) -> None:
    """Tables and lines, each of one shop and from the newest row to the oldest."""
    inbox = tmp_path / "in"
    inbox.mkdir()
    for number, shop in enumerate(SHOPS):
        rows = [row for row in week() if row["location"] == shop][::-1]
        (write_lines if number else write_csv)(inbox / f"{shop}.{'jsonl' if number else 'csv'}", rows)
    expected = replay(str(inbox))
    assert expected.ledger and expected.counts["late"] == 0
    with Journal.open(tmp_path / "journal") as journal:
        watch = FolderWatch([Inbox(inbox)], Snapshots(journal), Job.of(), settle_s=0)
        assert [arrival.state for arrival in watch.look(journal, 0)] == ["read"] * 3
    found = replay(f"journal:{tmp_path / 'journal'}")
    assert found.positions == expected.positions
    assert found.ledger == expected.ledger
    assert found.counts["late"] == 0
