"""A history: what is met when, in the form of a file."""

from __future__ import annotations

import json
from pathlib import Path

from lowtide.desk.history.script import Script
from tests.desk.entries import HOUR, NOON

LINES = [
    {"alert_id": "A", "entry": "OPENED", "seq": 1, "event_time": "2026-11-22T12:00:00.000Z", "worth": 4.0, "owner": None},
    {"alert_id": "B", "entry": "OPENED", "seq": 1, "event_time": "2026-11-22T11:00:00Z", "at": "2026-11-22T13:00:00Z"},
    {"at": "2026-11-22T13:00:00Z", "feed": {"pipeline": "p", "partition": "f", "clock": "2026-11-22T12:00:00Z", "ended": 1}},
    {"alert_id": "A", "entry": "SNOOZED", "action_id": "s", "actor": "chen", "event_time": "2026-11-22T14:00:00Z",
     "detail": {"until": "2026-11-22T15:00:00Z"}},
]  # fmt: skip


def test_rows_are_met_at_their_time(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    path.write_text("\n".join(json.dumps(line) for line in LINES) + "\n\n", "utf-8")
    script = Script.read(path)
    times, at = [], -1
    while (following := script.next_after(at)) is not None:
        times.append(following)
        at = following
    assert times == [NOON, NOON + HOUR, NOON + 2 * HOUR]
    met = script.between(NOON, NOON + HOUR)
    assert [row["alert_id"] for row in met["entry"]] == ["B"] and met["feed"][0]["clock"] == NOON
    assert script.between(NOON, NOON) == {"entry": [], "feed": [], "silence": []}


def test_an_entry_has_every_column_that_the_mirror_needs() -> None:
    (first, _, last) = (row for row in Script.of(LINES).between(-1, NOON + 9 * HOUR)["entry"])
    assert (first["worth"], first["owner"], first["p_stockout"], first["detail"]) == (4.0, "", None, "{}")
    assert last["at"] == NOON + 2 * HOUR and json.loads(last["detail"])["until"].endswith("15:00:00Z")
