"""Settings of a reader's handle: those that every reader has, and those that a reader may give.

A table of the warehouse may hold a row twice until ClickHouse has merged it. With `final` such a row counts once in every
query, so `SELECT count() FROM ledger` is right although it does not say FINAL. All copies of a row lie in one partition,
so partitions need not be merged with each other.

A read-only handle takes no settings. So a setting is set before the handle becomes read-only, and then ClickHouse accepts
it in a statement too, because it has this value already. A setting inside a view has no effect on such a handle:
therefore no view may depend on one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from lowtide.warehouse.literals import QUOTED

DEFAULTS: Mapping[str, str] = {"final": "1", "do_not_merge_across_partitions_select_final": "1"}
"""What every reader's handle has, unless the reader gives another value."""

LIMITS = (
    "max_execution_time", "max_memory_usage", "max_result_rows", "max_result_bytes", "max_threads",
    "max_block_size", "max_temporary_data_on_disk_size_for_query",
)  # fmt: skip
"""Settings that a reader may make stricter."""

_GIVEN = (
    r"output_format_\w+|date_time_\w+|session_timezone|limit|offset|extremes|format_csv_delimiter"
    r"|max_(?:rows|bytes)_to_(?:read|sort|group_by)|max_rows_in_(?:join|set)|max_columns_to_read|join_algorithm"
    r"|optimize_read_in_order|final|do_not_merge_across_partitions_select_final|join_use_nulls|log_comment"
)
_NOT_GIVEN = "schema|path|file"

_TABLE = re.compile(r"(?<=FROM |JOIN )system\.settings\b(?P<alias> AS )?")


def may_give(name: str) -> bool:
    """Whether a reader may give a setting any value: settings of presentation, and those that change no access."""
    return bool(re.fullmatch(_GIVEN, name)) and not re.search(_NOT_GIVEN, name)


def given(settings: Mapping[str, str]) -> dict[str, str]:
    """Of the settings of a statement those that a reader may give: any value, or a stricter limit."""
    return {name: value for name, value in settings.items() if may_give(name) or name in LIMITS}


def with_true_settings(sql: str) -> str:
    """A SELECT in which `system.settings` says of these settings that they can be changed.

    ClickHouse says `readonly = 1` for every setting of a read-only handle. A client that believes this, as
    clickhouse-connect does, would not send them. `sql` is a statement in the normal form of the guard.

    >>> with_true_settings("SELECT name FROM system.settings AS s")[:44]
    'SELECT name FROM (SELECT * REPLACE if(match('
    >>> with_true_settings("SELECT 'FROM system.settings'")
    "SELECT 'FROM system.settings'"
    """
    masked = QUOTED.sub(lambda found: "x" * len(found[0]), sql)
    if not re.match(r"(SELECT|WITH)\b", sql) or "system.settings." in masked:
        return sql
    limits = ", ".join(f"'{name}'" for name in LIMITS)
    told = f"if(match(name, '^({_GIVEN})$') AND NOT match(name, '{_NOT_GIVEN}') OR name IN ({limits}), 0, readonly)"
    told = told.replace("\\w", "\\\\w")
    table = f"(SELECT * REPLACE {told} AS readonly FROM system.settings) AS "
    for found in reversed(list(_TABLE.finditer(masked))):
        name = "" if found["alias"] else "settings"
        sql = f"{sql[: found.start()]}{table}{name}{sql[found.end() :]}"
    return sql
