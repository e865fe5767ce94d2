"""Changes a query like Grafana and its ClickHouse plugin do before they send it.

First the plugin's page resolves `$__conditionalAll` and the variables, then its server the other macros, as the plugin's
version 4 documents them. A macro or variable that is not known here stays, and the test that finds it fails.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

Chosen = Mapping[str, Sequence[str] | str | None]
"""The chosen values: None for All, several, or one."""

LEFT = re.compile(r"\$__\w+|\$\{|\$[a-z]")
"""Text that must not be left in the query."""
_CONDITION = "$__conditionalAll("


def expand(sql: str, chosen: Chosen, start: datetime, end: datetime) -> str:
    """The query as ClickHouse gets it."""
    return _macros(_variables(_conditions(sql, chosen), chosen), start, end)


def _conditions(sql: str, chosen: Chosen) -> str:
    while (at := sql.rfind(_CONDITION)) >= 0:
        condition, variable, end = _arguments(sql, at + len(_CONDITION))
        if chosen[variable.strip().lstrip("$").strip("{}")] is None:
            condition = "1=1"
        sql = sql[:at] + condition + sql[end:]
    return sql


def _arguments(sql: str, start: int) -> tuple[str, str, int]:
    """The two arguments of a macro, split at the comma outside of brackets, and where it ends."""
    depth, cut = 0, -1
    for at in range(start, len(sql)):
        if sql[at] == "(":
            depth += 1
        elif sql[at] == ")" and depth:
            depth -= 1
        elif sql[at] == ")":
            return sql[start:cut], sql[cut + 1 : at], at + 1
        elif sql[at] == "," and not depth:
            assert cut < 0, "more than two arguments"
            cut = at
    raise AssertionError(f"the macro does not end: {sql[start:]}")


def _variables(sql: str, chosen: Chosen) -> str:
    def value(match: re.Match[str]) -> str:
        picked = chosen[match[1]]
        assert picked is not None, f"All of `{match[1]}` stands outside of $__conditionalAll"
        if match[2] == "singlequote":
            each = [picked] if isinstance(picked, str) else picked
            return ",".join("'" + one.replace("'", "\\'") + "'" for one in each)
        assert isinstance(picked, str) and not match[2]
        return picked

    return re.sub(r"\$\{(\w+)(?::(\w+))?\}", value, sql)


def _macros(sql: str, start: datetime, end: datetime) -> str:
    first, last = int(start.timestamp()), int(end.timestamp())
    between = (
        rf"\1 >= fromUnixTimestamp64Milli({first * 1000}) AND \1 <= fromUnixTimestamp64Milli({last * 1000})"
    )
    sql = re.sub(r"\$__timeFilter_ms\(([^()]+)\)", between, sql)
    sql = re.sub(r"\$__fromTime\b", f"toDateTime({first})", sql)
    return re.sub(r"\$__toTime\b", f"toDateTime({last})", sql)
