"""Two desks: one sends, the other sees it and stops, and they never end each other in turn."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from lowtide.desk.fence import Fence
from lowtide.desk.store import Store
from lowtide.errors import StateInUseError, SupersededError
from lowtide.warehouse import Warehouse, desk_record

STILL = 0.3


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[list[Store]]:
    with ExitStack() as stack:
        yield [stack.enter_context(Store.open(tmp_path / str(n) / "desk.db")) for n in range(2)]


def fence(warehouse: Warehouse, store: Store) -> Fence:
    return Fence(warehouse, store, renew_s=STILL / 6, still_s=STILL)


def test_a_start_takes_the_next_number(warehouse: Warehouse, stores: list[Store]) -> None:
    first, second = (fence(warehouse, store) for store in stores)
    assert first.take(threading.Event()) and first.own and first.own.number == 1
    first.end()
    assert second.take(threading.Event()) and second.own and second.own.number == 2
    second.check()


def test_a_start_stands_by_while_another_desk_lives(warehouse: Warehouse, stores: list[Store]) -> None:
    first, second = (fence(warehouse, store) for store in stores)
    stop, over, failed, done = threading.Event(), threading.Event(), [], []  # type: ignore[var-annotated]
    first.take(stop)
    alive = threading.Thread(target=first.watch, args=(stop, failed.append))
    alive.start()
    waits = threading.Thread(target=lambda: done.append(second.take(over)))
    waits.start()
    waits.join(STILL * 4)
    assert waits.is_alive() and second.standby and second.own is None
    first.check()
    stop.set()
    alive.join()
    waits.join(30)
    assert done == [True] and second.standby is None and failed == []
    with pytest.raises(SupersededError) as error:
        first.check()
    assert error.value.exit_code == 76


def test_what_runs_once_says_that_a_desk_is_at_work_and_does_not_wait_for_it(
    warehouse: Warehouse, stores: list[Store]
) -> None:
    """`--once` beside a living desk waited for it without a word and without an end."""
    first, second = (fence(warehouse, store) for store in stores)
    stop, failed = threading.Event(), []  # type: ignore[var-annotated]
    first.take(stop)
    alive = threading.Thread(target=first.watch, args=(stop, failed.append))
    alive.start()
    with pytest.raises(StateInUseError, match="a desk is at work") as error:
        second.take(threading.Event(), waits=False)
    stop.set()
    alive.join()
    first.check()
    assert "End it first" in error.value.hint and second.own is None and failed == []


def test_take_over_does_not_wait(warehouse: Warehouse, stores: list[Store]) -> None:
    first, second = (Fence(warehouse, store) for store in stores)
    first.take(threading.Event())
    second.take(threading.Event(), take_over=True)
    failed: list[BaseException] = []
    Fence.watch(first, _Soon(), failed.append)
    assert isinstance(failed[0], SupersededError)
    first.end()
    highest = desk_record.highest_generation(warehouse)
    assert highest is not None and second.own is not None and highest.nonce == second.own.nonce


def test_a_restart_on_the_same_folder_does_not_wait(warehouse: Warehouse, stores: list[Store]) -> None:
    """The lock of the folder says that the process before has died."""
    Fence(warehouse, stores[0]).take(threading.Event())
    again = Fence(warehouse, stores[0])
    assert again.take(threading.Event()) and again.own and again.own.number == 2


def test_a_kill_before_the_first_renewal_does_not_make_the_next_start_wait(
    warehouse: Warehouse, stores: list[Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    Fence(warehouse, stores[0]).take(threading.Event())
    killed = Fence(warehouse, stores[0])
    monkeypatch.setattr(killed, "renew", lambda: (_ for _ in ()).throw(KeyboardInterrupt))
    for _ in range(3):
        with pytest.raises(KeyboardInterrupt):
            killed.take(threading.Event())
    again = Fence(warehouse, stores[0])
    assert again.take(threading.Event()) and again.own and again.own.number == 2


def test_a_standby_that_is_stopped_has_not_taken_over(warehouse: Warehouse, stores: list[Store]) -> None:
    Fence(warehouse, stores[0]).take(threading.Event())
    stop = threading.Event()
    stop.set()
    other = Fence(warehouse, stores[1])
    assert other.take(stop) is False and other.own is None


class _Soon(threading.Event):
    """An event that lets a loop go round once."""

    def wait(self, timeout: float | None = None) -> bool:
        return self.is_set() or bool(self.set())
