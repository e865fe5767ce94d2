"""The way to a warehouse that is open now, and how another one is found when it closes.

    folder, not locked      this process locks it and has ClickHouse in itself
    folder, locked          the process that has it serves it on the socket in the folder
    server                  its address

The lock decides: of several processes that find a folder free, one gets it, and the others speak to that one. A process
that has locked the folder and does not listen is starting or ending, so it is waited for.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import clickhouse_connect
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError, OperationalError
from urllib3.exceptions import HTTPError

from lowtide.errors import WarehouseError
from lowtide.operation.crash import say_faults
from lowtide.warehouse.address import Address
from lowtide.warehouse.endpoint import NAME
from lowtide.warehouse.server_errors import sentence
from lowtide.warehouse.socket_pool import SocketPool
from lowtide.warehouse.store import Holder, Store, acquire

WAIT_S = 15.0
"""Seconds for which a process that has the folder may be silent: it starts or ends. Then it is an error."""
_LOOK_S = 0.05
_ENDING = 236
"""ClickHouse's number of the error with which a process refuses a request while it ends."""


@dataclass(frozen=True)
class Access:
    """A client, and the open folder if ClickHouse runs in this process."""

    client: Client
    store: Store | None = None
    pool: SocketPool | None = None
    """The connections to the process that has the folder, if it is another one."""

    def lost(self, error: Exception) -> bool:
        """Whether an error means that the process that had the folder has ended."""
        if self.pool is None:
            return False
        if isinstance(error, ClickHouseError):
            code = getattr(error, "code", None)
            return code == _ENDING or (code is None and isinstance(error, OperationalError))
        return isinstance(error, OSError | HTTPError)

    def close(self) -> None:
        """Close the client; the last one of this process unlocks the folder."""
        self.client.close()
        if self.store is not None:
            self.store.release()
        if self.pool is not None:
            self.pool.close()


def reach(address: Address, *, create: bool = False) -> Access:
    """A way to the warehouse. Raises WarehouseError, with what to do, if it cannot be reached."""
    if address.folder is None:
        return Access(_client(address))
    waiting = _Waiting()
    while True:
        found = acquire(address.folder, create)
        if isinstance(found, Store):
            return _opened(address, found)
        waiting.see(found)
        if access := _served(address, found):
            return access
        waiting.pause()


def _opened(address: Address, store: Store) -> Access:
    try:
        return Access(_client(address, store), store)
    except BaseException:
        store.release()
        raise


def _served(address: Address, holder: Holder) -> Access | None:
    """A client of the process that has the folder; None if that one does not listen, or ends."""
    pool = SocketPool(holder.folder)
    try:
        if pool.answers(WAIT_S):
            return Access(_client(address, pool=pool), pool=pool)
    except HTTPError:
        pass
    except WarehouseError as error:
        if getattr(error.__cause__, "code", None) not in (None, _ENDING):
            pool.close()
            raise
    pool.close()
    return None


class _Waiting:
    """The patience with a process that has locked the folder and does not answer."""

    def __init__(self) -> None:
        self._holder = Holder(Path(), "")
        self._end = 0.0

    def see(self, holder: Holder) -> None:
        """Take note of the process that has the folder; the patience with another one begins anew."""
        if holder != self._holder:
            self._holder, self._end = holder, time.monotonic() + WAIT_S

    def pause(self) -> None:
        """Wait a moment. Raises WarehouseError if the process has been silent for too long."""
        if time.monotonic() >= self._end:
            silent = f"{self._holder.name} does not answer on the socket `{NAME}` in the folder"
            raise WarehouseError(
                f"the warehouse `{self._holder.folder}` is open, and {silent}",
                "End that process, or wait until it ends. If it runs on another machine or in another container that "
                "shares the folder, start `lowtide warehouse --listen` there, and give its address.",
            ) from TimeoutError(silent)  # a writer waits longer: `retry`
        time.sleep(_LOOK_S)


def _client(address: Address, store: Store | None = None, pool: SocketPool | None = None) -> Client:
    try:
        if store:
            client = clickhouse_connect.get_client(interface="chdb", path=str(store.path), tz_mode="aware")
            say_faults()
            return client
        if pool:
            return clickhouse_connect.get_client(
                interface="http", host="localhost", port=80, pool_mgr=pool, compress=False,
                autogenerate_session_id=False, tz_mode="aware",
            )  # fmt: skip
        return clickhouse_connect.get_client(
            autogenerate_session_id=False,
            tz_mode="aware",
            **(address.server.reveal() if address.server else {}),
        )
    except (ClickHouseError, OSError, ImportError, HTTPError) as error:
        hint = (
            "Move the folder away and run again: the warehouse can be rebuilt from the log."
            if store
            else "Check that it runs, and the address, user and password of `--warehouse`."
        )
        raise WarehouseError(
            f"the warehouse `{address.shown}` cannot be reached: {sentence(error)}", hint
        ) from error
