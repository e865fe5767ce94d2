"""Rejects are read in pages, and a reject between two pages is not lost."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from lowtide import rejects
from lowtide.rejects import RejectFilter
from lowtide.warehouse import Warehouse, Writer

from .batches import REJECT, batch


def test_any_page_gives_the_same(warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [
        {"pipeline": pipeline, "partition": f"sales/{part}", "offset": offset, "reason": reason, "record": b"\xff\x00"}
        for pipeline in ("a", "b")
        for part in range(3)
        for offset in (0, 7, 2**63)
        for reason in ("bad_time", "no_zone")
    ]  # fmt: skip
    with Writer(warehouse) as writer:
        for _ in range(2):
            writer.write("reject", batch(REJECT, *rows))
    want = list(rejects.stored(warehouse, RejectFilter()))
    assert len(want) == len(rows) and want[0].record == b"\xff\x00"
    assert [one.offset for one in want] == sorted(one.offset for one in want)
    for page in (1, 5, 36):
        monkeypatch.setattr(rejects, "_PAGE", page)
        assert list(rejects.stored(warehouse, RejectFilter())) == want
        assert list(rejects.stored(warehouse, RejectFilter(), newest=True)) == want[::-1]
        assert list(rejects.stored(warehouse, RejectFilter(), limit=7)) == want[:7]
        some = RejectFilter(("bad_time",), "sales/1")
        assert list(rejects.stored(warehouse, some)) == rejects.gathered(want, some)
    assert rejects.counts(warehouse, RejectFilter(partition="sales/1")) == [
        {"reason": "bad_time", "records": 6, "partitions": 1},
        {"reason": "no_zone", "records": 6, "partitions": 1},
    ]


def test_since_is_the_time_that_a_record_states(warehouse: Warehouse) -> None:
    """The time may have any format. A record without a time is always shown, because its time is not known."""
    stated = [
        '"2026-02-04T23:59:59.999Z"',
        '"2026-02-05T01:00:00+01:00"',
        "1770249599999",
        "1770249600000",
        '"soon"',
        "1e400",
    ]
    records = [b'{"event_time":%b}' % time.encode() for time in stated] + [b"not json", b"\xff", b""]
    with Writer(warehouse) as writer:
        rows = ({"offset": n, "reason": "r", "record": record} for n, record in enumerate(records))
        writer.write("reject", batch(REJECT, *rows))
    wanted = RejectFilter(since=datetime(2026, 2, 5, tzinfo=UTC))
    assert [one.offset for one in rejects.stored(warehouse, wanted)] == [1, 3, 4, 5, 6, 7, 8]
