"""How much a reader's query may take, and which settings a reader may give in the URL.

The limits are set on the reader's handle before it becomes read-only, so a statement cannot lift them. A number in
the URL may lower a limit; the settings of `reader_settings` are accepted; all others are refused, as ClickHouse does for
a read-only user.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

from lowtide.warehouse import reader_settings
from lowtide.warehouse.http.errors import QueryError


@dataclass(frozen=True)
class Limits:
    """Limits of a reader's query, and of all readers together."""

    seconds: float = 60.0
    """A query runs no longer than this."""
    memory_mb: int = 2048
    """A query uses no more memory than this."""
    rows: int = 10_000_000
    """An answer has no more rows than this."""
    result_mb: int = 1024
    """An answer, uncompressed, is no larger than this."""
    threads: int = max(1, (os.cpu_count() or 2) // 2)
    """Threads of a query."""
    queries: int = max(1, (os.cpu_count() or 2) // 2)
    """Queries of one reader's address that run at once, and one more of others; the rest wait for their turn."""
    waiting: int = 1000
    """Readers' queries that may wait; beyond it they are refused."""

    def settings(self, given: Mapping[str, str]) -> dict[str, str]:
        """The settings of a reader's handle: these limits, and of the settings in the URL those that are allowed."""
        most = (
            self.seconds, self.memory_mb << 20, self.rows, self.result_mb << 20, self.threads, 65_409,
            self.memory_mb << 21,
        )  # fmt: skip
        clamped = dict(zip(reader_settings.LIMITS, most, strict=True))
        found = {name: _number(value) for name, value in clamped.items()}
        found.update(reader_settings.DEFAULTS)
        for name, value in given.items():
            if name == "readonly" and value in ("1", "2"):
                continue
            if name in clamped:
                found[name] = _lowered(name, value, clamped[name])
            elif reader_settings.may_give(name):
                found[name] = value
            else:
                raise QueryError(164, f"Cannot modify '{name}' setting in readonly mode.")
        return found | {
            "result_overflow_mode": "throw",
            "timeout_overflow_mode": "throw",
            "timeout_before_checking_execution_speed": "0",
            "max_execution_speed": "0",
            "allow_ddl": "0",
            "allow_introspection_functions": "0",
        }


def _number(value: float) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _lowered(name: str, value: str, limit: float) -> str:
    try:
        wanted = float(value)
    except ValueError:
        raise QueryError(27, f"`{value}` is not a number for the setting `{name}`") from None
    # 0 means "no limit" to ClickHouse, and a negative number must not become a large one.
    return value if 0 < wanted <= limit else _number(limit)
