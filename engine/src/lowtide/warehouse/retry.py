"""Wait for a server that is away: it restarts, its disk is full, a proxy does not reach it.

An error in the data is raised at once. Attempts come after 0.1 s, 0.2 s, … up to 5 s, with some jitter, until the time
of the address is over (`retry_s`, five minutes). After three seconds an event in the log says what is waited for, and a
later one that it is back.
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
from lowtide.warehouse.server_errors import sentence

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
"""ClickHouse's numbers for errors that end by themselves, or when a person has removed their cause."""
BLAMES_ROWS = frozenset(
    {
        6,  # CANNOT_PARSE_TEXT
        25,  # CANNOT_PARSE_ESCAPE_SEQUENCE
        26,  # CANNOT_PARSE_QUOTED_STRING
        27,  # CANNOT_PARSE_INPUT_ASSERTION_FAILED
        32,  # ATTEMPT_TO_READ_AFTER_EOF
        38,  # CANNOT_PARSE_DATE
        41,  # CANNOT_PARSE_DATETIME
        53,  # TYPE_MISMATCH
        69,  # ARGUMENT_OUT_OF_BOUND
        70,  # CANNOT_CONVERT_TYPE
        72,  # CANNOT_PARSE_NUMBER
        117,  # INCORRECT_DATA
        128,  # TOO_LARGE_ARRAY_SIZE
        130,  # CANNOT_READ_ARRAY_FROM_TEXT
        131,  # TOO_LARGE_STRING_SIZE
        190,  # SIZES_OF_ARRAYS_DONT_MATCH
        306,  # TOO_DEEP_RECURSION
        321,  # VALUE_IS_OUT_OF_RANGE_OF_DATA_TYPE
        349,  # CANNOT_INSERT_NULL_IN_ORDINARY_COLUMN
        376,  # CANNOT_PARSE_UUID
        407,  # DECIMAL_OVERFLOW
        467,  # CANNOT_PARSE_BOOL
        469,  # VIOLATED_CONSTRAINT
        691,  # UNKNOWN_ELEMENT_OF_ENUM
    }
)
"""ClickHouse's numbers for errors in what a row holds: the same row is refused again, and others are not."""
_NO_SPACE = re.compile(
    r"No space left on device|errno: 28\b|File too large|errno: 27\b|Disk quota exceeded|errno: 122\b"
)

# This module reports a retry once; stamina, urllib3 and the client would write a line for each attempt.
set_on_retry_hooks(())
for _name in ("urllib3.connectionpool", "clickhouse_connect"):
    logging.getLogger(_name).setLevel(logging.ERROR)


def passes(error: Exception) -> bool:
    """Whether the cause of an error is a server that is away, busy or full, and not the statement or its rows."""
    error = _cause(error)
    if isinstance(error, OSError):
        return True
    if not isinstance(error, ClickHouseError):
        return False
    code = getattr(error, "code", None)
    if code is not None:
        return code in PASSING or bool(_NO_SPACE.search(str(error)))
    # An error without ClickHouse's number came from a proxy or the network.
    return isinstance(error, OperationalError) or bool(re.search(r"HTTP status (5\d\d|429)\b", str(error)))


def blames_rows(error: Exception) -> bool:
    """Whether the warehouse refuses what stands in a row, so that sending it again mends nothing."""
    error = _cause(error)
    return (
        isinstance(error, ClickHouseError)
        and not passes(error)
        and getattr(error, "code", None) in BLAMES_ROWS
    )


def reason(error: Exception) -> str:
    """Why the warehouse refused, as one sentence."""
    return sentence(_cause(error))


def _cause(error: Exception) -> Exception:
    """What lies under the errors of Lowtide."""
    while isinstance(error, WarehouseError) and isinstance(error.__cause__, Exception):
        error = error.__cause__
    return error


def retry(
    call: Callable[[], Result], shown: str, retry_s: float, until: Callable[[], bool] = lambda: False
) -> Result:
    """Call again and again until it succeeds, its error does not pass, `until` says so, or `retry_s` seconds are over."""

    def again(error: Exception) -> bool:
        return passes(error) and not until()

    start, reported, log = time.monotonic(), False, logger("warehouse")
    attempts = stamina.retry_context(
        on=again,
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
                if again(error) and waited >= SILENT_S and not reported:
                    reported = True
                    log.warning(
                        "warehouse_away",
                        warehouse=shown,
                        why=sentence(_cause(error)),
                        then=f"trying again for {retry_s / 60:g} minutes (`?retry_s=` in its address)",
                    )
                raise
            if reported:
                log.warning("warehouse_back", warehouse=shown, after_s=round(time.monotonic() - start))
            return result
    raise AssertionError("stamina ends with a result or an exception")
