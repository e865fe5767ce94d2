"""The engine on the tables of malformed and of odd but readable records, one record at a time."""

import base64

import pytest

from tests.model.lines import but
from tests.model.readable import HEARTBEATS, READABLE
from tests.model.rejects import REJECT_ROWS
from tests.properties.engine import replay, table


def name(line: bytes) -> str:
    return repr(line[:90])


def as_bytes(reject: dict) -> bytes:
    if reject.get("record_base64") is not None:
        return base64.b64decode(reject["record_base64"])
    return reject["record"].encode()


@pytest.mark.parametrize(("line", "reason", "field"), REJECT_ROWS, ids=[name(row[0]) for row in REJECT_ROWS])
def test_reject(line, reason, field):
    found = replay(line)
    assert [(row["offset"], row["reason"], row["field"]) for row in found.rejects] == [(0, reason, field)]
    assert found.rejects[0]["message"]
    assert len(line) > 65_536 or as_bytes(found.rejects[0]) == line
    assert (found.positions, found.ledger) == ([], [])
    assert (found.counts["rejects"], found.counts["accepted"]) == (1, 0)


@pytest.mark.parametrize(("line", "on_hand"), READABLE, ids=[name(row[0]) for row in READABLE])
def test_readable(line, on_hand):
    found = replay(line)
    assert found.rejects == []
    assert [row["on_hand"] for row in table(found).values()] == [on_hand]


@pytest.mark.parametrize("line", HEARTBEATS, ids=name)
def test_heartbeat_makes_no_position(line):
    found = replay(line)
    assert (found.rejects, found.positions, found.counts["accepted"]) == ([], [], 1)


def test_negative_sale_refused_by_policy():
    found = replay(but(quantity=-1), "negative_sale: reject\n")
    assert [(row["reason"], row["field"]) for row in found.rejects] == [("negative_quantity", "quantity")]


def test_bad_lines_leave_the_good_ones_alone():
    lines = [line for line, _, _ in REJECT_ROWS if b"\n" not in line]
    good = [but(id=f"good-{number}", quantity=1) for number in range(len(lines))]
    found = replay(b"\n".join(line for pair in zip(lines, good, strict=True) for line in pair))
    assert [row["on_hand"] for row in found.positions] == [str(-len(good))]
    assert [row["offset"] for row in found.rejects] == list(range(0, 2 * len(lines), 2))
