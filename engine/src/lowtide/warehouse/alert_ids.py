"""Alerts by the beginning of their id: people type as much of it as no other alert shares."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence, Set

from lowtide.errors import SettingsError
from lowtide.warehouse.client import Warehouse

SHORT = 8
"""The least characters of a short id."""
_WHOLE = 26
_CANDIDATES = 5
"""The alerts that an error lists."""


def alert_id(warehouse: Warehouse, beginning: str) -> str:
    """The alert whose id begins like this. Raises SettingsError unless exactly one does."""
    (found,) = alert_ids(warehouse, [beginning])
    if isinstance(found, SettingsError):
        raise found
    return found


def alert_ids(warehouse: Warehouse, beginnings: Sequence[str]) -> list[str | SettingsError]:
    """For each beginning the alert whose id begins so, in one query; the error where it is not exactly one."""
    prefixes = [beginning.strip().upper() for beginning in beginnings]
    known = _beginning_with(warehouse, set(prefixes) - {""})
    found: list[str | SettingsError] = []
    for beginning, prefix in zip(beginnings, prefixes, strict=True):
        first = bisect_left(known, prefix)
        these = [one for one in known[first : first + _CANDIDATES + 1] if prefix and one.startswith(prefix)]
        if not these:
            hint = "`lowtide alerts --all` lists them."
            found.append(SettingsError(f"no alert begins with `{beginning}`", hint))
        elif len(these) > 1:
            listed = ", ".join(f"`{one}`" for one in these[:_CANDIDATES])
            more = ", …" if len(these) > _CANDIDATES else ""
            hint = f"Type more of one of {listed}{more}."
            found.append(SettingsError(f"more than one alert begins with `{beginning}`", hint))
        else:
            found.append(these[0])
    return found


def short_ids(warehouse: Warehouse, ids: Iterable[str]) -> dict[str, str]:
    """For each alert the shortest beginning of its id that no other alert has, of at least 8 characters."""
    wanted = sorted(set(ids))
    known = _beginning_with(warehouse, {one[:SHORT] for one in wanted})
    short = {}
    for one in wanted:
        at = bisect_left(known, one)
        beside = [*known[max(0, at - 1) : at], *known[at + 1 : at + 2]]
        shared = max((_shared(one, other) for other in beside), default=0)
        short[one] = one[: max(SHORT, shared + 1)]
    return short


def _shared(one: str, other: str) -> int:
    """The number of characters that two ids have in common at their beginning."""
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))


def _beginning_with(warehouse: Warehouse, prefixes: Set[str]) -> list[str]:
    """The ids of all alerts that begin with one of these, sorted."""
    by_length: dict[int, list[str]] = {}
    for prefix in prefixes:
        by_length.setdefault(len(prefix), []).append(prefix)
    if not by_length:
        return []
    # A whole id is compared as it is: then the indexes of the table find it.
    tests = [
        f"alert_id IN {{of{length}:Array(String)}}" if length == _WHOLE
        else f"substring(alert_id, 1, {length}) IN {{of{length}:Array(String)}}"
        for length in by_length
    ]  # fmt: skip
    rows = warehouse.rows(
        f"SELECT DISTINCT alert_id FROM {warehouse.database}.ledger WHERE {' OR '.join(tests)} ORDER BY alert_id",
        {f"of{length}": found for length, found in by_length.items()},
    )
    return [row["alert_id"] for row in rows]
