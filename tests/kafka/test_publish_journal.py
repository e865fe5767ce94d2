"""The way out of a journal: its movements in a topic, all those of a position in one partition."""

from __future__ import annotations

from pathlib import Path

from lowtide.core import Job
from lowtide.runner.logs import open_logs
from lowtide.runner.replay import replay_blocks
from tests.intake.documents import document, journal_of

from .test_copy import lowtide
from .test_kafka_source import Make


def test_a_journal_goes_into_a_topic(topic: Make, tmp_path: Path) -> None:
    path = journal_of(tmp_path / "j", document(1, 2, 3), document(3, 4))
    address = topic([], 2)
    lowtide("journal", "publish", address, "--journal", path)
    stock = []
    for name, feed in open_logs([address]).items():
        stock += replay_blocks(Job.of(partition=name), feed).positions
    assert [row["on_hand"] for row in stock] == ["4"]
