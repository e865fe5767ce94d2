"""What has changed in desk.db, as the events of /live: one look for all who look on.

id: 4711
event: change                 {"alerts": ["7RZ…"], "proposals": []}

event: many                   {"count": 214}: more than 50 at once
event: reload                 {}: what was asked for is not kept any more
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import orjson

from lowtide.desk.store import Store

FEW = 50
"""So many ids are named in one event; of more only the number."""
KEPT = 10_000
"""Rows of table `change` that stay."""
_NAMES = {"alert": "alerts", "proposal": "proposals"}


@dataclass(frozen=True)
class Event:
    """One event. `seq` is the number of the last change in it."""

    seq: int
    kind: str
    data: bytes

    def text(self) -> bytes:
        """As it goes over the line."""
        return b"id: %d\nevent: %s\ndata: %s\n\n" % (self.seq, self.kind.encode(), self.data)


def newest(store: Store) -> int:
    """The number of the newest change; 0: nothing has changed yet."""
    with store.read() as rows:
        return int(rows.value("SELECT seq FROM sqlite_sequence WHERE name = 'change'") or 0)


def since(store: Store, seq: int) -> Event | None:
    """What has changed after `seq`; None: nothing."""
    with store.read() as rows:
        last = int(rows.value("SELECT seq FROM sqlite_sequence WHERE name = 'change'") or 0)
        if seq == last:
            return None
        first = int(rows.value("SELECT min(seq) FROM change") or last + 1)
        if seq > last or seq < first - 1:
            return Event(last, "reload", b"{}")
        found = rows.rows(
            "SELECT DISTINCT subject, id FROM change WHERE seq > ? AND seq <= ? LIMIT ?", seq, last, KEPT
        )
    return _event(last, [(row["subject"], row["id"]) for row in found])


def _event(seq: int, found: Sequence[tuple[str, str]]) -> Event:
    if len(found) > FEW:
        return Event(seq, "many", orjson.dumps({"count": len(found)}))
    named: dict[str, list[str]] = {name: [] for name in _NAMES.values()}
    for subject, id_ in found:
        named.setdefault(_NAMES.get(subject, subject), []).append(id_)
    return Event(seq, "change", orjson.dumps(named))


def trim(store: Store) -> int:
    """Forget all but the last 10,000 changes; returns how many were forgotten."""
    last = newest(store)
    with store.read() as rows:
        first = int(rows.value("SELECT min(seq) FROM change") or last)
    if last - first < 2 * KEPT:  # seldom: each is a write
        return 0
    with store.transaction() as tx:
        return tx.execute("DELETE FROM change WHERE seq <= ?", last - KEPT)
