"""Values of a database as texts of a row."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from uuid import UUID

import orjson
import pytest

from lowtide.intake.tables.values import line, value_of

CHINA = timezone(timedelta(hours=8))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, None),
        (True, "true"),
        (12345678901234567890123, "12345678901234567890123"),
        (Decimal("1.50"), "1.50"),
        (Decimal("1E+3"), "1000"),
        (Decimal("1E-9"), "0.000000001"),
        (Decimal("NaN"), "NaN"),
        (0.1 + 0.2, "0.30000000000000004"),
        (1e22, "10000000000000000000000"),
        (datetime(2026, 11, 22, 9, 30), "2026-11-22 09:30:00"),
        (datetime(2026, 11, 22, 9, 30, 0, 250_000, CHINA), "2026-11-22 09:30:00.250000+08:00"),
        (date(2026, 11, 22), "2026-11-22"),
        (time(9, 30), "09:30:00"),
        (timedelta(hours=26, seconds=1), "26:00:01"),
        (-timedelta(minutes=5), "-00:05:00"),
        (b"\x00\x01\xff", "0001ff"),
        (memoryview(b"ab"), "6162"),
        (UUID(int=7), "00000000-0000-0000-0000-000000000007"),
        ("箱\ud800", "箱?"),
        ({"a": [Decimal("1.0"), None]}, {"a": ["1.0", None]}),
    ],
)
def test_every_kind_of_value(value: object, text: object) -> None:
    assert value_of(value) == text
    assert orjson.loads(line({"数量": value})) == {"数量": text}
