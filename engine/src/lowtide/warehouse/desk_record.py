"""What the desk writes to the warehouse, and reads again of what it wrote: rows, messages, silences, clocks, generations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lowtide.errors import WarehouseError
from lowtide.warehouse.client import Row, Warehouse
from lowtide.warehouse.placeholders import WORDS

_DAY_MS = 86_400_000
_JSON = {
    "date_time_input_format": "'best_effort'",
    "input_format_skip_unknown_fields": "1",
    "input_format_null_as_default": "1",
    "throw_on_max_partitions_per_insert_block": "0",
}


@dataclass(frozen=True)
class Generation:
    """A start of a desk. The highest may send. `renewed_at` is in milliseconds since 1970 UTC, on its own clock."""

    number: int
    nonce: str
    host: str = ""
    pid: int = 0
    renewed_at: int = 0
    ended: bool = False
    """The desk has ended in order."""

    def is_above(self, other: Generation) -> bool:
        """Whether it started later; of two with one number the nonce decides."""
        return (self.number, self.nonce) > (other.number, other.nonce)


def insert_json(warehouse: Warehouse, table: str, rows: Sequence[str]) -> None:
    """Insert rows that are JSON objects. When it returns, they are on disk. Raises WarehouseError: send them again then."""
    settings = ", ".join(f"{name} = {value}" for name, value in _JSON.items())
    data = "\n".join(rows)
    try:
        warehouse.command(
            f"INSERT INTO {warehouse.database}.{table} SETTINGS {settings} FORMAT JSONEachRow\n{data}"
        )
    except (WarehouseError, OSError) as error:
        raise WarehouseError(
            f"the warehouse did not take rows of `{table}`: {error.__cause__ or error}",
            "Nothing is lost: the desk keeps them and sends them again.",
        ) from error


def feed_clocks(warehouse: Warehouse) -> list[Row]:
    """The clock of each source partition as its run last said it: `pipeline`, `partition`, `clock`, `ended`."""
    return warehouse.rows(
        "SELECT pipeline, partition, toUnixTimestamp64Milli(argMax(clock, at)) AS clock, "
        f"toUInt8(argMax(ended, at)) AS ended FROM {warehouse.database}.feed_clock "
        "GROUP BY pipeline, partition ORDER BY pipeline, partition"
    )


def newest_movement(warehouse: Warehouse, pipeline: str) -> int | None:
    """Event time of the newest movement that touched a position, in milliseconds since 1970 UTC. None: there is no position.

    A heartbeat touches no position. Raises WarehouseError.
    """
    rows = warehouse.rows(
        f"SELECT toUnixTimestamp64Milli(max(last_event_time)) AS newest, count() AS positions "
        f"FROM {warehouse.database}.position WHERE pipeline = {{pipeline:String}}",
        {"pipeline": pipeline},
    )
    return int(rows[0]["newest"]) if rows and rows[0]["positions"] else None


def log_clock(warehouse: Warehouse) -> int:
    """The furthest clock of a feed, else the time of the last entry, in milliseconds since 1970 UTC. 0: there is neither.

    If a desk has lived on from there, by less than a day, it is the time at which that desk last told something.
    """
    db = warehouse.database
    rows = warehouse.rows(
        f"SELECT greatest((SELECT toUnixTimestamp64Milli(max(clock)) FROM {db}.feed_clock), "
        f"(SELECT toUnixTimestamp64Milli(max(event_time)) FROM {db}.alert_latest)) AS clock, "
        "(SELECT toUnixTimestamp64Milli(max(greatest(decided_at, ifNull(sent_at, decided_at)))) "
        f"FROM {db}.notification) AS told"
    )
    clock, told = max(0, int(rows[0]["clock"] or 0)), int(rows[0]["told"] or 0)
    return told if clock < told < clock + _DAY_MS else clock


def silences(warehouse: Warehouse) -> list[Row]:
    """The newest version of each silence. Times are milliseconds since 1970 UTC."""
    return warehouse.rows(
        "SELECT silence_id, toInt64(version) AS version, matchers, toUnixTimestamp64Milli(s.start_at) AS start_at, "
        "toUnixTimestamp64Milli(s.end_at) AS end_at, toInt64(s.ends_when_idle_s) AS ends_when_idle_s, author, reason, "
        f"ended_by, toUnixTimestamp64Milli(s.at) AS at FROM {warehouse.database}.silence AS s "
        "ORDER BY silence_id, version DESC LIMIT 1 BY silence_id"
    )


def people_version(warehouse: Warehouse) -> Row | None:
    """The people file in force: `version`, `document`; None: nobody has applied one."""
    rows = warehouse.rows(
        f"SELECT version, document FROM {warehouse.database}.people_version ORDER BY applied_at DESC, version LIMIT 1"
    )
    return rows[0] if rows else None


def people_version_name(warehouse: Warehouse) -> str:
    """The version of the people file in force; empty: nobody has applied one."""
    rows = warehouse.rows(
        f"SELECT argMax(version, applied_at) AS version FROM {warehouse.database}.people_version"
    )
    return str(rows[0]["version"]) if rows else ""


def messages(warehouse: Warehouse) -> list[Row]:
    """The messages that tell of an alert that is open, or were decided within seven days, in order of sending."""
    open_ids = (
        f"SELECT alert_id FROM {warehouse.database}.alert_latest FINAL WHERE entry NOT IN ({WORDS['ended']})"
    )
    times = ", ".join(
        f"toUnixTimestamp64Milli({name}) AS {name}_ms" for name in ("decided_at", "due_at", "sent_at")
    )
    return warehouse.rows(
        f"SELECT * EXCEPT (decided_at, due_at, sent_at), {times} FROM {warehouse.database}.notification FINAL "
        f"WHERE hasAny(alerts, (SELECT groupArray(alert_id) FROM ({open_ids}))) "
        "OR notification.decided_at > now() - toIntervalDay(7) ORDER BY sent_at_ms, notification_id, target"
    )


def last_decision(warehouse: Warehouse) -> int | None:
    """When a desk last decided something, in milliseconds since 1970 UTC; None: never."""
    rows = warehouse.rows(
        f"SELECT toUnixTimestamp64Milli(maxOrNull(decided_at)) AS at FROM {warehouse.database}.notification"
    )
    return int(rows[0]["at"]) if rows and rows[0]["at"] is not None else None


def highest_generation(warehouse: Warehouse) -> Generation | None:
    """The start of a desk that may send now; None: there was none."""
    rows = warehouse.rows(
        "SELECT number, nonce, host, pid, toUnixTimestamp64Milli(renewed_at) AS at, ended "
        f"FROM {warehouse.database}.desk_generation ORDER BY number DESC, nonce DESC, version DESC LIMIT 1"
    )
    if not rows:
        return None
    row = rows[0]
    return Generation(
        int(row["number"]),
        str(row["nonce"]),
        str(row["host"]),
        int(row["pid"]),
        int(row["at"]),
        bool(row["ended"]),
    )
