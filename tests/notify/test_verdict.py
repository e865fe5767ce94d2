"""How long a target asks to wait, in each way of saying it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from lowtide.notify.guard import Reply
from lowtide.notify.verdict import retry_after

NOW = datetime(2026, 11, 30, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("7", 7.0), (" 120 ", 120.0), ("0", 0.0), ("Mon, 30 Nov 2026 02:00:30 GMT", 30.0),
        ("Mon, 30 Nov 2026 01:00:00 GMT", 0.0),
        ("99999999999999", 3600.0), ("Tue, 30 Nov 2027 02:00:00 GMT", 3600.0), ("", None),
        ("soon", None), ("-5", None), ("1.5", None),
        ("Mon, 30 Nov 2026 02:00:30", None), ("٣", None),
    ],
)  # fmt: skip
def test_retry_after_is_seconds_or_a_date_and_at_most_an_hour(text: str, seconds: float | None) -> None:
    assert retry_after(Reply(429, {"retry-after": text}, b""), NOW) == seconds


def test_a_reply_that_does_not_say_has_no_wait() -> None:
    assert retry_after(Reply(429, {}, b""), NOW) is None
