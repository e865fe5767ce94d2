"""A desk that dies: what each forked process of `desks.py` does. Its main program reads one JSON a line.

It opens desk.db and the warehouse, and lives on the wall clock until SIGTERM, or through a script on a given clock. It ends
with the exit code of the error that ended it. On a script it ships rows in larger batches than the product, to save time.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, cast

from lowtide.desk.clock import ScriptedClock, WallClock
from lowtide.desk.decide import group
from lowtide.desk.desk import Desk
from lowtide.desk.history.drive import Drive
from lowtide.desk.history.script import Script
from lowtide.desk.outflow.ship import ship
from lowtide.desk.store import Store
from lowtide.errors import LowtideError
from lowtide.notify import targets
from lowtide.people import Book
from lowtide.secret import Secret
from lowtide.warehouse import Warehouse, open_warehouse
from tests.desk.battery.deciding import Deciding, deciding
from tests.desk.battery.stock import BatteryShelf

STILL_S = 3.0
"""A row of another desk that stands still for so long counts as left over; the product waits for 15 seconds."""
WAIT_MS = 3000
"""A group waits so long on the wall clock; in the product 30 seconds."""
SHIP_ROWS = 60
KEY = Secret(bytes(range(32)))


def live(asked: dict[str, Any]) -> None:
    """Be a desk."""
    os.environ["LOWTIDE_TEST_CRASH"] = asked["point"]
    people, script = Path(asked["people"]), asked["script"]
    book = _book(people)
    made = {name: targets.make(name, settings, people.parent) for name, settings in book.targets.items()}
    stop, leaving = threading.Event(), threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: leaving.set())
    with Store.open(Path(asked["folder"]) / "desk.db") as store, _warehouse(asked["url"]) as warehouse:
        desk = Desk(
            store, cast("Warehouse", warehouse), book, made, ScriptedClock() if script else WallClock(), link_keys=(KEY,),
            public_url=book.public_url, take_over=asked["take_over"], renew_s=1.0, still_s=STILL_S,
        )  # fmt: skip
        if script:
            _ship_less()
            _drive(desk, Script.read(Path(script)), warehouse, asked)
            while warehouse is not None and ship(store, warehouse):
                pass
        else:
            group.WAIT_MS = WAIT_MS
            thread = deciding(desk, warehouse, leaving, stop)
            try:
                desk.run(stop)
            finally:
                leaving.set()
                thread.join(10)


def _drive(desk: Desk, script: Script, warehouse: Warehouse | None, asked: dict[str, Any]) -> None:
    """Live through a script with proposals and people who decide them. While a proposal waits it would never end."""
    desk.check = lambda: None
    planner = Deciding(desk, BatteryShelf(asked["alerts"], asked["begin"], asked["cut_off"]))
    clock = cast("ScriptedClock", desk.clock)
    Drive(desk, clock, script, warehouse, planner).run(asked["until"])


@cache
def _book(path: Path) -> Book:
    """The people file; it is read once, before the first fork."""
    return Book.load(path)


@contextmanager
def _warehouse(url: str) -> Iterator[Warehouse | None]:
    """The warehouse; an empty address: none, rows stay on their way."""
    if not url:
        yield None
        return
    with open_warehouse(url) as warehouse:
        yield warehouse


def _ship_less() -> None:
    """Rows wait until there are some dozens: an insert for each moment of a history takes most of the time."""
    usual = Drive._ship

    def many(self: Drive) -> None:
        with self._office.store.read() as tx:
            if tx.value("SELECT count(*) FROM ship") >= SHIP_ROWS:
                usual(self)

    Drive._ship = many  # type: ignore[method-assign]


def fork(asked: dict[str, Any]) -> int:
    """Fork a desk; its process id."""
    _book(Path(asked["people"]))
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        sys.stdin.close()
        log = os.open(asked["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(log, 1)
        os.dup2(log, 2)
        live(asked)
        code = 0
    except LowtideError as error:
        print(error, error.hint, file=sys.stderr)
        code = error.exit_code
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def main() -> None:
    """Read what to do, one JSON a line: a desk to fork, or a process to look at."""
    print("ready", flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        if "look" in asked:
            pid, status = os.waitpid(asked["look"], os.WNOHANG)
            print(os.waitstatus_to_exitcode(status) if pid else "alive", flush=True)
        else:
            print(fork(asked), flush=True)


if __name__ == "__main__":
    main()
