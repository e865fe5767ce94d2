"""Each malformed line gives its reject, each readable one its stock."""

from collections import Counter
from itertools import groupby

import pytest

from tests.model import wire
from tests.model.instant import text
from tests.model.lines import but
from tests.model.log import run
from tests.model.readable import HEARTBEATS, READABLE
from tests.model.rejects import REJECT_ROWS, REJECTS

CODES = """
    not_utf8 not_json not_an_object duplicate_field missing_field wrong_type too_long unknown_kind
    bad_time no_zone bad_quantity negative_quantity
""".split()


def name(line: bytes) -> str:
    return repr(line[:90])


@pytest.mark.parametrize(("line", "reason", "field"), REJECT_ROWS, ids=[name(row[0]) for row in REJECT_ROWS])
def test_reject(line, reason, field):
    assert wire.read(line) == wire.Reject(reason, frozenset({field}))


def test_every_code_is_met():
    """`clock_ahead` is the one code a file cannot give: its records have no arrival time."""
    met = Counter(reason for (reason, _), lines in REJECTS.items() for _ in lines)
    assert list(dict.fromkeys(reason for reason, _ in REJECTS)) == CODES
    assert min(met.values()) >= 3


def test_order_of_codes():
    """The table stands in the order of checks."""
    assert [reason for reason, _ in groupby(REJECTS, key=lambda key: key[0])] == CODES


@pytest.mark.parametrize(("line", "on_hand"), READABLE, ids=[name(row[0]) for row in READABLE])
def test_readable(line, on_hand):
    log = run(line)
    assert not log.rejects
    assert [row["on_hand"] for row in log.table().values()] == [on_hand]


@pytest.mark.parametrize("line", HEARTBEATS, ids=name)
def test_heartbeat_makes_no_position(line):
    log = run(line)
    assert log.counts["accepted"] == 1
    assert log.table() == {}


def test_negative_sale_refused_by_policy():
    assert wire.read(but(quantity=-1), "reject") == wire.Reject("negative_quantity", frozenset({"quantity"}))
    assert wire.read(but(quantity="-0.0"), "reject").quantity == 0


def test_several_fields_fail_one_check():
    assert wire.read(but(id=5, sku=6)).fields == {"id", "sku"}


def test_names_are_compared_after_nfc():
    apart, together = but(sku="cafe\u0301"), but(sku="caf\u00e9", id="2")
    assert wire.read(apart).position == wire.read(together).position == ("L", "caf\u00e9")


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("2026-11-22T09:30:00.9999Z", "2026-11-22T09:30:00.999Z"),
        ("2026-11-22 10:30:00+01:00", "2026-11-22T09:30:00.000Z"),
        ("2026-11-22T00:15:00+05:45", "2026-11-21T18:30:00.000Z"),
        ("2016-12-31T18:59:60-05:00", "2016-12-31T23:59:59.999Z"),
        ("2016-12-31T23:59:60.250Z", "2016-12-31T23:59:59.999Z"),
        (1795339800000, "2026-11-22T09:30:00.000Z"),
    ],
)
def test_times(given, read):
    assert text(wire.read(but(event_time=given)).event_time) == read
