"""The librdkafka that confluent-kafka has loaded, for calls that do not go through Python.

confluent-kafka brings the library with it and keeps its handle of a consumer right behind the head of the object in Python.
Neither is promised. So both are used only in versions in which they were looked at, and only if the library answers with
the name of this very consumer; otherwise messages come through confluent-kafka alone.
"""

from __future__ import annotations

import ctypes
import os
from functools import cache
from pathlib import Path
from typing import NamedTuple

import confluent_kafka
from confluent_kafka import Consumer

KNOWN = {"2.16.1": 176}
"""Versions of confluent-kafka that were looked at, with the bytes of a consumer in Python."""
CALLS = tuple(
    f"rd_kafka_{name}"
    for name in (
        "consume_batch_queue", "header_get_all", "message_destroy", "message_errstr", "message_headers",
        "message_leader_epoch", "message_timestamp", "queue_destroy", "queue_forward", "queue_get_partition", "queue_new",
    )
)  # fmt: skip
"""The functions that the drain of the core calls."""
_CONSUMER = 1
"""`RD_KAFKA_CONSUMER`."""


class Library(NamedTuple):
    """The library and the addresses of its functions."""

    loaded: ctypes.CDLL
    addresses: dict[str, int]

    def handle_of(self, consumer: Consumer, client_id: str) -> int | None:
        """The address of the consumer's handle; None if there is something else."""
        handle = ctypes.c_void_p.from_address(id(consumer) + object.__basicsize__).value
        if not handle or self._call("rd_kafka_type", ctypes.c_int)(handle) != _CONSUMER:
            return None
        name = self._call("rd_kafka_name", ctypes.c_char_p)(handle)
        return handle if name.startswith(f"{client_id}#consumer-".encode()) else None

    def _call(self, name: str, result: type) -> ctypes._NamedFuncPointer:
        function = self.loaded[name]
        function.argtypes, function.restype = [ctypes.c_void_p], result
        return function


@cache
def library() -> Library | str:
    """The library, or why it is not called directly."""
    version = str(confluent_kafka.__version__)
    if KNOWN.get(version) != Consumer.__basicsize__:
        return f"confluent-kafka {version} on this platform is not known"
    bundled = Path(confluent_kafka.__file__).parent.parent / "confluent_kafka.libs"
    files = sorted(bundled.glob("librdkafka*.so*"))
    if len(files) != 1:
        return f"there is no library of its own beside confluent-kafka {version}"
    try:
        # Not loaded anew: it must be the one that confluent-kafka uses.
        loaded = ctypes.CDLL(str(files[0]), mode=os.RTLD_NOW | os.RTLD_NOLOAD)
        if loaded.rd_kafka_version() != confluent_kafka.libversion()[1]:
            return f"{files[0].name} is not the library that confluent-kafka {version} uses"
        addresses = {name: ctypes.cast(loaded[name], ctypes.c_void_p).value or 0 for name in CALLS}
    except (OSError, AttributeError) as error:
        return str(error)
    return Library(loaded, addresses)
