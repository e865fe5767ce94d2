"""A row becomes JSON: scripts read decimal text, RFC 3339 and null, for every table and query."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from uuid import UUID

from lowtide import rows

CHINA = timezone(timedelta(hours=8))


def test_a_decimal_has_no_zeros_after_its_last_digit_and_no_exponent() -> None:
    values = ("1.500", "12.000", "120", "-0.250", "1E+3", "0.000")
    assert [rows.quantity(Decimal(text)) for text in values] == ["1.5", "12", "120", "-0.25", "1000", "0"]


def test_a_cell_of_any_type_is_plain_and_so_is_what_is_inside_it() -> None:
    row = {
        "at": datetime(2026, 11, 22, 17, 30, 0, 7999, CHINA),
        "day": date(2026, 11, 22),
        "pair": (Decimal("1.10"), None),
        "by": {"a": [Decimal(2)]},
        "on": True,
        "detail": '{"out_by": [1.0]}',
    }
    assert rows.plain_row(row) == {
        "at": "2026-11-22T09:30:00.007Z", "day": "2026-11-22", "pair": ["1.1", None], "by": {"a": ["2"]}, "on": True,
        "detail": {"out_by": [1.0]},
    }  # fmt: skip
    assert json.loads(rows.as_json(row)) == rows.plain_row(row)
    assert rows.plain_row({"detail": ""}) == {"detail": {}}, "an entry without numbers"


def test_a_type_that_json_has_not_is_its_text() -> None:
    assert json.loads(rows.as_json({"id": UUID(int=1), "share": float("nan")})) == {
        "id": "00000000-0000-0000-0000-000000000001",
        "share": None,
    }
