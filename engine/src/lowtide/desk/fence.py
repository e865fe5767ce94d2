"""Of several desks over one warehouse one sends: the one that started last. The others see it and stop.

Each start writes a row with the next number and renews it each 5 seconds. A start that finds a row which another desk renews
stands by, until that row has stood still for 15 seconds; with `take_over` it does not wait. The warehouse has no compare and
set: two desks may send for at most 5 seconds side by side, and their messages have equal ids.
"""

from __future__ import annotations

import json
import os
import secrets
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress

from lowtide.desk.store import Store, Transaction
from lowtide.errors import StateInUseError, SupersededError, WarehouseError
from lowtide.rows import instant_of_ms
from lowtide.warehouse import Warehouse, desk_record
from lowtide.warehouse.desk_record import Generation

RENEW_S = 5.0
STILL_S = 15.0
"""Seconds for which the row of another desk must stand still before it counts as left over."""
_LOOK_S = 1.0
_NONCES = "nonces"
"""Name under which desk.db keeps the nonces of this folder's last starts: the last one, and those that were just tried."""


class Fence:
    """The generation of this desk. Any thread may call `check`."""

    def __init__(
        self, warehouse: Warehouse, store: Store, *, renew_s: float = RENEW_S, still_s: float = STILL_S
    ) -> None:
        self._warehouse, self._store = warehouse, store
        self._renew_s, self._still_s = renew_s, still_s
        self.reading = warehouse
        """The handle of `check`: with one of its own it does not wait for rows that are written."""
        self.own: Generation | None = None
        self.standby: str | None = None
        """The machine of the desk for which this one stands by."""
        self._checked = 0.0
        self._lost = threading.Event()

    def take(self, stop: threading.Event, *, take_over: bool = False, waits: bool = True) -> bool:
        """Become the desk that sends; waits while another one lives. False: `stop` was set.

        Without `waits` it raises StateInUseError when another one shows that it lives. Raises WarehouseError.
        """
        highest = desk_record.highest_generation(self._warehouse)
        if highest is not None and not take_over and not self._is_left(highest):
            highest = self._stand_by(highest, stop, waits)
            if stop.is_set():
                return False
        self.standby = None
        number = (highest.number if highest else 0) + 1
        self.own = Generation(number, secrets.token_hex(8), socket.gethostname(), os.getpid())
        with self._store.transaction() as tx:
            tx.set_meta(_NONCES, " ".join([*_nonces(tx), self.own.nonce]))
        self.renew()
        with self._store.transaction() as tx:
            tx.set_meta(_NONCES, self.own.nonce)
        return True

    def check(self) -> None:
        """Raises SupersededError if a later desk has started. While the warehouse is away it goes on."""
        if self._lost.is_set():
            raise self._superseded(None)
        with suppress(WarehouseError):
            highest = desk_record.highest_generation(self.reading)
            if highest is not None and self.own is not None and highest.is_above(self.own):
                self._lost.set()
                raise self._superseded(highest)

    def renew(self, *, ended: bool = False) -> None:
        """Show that this desk lives, or that it has ended in order. Raises WarehouseError."""
        assert self.own is not None
        now = time.time_ns() // 1_000_000
        row = {
            "number": self.own.number, "nonce": self.own.nonce, "host": self.own.host, "pid": self.own.pid,
            "renewed_at": instant_of_ms(now), "version": 2 * now + int(ended), "ended": ended,
        }  # fmt: skip
        desk_record.insert_json(self._warehouse, "desk_generation", [json.dumps(row)])

    def watch(self, stop: threading.Event, failed: Callable[[BaseException], None]) -> None:
        """Renew and check until `stop` is set; runs in a thread of its own."""
        while not stop.wait(self._renew_s):
            try:
                with suppress(WarehouseError):
                    self.check()
                    self.renew()
            except SupersededError as error:
                failed(error)
                return

    def end(self) -> None:
        """Say that this desk has ended in order, so that the next start need not wait."""
        if self.own is not None and not self._lost.is_set():
            with suppress(WarehouseError):
                self.renew(ended=True)

    def _is_left(self, highest: Generation) -> bool:
        """Whether a desk has ended, or was this folder's last one: the folder is locked, so that process has died."""
        if highest.ended:
            return True
        with self._store.read() as tx:
            if highest.nonce in _nonces(tx):
                return True
        age_s = time.time() - highest.renewed_at / 1000
        return age_s > self._still_s and not self._renews(highest)

    def _renews(self, highest: Generation) -> bool:
        """Whether its row has changed since it was read."""
        return desk_record.highest_generation(self._warehouse) != highest

    def _stand_by(self, highest: Generation, stop: threading.Event, waits: bool) -> Generation:
        """Wait until the highest row has stood still for long enough; returns it."""
        since = time.monotonic()
        while time.monotonic() - since < self._still_s and not highest.ended:
            self.standby = highest.host
            if stop.wait(min(_LOOK_S, self._still_s / 4)):
                return highest
            with suppress(WarehouseError):
                now = desk_record.highest_generation(self._warehouse)
                if now is not None and now != highest:
                    if not waits and not now.ended:
                        raise _at_work(now)
                    highest, since = now, time.monotonic()
        return highest

    def _superseded(self, highest: Generation | None) -> SupersededError:
        who = f": process {highest.pid} on `{highest.host}`" if highest else ""
        return SupersededError(
            f"another desk has taken over{who}",
            "One desk sends for one warehouse. End the other one before you start this one again.",
        )


def _at_work(other: Generation) -> StateInUseError:
    return StateInUseError(
        f"a desk is at work for this warehouse: process {other.pid} on `{other.host}`",
        "It tells what is due by itself. End it first if you want to tell from here.",
    )


def _nonces(tx: Transaction) -> list[str]:
    return (tx.meta(_NONCES) or "").split()
