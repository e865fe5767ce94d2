"""The clock of a shop goes on when nothing comes: behind the wall's, not before the first file, not for weeks."""

from __future__ import annotations

from pathlib import Path

import pytest

from lowtide.errors import SettingsError
from lowtide.intake.journal import Journal, JournalFolder, frames
from lowtide.shop.first import make
from lowtide.shop.places import Places
from lowtide.shop.quiet import DAY_MS, FAR_MS, MINUTE_MS, STEP_MS, Quiet, beat_at
from lowtide.words import Language

NOW = 20_000 * DAY_MS
HOUR_MS = 60 * MINUTE_MS


def test_the_clock_stays_behind_so_that_sales_of_yesterday_are_not_late() -> None:
    assert beat_at(NOW, NOW - 30 * HOUR_MS, 0) == NOW - 26 * HOUR_MS
    assert beat_at(NOW, NOW - 20 * HOUR_MS, 0) is None, "the data are ahead of it"
    assert beat_at(NOW, NOW - 30 * HOUR_MS, NOW - 26 * HOUR_MS - STEP_MS + 1) is None, (
        "it moves by five minutes"
    )


def test_exports_that_have_stopped_do_not_become_weeks_without_sales() -> None:
    assert beat_at(NOW, NOW - 60 * DAY_MS, 0) == NOW - 60 * DAY_MS + FAR_MS
    assert beat_at(NOW, NOW - 60 * DAY_MS, NOW - 60 * DAY_MS + FAR_MS) is None


def test_no_heartbeat_before_the_first_file_or_while_files_wait(tmp_path: Path) -> None:
    newest, waiting = [None], [False]
    quiet = Quiet(lambda: newest[0], lambda: waiting[0])
    with Journal.open(tmp_path / "journal", clock=lambda: NOW) as journal:
        assert quiet.look(journal) is None
        newest[0], waiting[0] = NOW - 3 * DAY_MS, True
        assert quiet.look(journal) is None
        waiting[0] = False
        assert quiet.look(journal) == NOW - 26 * HOUR_MS and quiet.look(journal) is None
    (frame,) = frames(JournalFolder(tmp_path / "journal"))
    assert b'"heartbeat"' in frame.body


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_first_start_makes_files_that_are_good_and_changes_none_that_is_there(
    tmp_path: Path, lang
) -> None:
    from lowtide.people import Book
    from lowtide.policy import load_policy

    places = Places(tmp_path / "shop")
    assert make(places, "Asia/Shanghai", Language(lang))
    assert load_policy(places.folder / "policy.yaml")
    book = Book.load(places.folder / "people.yaml", None)
    assert [person.contacts for person in book.people.values()] == [("file:messages.jsonl",)]
    (places.folder / "policy.yaml").write_text("{}", "utf-8")
    assert make(places, None, Language(lang)) == []
    assert (places.folder / "policy.yaml").read_text("utf-8") == "{}"


def test_two_lists_of_items_are_a_mistake_that_names_both(tmp_path: Path) -> None:
    for name in ("items.csv", "商品.xlsx"):
        (tmp_path / name).write_bytes(b"")
    with pytest.raises(SettingsError, match=r"items\.csv.*商品\.xlsx"):
        Places(tmp_path).tables()
