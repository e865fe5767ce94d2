"""Each malformed line gives its reject, each readable one its stock."""

from collections import Counter
from itertools import groupby

import pytest

from tests.model import wire
from tests.model.instant import text
from tests.model.lines import HEARTBEAT, but
from tests.model.log import run
from tests.model.policy import Policy
from tests.model.readable import HEARTBEATS, READABLE
from tests.model.rejects import REJECT_ROWS, REJECTS

CODES = """
    not_utf8 not_json not_an_object duplicate_field missing_field wrong_type too_long unknown_kind
    bad_time no_zone bad_quantity negative_quantity void_of_what
""".split()


REFUSING = Policy(negative_sale="reject")


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
    assert wire.read(but(quantity=-1), REFUSING) == wire.Reject("negative_quantity", frozenset({"quantity"}))
    assert wire.read(but(quantity="-0.0"), REFUSING).quantity == 0


def test_several_fields_fail_one_check():
    assert wire.read(but(id=5.5, sku=6.5)).fields == {"id", "sku"}


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
        ("2026-11-22T08:00:00.000+0800", "2026-11-22T00:00:00.000Z"),
        ("2026-11-22T08:00:00+08", "2026-11-22T00:00:00.000Z"),
        ("2026-11-22 08:00-0330", "2026-11-22T11:30:00.000Z"),
    ],
)
def test_times(given, read):
    assert text(wire.read(but(event_time=given)).event_time) == read


@pytest.mark.parametrize(
    ("zone", "given", "read"),
    [
        ("Asia/Shanghai", "2026-11-22 08:00", "2026-11-22T00:00:00.000Z"),
        ("Asia/Shanghai", "2026-11-22 08:00Z", "2026-11-22T08:00:00.000Z"),
        ("Europe/Paris", "2026-03-29T02:30:00.5", "2026-03-29T01:30:00.500Z"),  # never was: as before the gap
        ("Europe/Paris", "2026-10-25T02:30", "2026-10-25T00:30:00.000Z"),  # was twice: the first
        ("Europe/Paris", "2016-12-31 23:59:60", "2016-12-31T22:59:59.999Z"),
    ],
)
def test_times_without_a_zone(zone, given, read):
    assert text(wire.read(but(event_time=given), Policy(naive_zone=zone)).event_time) == read
    assert text(wire.read(but(due=given), Policy(naive_zone=zone)).due) == read


@pytest.mark.parametrize(
    ("zone", "given", "read"),
    [
        ("UTC", "2026-11-27", "2026-11-27T23:59:59.999Z"),
        ("Europe/Paris", "2026-10-25", "2026-10-25T22:59:59.999Z"),
        ("Africa/Cairo", "2026-04-23", "2026-04-23T21:59:59.999Z"),  # the next midnight never was
    ],
)
def test_a_date_of_a_due_or_an_expiry_is_the_end_of_its_day(zone, given, read):
    assert text(wire.read(but(due=given), Policy(time_zone=zone)).due) == read
    assert text(wire.read(but(expiry=given), Policy(time_zone=zone)).expiry) == read


def test_a_heartbeat_without_a_zone_takes_the_zone_of_the_policy():
    policy = Policy(naive_zone="position", time_zone="Asia/Shanghai", zones=(("L", "Europe/Paris"),))
    assert text(wire.read(but(**HEARTBEAT, event_time="2026-11-22 08:00"), policy).event_time)[11:13] == "00"
    assert text(wire.read(but(event_time="2026-11-22 08:00"), policy).event_time)[11:13] == "07"
