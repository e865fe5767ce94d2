"""A journal is a log like a topic: offsets, arrival times, resume at a checkpoint, `--follow`."""

from __future__ import annotations

import threading
from pathlib import Path

import orjson
import pytest

from lowtide.core import Job
from lowtide.errors import InputError, SettingsError, TopicChangedError
from lowtide.intake.journal import Document, Journal, JournalFolder, bodies_of, document_hash
from lowtide.intake.journal.feed import JournalFeed
from lowtide.intake.journal.readers import readers
from lowtide.runner.logs import open_logs
from lowtide.runner.replay import replay_blocks
from lowtide.runner.run import Run
from lowtide.settings import load_settings
from lowtide.sources.feed import ResumePoint

from .documents import document, journal_of, lines, movement


def replayed(path: Path, most: int = 4096):
    (feed,) = open_logs([f"journal:{path}"], most).values()
    return replay_blocks(Job.of(partition="journal/0"), feed)


def run(path: Path, state: Path):
    settings = load_settings(state=str(state), warehouse="none", checkpoint_every=0.05)
    return Run([f"journal:{path}"], settings).to_end()


def test_a_journal_gives_the_tables_of_its_lines_in_blocks_of_any_size(tmp_path: Path) -> None:
    path = journal_of(tmp_path / "j", document(1, 2), document(2, 3), document(4))
    for most in (0, 1, 2, 4096):
        done = replayed(path, most)
        assert done.counts["accepted"] == 4 and done.counts["duplicates"] == 1
        assert done.positions[0]["on_hand"] == "4"


def test_rejects_name_the_log_and_their_place(tmp_path: Path) -> None:
    bad = Document(
        document_hash(b"bad"), list(bodies_of([orjson.dumps(movement(9)), b"nonsense", b"\xff{}"]))
    )
    path = journal_of(tmp_path / "j", document(1, 2), bad, document(3))
    done = replayed(path)
    assert [(row["partition"], row["offset"], row["reason"]) for row in done.rejects] == [
        ("journal/0", 3, "not_json"),
        ("journal/0", 4, "not_utf8"),
    ]
    assert done.counts["records"] == 6


def test_arrival_is_known_so_a_clock_that_is_ahead_is_seen(tmp_path: Path) -> None:
    now = 1_795_339_800_000
    ahead = movement(1, event_time=now + 3_600_000)
    with Journal.open(tmp_path / "j", clock=lambda: now) as journal:
        data = orjson.dumps(ahead)
        journal.append(Document(document_hash(data), list(bodies_of([data]))))
    assert replayed(tmp_path / "j").counts["reject.clock_ahead"] == 1


def test_watermarks_and_documents_without_rows_take_no_place(tmp_path: Path) -> None:
    """An empty frame has the number of the row after it: a reader that counted it would pass over that row."""
    empty = Document(document_hash(b""), [bodies_body()])
    path = journal_of(
        tmp_path / "j", empty, document(1), Document.watermark(bytes(16), b"{}\n"), document(2), empty
    )
    done = replayed(path)
    assert done.counts["accepted"] == 2 and done.counts["records"] == 2


def bodies_body():
    from lowtide.intake.journal import Body

    return Body(b"", 0, 0)


def test_a_run_goes_on_at_its_checkpoint_and_tells_the_journal_how_far_it_is(tmp_path: Path) -> None:
    path, state = journal_of(tmp_path / "j", document(1, 2, 3)), tmp_path / "s"
    assert run(path, state).counts["accepted"] == 3
    assert run(path, state).counts["records"] == 0
    journal_of(path, document(3, 4))
    again = run(path, state)
    assert (again.counts["accepted"], again.counts["duplicates"]) == (1, 1)
    (place,) = readers(JournalFolder(path))
    assert (place.name, place.next) == ("lowtide-lowtide", 3), "the end of a run is known to the next one"


def test_another_journal_in_the_folder_is_never_read_on(tmp_path: Path) -> None:
    state = tmp_path / "s"
    run(journal_of(tmp_path / "j", document(1, 2)), state)
    (tmp_path / "j").rename(tmp_path / "old")
    journal_of(tmp_path / "j", document(5, 6, 7))
    with pytest.raises(TopicChangedError, match="another journal"):
        run(tmp_path / "j", state)


def test_a_journal_that_has_lost_what_comes_next_is_never_read_on(tmp_path: Path) -> None:
    folder = JournalFolder(journal_of(tmp_path / "j", document(1, 2)))
    feed = JournalFeed(folder, 10)
    with pytest.raises(TopicChangedError, match="does not hold place 3"):
        feed.begin(ResumePoint(3, folder.identity().id))
    with pytest.raises(InputError, match="no journal"):
        JournalFeed(JournalFolder(tmp_path / "none"), 10)


def test_a_follower_waits_for_the_next_document_and_for_the_next_file(tmp_path: Path) -> None:
    with Journal.open(tmp_path / "j", file_bytes=300) as journal:
        journal.append(document(1))
        blocks = JournalFeed(journal.folder, 10, follow=True).begin(wait=False)
        assert next(blocks).messages.data == lines(1)
        assert next(blocks) is None
        for number in range(2, 6):
            journal.append(document(number))
            block = next(block for block in blocks if block is not None)
            assert block.messages.data == lines(number)
        assert next(blocks) is None
        timer = threading.Timer(0.05, lambda: journal.append(document(9)))
        timer.start()
        waiting = JournalFeed(journal.folder, 10, follow=True).begin(ResumePoint(5))
        assert next(waiting).messages.data == lines(9)
        timer.join()


def test_a_finite_reader_ends_where_the_journal_ended_when_it_began(tmp_path: Path) -> None:
    with Journal.open(tmp_path / "j") as journal:
        journal.append(document(1))
        blocks = JournalFeed(journal.folder, 1).begin()
        assert next(blocks).records == 1
        journal.append(document(2))
        assert next(blocks, None) is None


def test_a_journal_is_read_by_itself_and_as_it_stands(tmp_path: Path) -> None:
    path = journal_of(tmp_path / "j", document(1))
    with pytest.raises(InputError, match="by itself"):
        open_logs([f"journal:{path}", "-"])
    with pytest.raises(SettingsError, match="order"):
        open_logs([f"journal:{path}"], order="event")
