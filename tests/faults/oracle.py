"""The expected result: the tables of an undisturbed run, byte for byte."""

from __future__ import annotations

import urllib.parse
import urllib.request

TABLES = ("ledger", "position", "demand_day", "stock_count", "supply_event", "calibration_day", "reject")
Tables = dict[str, list[bytes]]


def tables(server: str, database: str) -> Tables:
    """All columns of all rows of every table of a database, sorted."""
    return {
        table: _ask(server, f"SELECT * FROM {database}.{table} FINAL ORDER BY ALL FORMAT TSV")
        for table in TABLES
    }


def _ask(server: str, query: str) -> list[bytes]:
    url = f"{server}/?query={urllib.parse.quote(query)}"
    with urllib.request.urlopen(url, timeout=120) as answer:
        return answer.read().splitlines()


def differences(want: Tables, got: Tables) -> list[str]:
    """The missing and the extra rows of each table; empty if the tables are equal."""
    found = []
    for table in TABLES:
        if want[table] == got[table]:
            continue
        missing, extra = (
            sorted(set(want[table]) - set(got[table])),
            sorted(set(got[table]) - set(want[table])),
        )
        found.append(f"{table}: {len(want[table])} rows wanted, {len(got[table])} found")
        found += [f"  missing {row[:300]!r}" for row in missing[:3]] + [
            f"  extra   {row[:300]!r}" for row in extra[:3]
        ]
    return found
