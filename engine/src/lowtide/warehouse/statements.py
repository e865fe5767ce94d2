"""An SQL file becomes statements: it is split where a line ends with `;`, and its names are filled in.

    {database}      the name of the database, where people ask
    {local}         the database of the tables themselves: the same one, on a cluster `{database}_local`
    {replicated}    `Replicated` on a cluster, else nothing: {replicated}ReplacingMergeTree(offset)
    {on_cluster}    `ON CLUSTER name` on a cluster, else nothing

On a cluster a table of `{local}` is followed by a Distributed one of its name in `{database}`, which sends each row to the
shard of its location and SKU. So the rows of a position lie together, FINAL and the fold of an alert are right in
each shard, and a view is the same text everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_SHARD = {
    "migration": "number",
    "view_version": "cityHash64(name)",
    "reject": "cityHash64(partition, offset)",
    "policy_version": "cityHash64(version)",
    "run": "cityHash64(run_id)",
    "catalogue": "cityHash64(sku)",
    "location": "cityHash64(location)",
    "supplier": "cityHash64(supplier)",
    "lane": "cityHash64(from_location, to_location)",
    "notification": "cityHash64(notification_id)",
    "deadline": "cityHash64(alert_id)",
    "silence": "cityHash64(silence_id)",
    "people_version": "cityHash64(version)",
    "audit": "cityHash64(at, actor)",
    "desk_generation": "number",
    "rule_change": "cityHash64(change_id)",
    "policy_promise": "cityHash64(version)",
    "feed_clock": "cityHash64(pipeline, partition)",
}
"""What decides the shard of a row, where it is not its location and SKU."""


def split(sql: str) -> list[str]:
    """The statements of a text, without its lines of comment."""
    code = re.sub(r"^[ \t]*--.*\n?", "", sql, flags=re.MULTILINE)
    return [part.strip() for part in re.split(r";[ \t]*(?:\n|$)", code) if part.strip()]


def fill(text: str, names: Mapping[str, str]) -> str:
    """A text in which each `{name}` that is known has been replaced."""
    return re.sub(r"\{(\w+)\}", lambda name: names.get(name[1], name[0]), text)


def statements(sql: str, database: str, cluster: str | None) -> list[str]:
    """The statements of a text for a database; on a cluster a table is followed by the one that people ask."""
    names = {
        "database": database,
        "local": f"{database}_local" if cluster else database,
        "replicated": "Replicated" if cluster else "",
        "on_cluster": f"ON CLUSTER {cluster}" if cluster else "",
    }
    found = []
    for part in split(sql):
        found.append(fill(part, names))
        changed = re.match(r"(?:CREATE TABLE IF NOT EXISTS|ALTER TABLE) \{local\}\.(\w+)", part)
        if cluster and changed:
            found.append(_distributed(changed[1], database, cluster))
    return found


def _distributed(table: str, database: str, cluster: str) -> str:
    key = _SHARD.get(table, "cityHash64(location, sku)")
    return (
        f"CREATE OR REPLACE TABLE {database}.{table} ON CLUSTER {cluster} AS {database}_local.{table} "
        f"ENGINE = Distributed({cluster}, {database}_local, {table}, {key})"
    )
