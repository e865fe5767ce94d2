"""What a desk keeps for itself: links, keys and passwords are not for the other users of its machine."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lowtide.desk.store import Store
from lowtide.errors import StateInUseError
from lowtide.warehouse import store as warehouse_store


@pytest.fixture(autouse=True)
def _usual_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def modes(folder: Path) -> dict[str, int]:
    return {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}


def test_only_its_user_reads_desk_db(tmp_path: Path) -> None:
    """Messages that wait hold the links of persons."""
    with Store.open(tmp_path / "desk.db") as store:
        with store.transaction() as tx:
            tx.set_meta("a", "b")
        assert modes(tmp_path) == dict.fromkeys(("desk.db", "desk.db-wal", "desk.db-shm", "lock"), 0o600)


def test_a_desk_db_that_others_could_read_is_closed_to_them(tmp_path: Path) -> None:
    Store.open(tmp_path / "desk.db").close()
    (tmp_path / "desk.db").chmod(0o644)
    with Store.open(tmp_path / "desk.db"):
        assert set(modes(tmp_path).values()) == {0o600}


def test_a_password_of_the_command_line_is_not_in_the_lock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = "http://desk:hunter2@store.example:8123"
    monkeypatch.setattr(sys, "argv", ["lowtide", "desk", "--warehouse", address])
    with Store.open(tmp_path / "desk.db"):
        assert (
            "hunter2" not in (tmp_path / "lock").read_text()
            and "store.example" in (tmp_path / "lock").read_text()
        )
        with pytest.raises(StateInUseError) as refused:
            Store.open(tmp_path / "desk.db")
    assert "hunter2" not in str(refused.value)
    monkeypatch.setattr(sys, "argv", ["lowtide", "run", "topic:sales", "--sasl.password=hunter2"])
    monkeypatch.setattr(warehouse_store, "_open", None)  # that of other tests of this process stays as it is
    held = warehouse_store.acquire(tmp_path / "warehouse", create=True)
    assert isinstance(held, warehouse_store.Store)
    said = (tmp_path / "warehouse/lock").read_text()
    held.release()
    assert "hunter2" not in said and "topic:sales" in said
