"""Wait for a server that is away: it restarts, its disk is full, a proxy has lost it. Never for an error of the data.

Attempts come after 0.1 s, 0.2 s, … up to 5 s, with some jitter, until the time of the address is over (`retry_s`, five
minutes). After three seconds an event says what is waited for, and another that it is back.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable
from typing import TypeVar

import stamina
from clickhouse_connect.driver.exceptions import ClickHouseError, OperationalError
from stamina.instrumentation import set_on_retry_hooks

from lowtide.errors import WarehouseError
from lowtide.operation.log import logger
from lowtide.warehouse.server_errors import plain

Result = TypeVar("Result")
SILENT_S = 3.0
PASSING = frozenset(
    {
        159,  # TIMEOUT_EXCEEDED
        202,  # TOO_MANY_SIMULTANEOUS_QUERIES
        203,  # NO_FREE_CONNECTION
        209,  # SOCKET_TIMEOUT
        210,  # NETWORK_ERROR
        225,  # NO_ZOOKEEPER
        236,  # ABORTED, while it shuts down
        241,  # MEMORY_LIMIT_EXCEEDED
        242,  # TABLE_IS_READ_ONLY
        243,  # NOT_ENOUGH_SPACE
        252,  # TOO_MANY_PARTS
        279,  # ALL_CONNECTION_TRIES_FAILED
        285,  # TOO_FEW_LIVE_REPLICAS
        319,  # UNKNOWN_STATUS_OF_INSERT
        394,  # QUERY_WAS_CANCELLED
        999,  # KEEPER_EXCEPTION
    }
)
"""ClickHouse's numbers for what passes by itself, or when somebody has seen to it."""
_NO_SPACE = re.compile(
    r"No space left on device|errno: 28\b|File too large|errno: 27\b|Disk quota exceeded|errno: 122\b"
)

# What is retried is said here, once; a line of stamina, urllib3 and the client for each attempt would be many.
set_on_retry_hooks(())
for _name in ("urllib3.connectionpool", "clickhouse_connect"):
    logging.getLogger(_name).setLevel(logging.ERROR)


def passes(error: Exception) -> bool:
    """Whether an error is one of a server that is away, busy or full, and not one of what it was sent."""
    error = _cause(error)
    if isinstance(error, OSError):
        return True
    if not isinstance(error, ClickHouseError):
        return False
    code = getattr(error, "code", None)
    if code is not None:
        return code in PASSING or bool(_NO_SPACE.search(str(error)))
    # Without a number of ClickHouse's it was not the engine that answered.
    return isinstance(error, OperationalError) or bool(re.search(r"HTTP status (5\d\d|429)\b", str(error)))


def _cause(error: Exception) -> Exception:
    inner = error.__cause__ if isinstance(error, WarehouseError) else None
    return inner if isinstance(inner, Exception) else error


def patient(call: Callable[[], Result], shown: str, retry_s: float) -> Result:
    """Call until it succeeds, fails with an error of its own, or the time of the address is over."""
    start, told, log = time.monotonic(), False, logger("warehouse")
    attempts = stamina.retry_context(
        on=passes,
        attempts=None,
        timeout=retry_s or 0.001,
        wait_initial=0.1,
        wait_max=5.0,
        wait_jitter=0.2,
    )
    for attempt in attempts:
        with attempt:
            try:
                result = call()
            except Exception as error:
                waited = time.monotonic() - start
                if passes(error) and waited >= SILENT_S and not told:
                    told = True
                    log.warning(
                        "warehouse_away",
                        warehouse=shown,
                        why=plain(_cause(error)),
                        then=f"trying again for {retry_s / 60:g} minutes (`?retry_s=` in its address)",
                    )
                raise
            if told:
                log.warning("warehouse_back", warehouse=shown, after_s=round(time.monotonic() - start))
            return result
    raise AssertionError("stamina ends with a result or an exception")
