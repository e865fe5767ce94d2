"""When the row of a position is written: with an entry, at each publish mark, and with an open alert at each minute."""

from __future__ import annotations

import json

from lowtide.core import Job, Log
from lowtide.policy import load_policy
from lowtide.rows import json_rows
from lowtide.runner.replay import Replay
from lowtide.sources.lines import line_blocks

NOON = 1795348800000  # 2026-11-22T12:00:00Z
MINUTE = 60_000


def published(block_records: int) -> list[tuple[int, str, str]]:
    """(offset, sku, on_hand) of each row in the order of writing, over a quarter of an hour of two positions."""
    moves = [("salt", "count", 0, 0), ("milk", "receipt", 90, 1)]
    moves += [(sku, "sale", 1, 10_000 + n * 20_000) for n in range(12) for sku in ("salt", "milk")]
    moves.append(("bread", "sale", 1, 16 * MINUTE))
    lines = [
        {
            "id": str(n),
            "source": "t",
            "kind": kind,
            "sku": sku,
            "location": "1",
            "quantity": q,
            "event_time": NOON + at,
        }
        for n, (sku, kind, q, at) in enumerate(moves)
    ]
    data = "".join(json.dumps(line) + "\n" for line in lines).encode()
    replay = Replay(Log(Job.of(load_policy(None)), [], 1))
    rows = [replay.apply(block)["position"] for block in line_blocks(iter([data]), block_records)]
    columns = ("offset", "sku", "on_hand")
    found = [row for batches in rows for batch in batches for row in json_rows(batch, columns)]
    return [(row["offset"], row["sku"], row["on_hand"]) for row in found]


def test_a_position_with_an_open_alert_is_written_each_minute_and_the_others_each_quarter_of_an_hour():
    rows = published(1)
    salt = [(offset, on_hand) for offset, sku, on_hand in rows if sku == "salt"]
    assert salt[0] == (2, "-1"), "the entry of negative_stock brings its position with it"
    last_of_each_minute = [2 + 2 * n for n in (2, 5, 8, 11)]
    assert [offset for offset, _ in salt[1:]] == last_of_each_minute
    assert [on_hand for _, on_hand in salt[1:]] == ["-3", "-6", "-9", "-12"]
    assert [(offset, on_hand) for offset, sku, on_hand in rows if sku == "milk"] == [(25, "78")]


def test_blocks_do_not_decide_what_is_written():
    assert sorted(set(published(1))) == sorted(set(published(7))) == sorted(set(published(1000)))
