"""desk.db: all or nothing, one desk a folder, and errors that say what to do."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from lowtide.desk.store import Store
from lowtide.errors import StateAccessError, StateError, StateInUseError, StateVersionError


def test_a_transaction_that_fails_leaves_nothing(tmp_path: Path) -> None:
    with Store.open(tmp_path / "desk.db") as store:
        with pytest.raises(ZeroDivisionError), store.transaction() as tx:
            tx.set_meta("a", "1")
            raise ZeroDivisionError
        with store.read() as tx:
            assert tx.meta("a") is None


def test_a_reader_sees_one_moment_and_waits_for_nobody(tmp_path: Path) -> None:
    with Store.open(tmp_path / "desk.db") as store, store.read() as reader:
        assert reader.meta("a") is None
        with store.transaction() as tx:
            tx.set_meta("a", "1")
        assert reader.meta("a") is None
        with store.read() as later:
            assert later.meta("a") == "1"


def test_a_reader_cannot_write(tmp_path: Path) -> None:
    with (
        Store.open(tmp_path / "desk.db") as store,
        pytest.raises(StateAccessError, match="may not be written"),
        store.read() as tx,
    ):
        tx.set_meta("a", "1")


def test_threads_take_turns(tmp_path: Path) -> None:
    with Store.open(tmp_path / "desk.db") as store:
        with store.transaction() as tx:
            tx.set_meta("n", "0")

        def count() -> None:
            for _ in range(20):
                with store.transaction() as tx:
                    tx.set_meta("n", str(int(tx.meta("n") or 0) + 1))

        threads = [threading.Thread(target=count) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        with store.read() as tx:
            assert tx.meta("n") == "80"


def test_a_second_desk_on_the_folder_is_told_who_has_it(tmp_path: Path) -> None:
    with Store.open(tmp_path / "desk.db"), pytest.raises(StateInUseError, match=f"process {os.getpid()} "):
        Store.open(tmp_path / "desk.db")
    Store.open(tmp_path / "desk.db").close()


def test_a_short_command_works_beside_a_desk(tmp_path: Path) -> None:
    with Store.open(tmp_path / "desk.db") as desk, Store.beside(tmp_path / "desk.db") as command:
        with command.transaction() as tx:
            tx.set_meta("said", "by the command")
        with desk.read() as tx:
            assert tx.meta("said") == "by the command"


def test_a_command_without_a_desk_makes_none(tmp_path: Path) -> None:
    with pytest.raises(StateAccessError, match="there is no desk"):
        Store.beside(tmp_path / "desk.db")
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_file_says_how_it_is_made_again(tmp_path: Path) -> None:
    (tmp_path / "desk.db").write_bytes(
        b"this is not a database, and it is long enough to be read as a page" * 99
    )
    with pytest.raises(StateError) as error:
        Store.open(tmp_path / "desk.db")
    assert "desk.db-wal" in error.value.hint


def test_a_file_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    with Store.open(tmp_path / "desk.db") as store, store.transaction() as tx:
        tx.execute("PRAGMA user_version = 9000")
    before = (tmp_path / "desk.db").read_bytes()
    with pytest.raises(StateVersionError, match="9000"):
        Store.open(tmp_path / "desk.db")
    assert (tmp_path / "desk.db").read_bytes() == before


def test_a_full_disk_is_an_error_and_then_it_goes_on(tmp_path: Path) -> None:
    with Store.open(tmp_path / "desk.db") as store:
        with store.transaction() as tx:
            pages = tx.value("PRAGMA page_count")
        store._writer.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(StateAccessError, match="the disk is full"), store.transaction() as tx:
            tx.set_meta("long", "x" * 1_000_000)
        store._writer.execute("PRAGMA max_page_count = 1000000")
        with store.transaction() as tx:
            assert tx.meta("long") is None
            tx.set_meta("long", "x" * 1_000_000)


def test_a_kill_before_the_commit_leaves_nothing_and_after_it_all(tmp_path: Path) -> None:
    code = """
import sys
from pathlib import Path
from lowtide.desk.store import Store
store = Store.open(Path(sys.argv[1]))
with store.transaction() as tx:
    tx.set_meta(sys.argv[2], "kept")
"""
    for crash in ("before_commit", "after_commit"):
        done = subprocess.run(
            [sys.executable, "-c", code, str(tmp_path / "desk.db"), crash],
            env={**os.environ, "LOWTIDE_TEST_CRASH": crash, "PYTHONPATH": os.pathsep.join(sys.path)}, check=False,
        )  # fmt: skip
        assert done.returncode == -9
    with Store.open(tmp_path / "desk.db") as store, store.read() as tx:
        assert (tx.meta("before_commit"), tx.meta("after_commit")) == (None, "kept")


def test_a_row_to_ship_is_replaced_by_its_next_version(tmp_path: Path) -> None:
    with Store.open(tmp_path / "desk.db") as store:
        with store.transaction() as tx:
            tx.ship("t", "1", {"n": 1})
            tx.ship("t", "2", {"n": 1})
            tx.ship("t", "1", {"n": 2})
        with store.read() as tx:
            assert [row["row"] for row in tx.rows("SELECT row FROM ship ORDER BY n")] == [
                '{"n":1}',
                '{"n":2}',
            ]
