"""A limit counts what was taken in the last minute, and a flood of keys does not fill the memory."""

from __future__ import annotations

from lowtide.web.limits import Limit


def test_a_key_has_its_number_in_any_minute() -> None:
    limit = Limit(3)
    assert [limit.take("a", at) for at in (0, 1, 59, 59.5, 60.5, 61, 61.5)] == [
        True, True, True, False, True, True, False,
    ]  # fmt: skip


def test_keys_do_not_count_for_each_other() -> None:
    limit = Limit(1)
    assert limit.take("a", 0) and limit.take("b", 0) and not limit.take("a", 0)


def test_what_was_refused_is_not_counted() -> None:
    limit = Limit(1)
    assert limit.take("a", 0)
    assert not any(limit.take("a", at) for at in range(1, 60))
    assert limit.take("a", 60), "asking again and again does not make the wait longer"


def test_a_million_keys_are_forgotten() -> None:
    limit = Limit(1)
    for key in range(30_000):
        limit.take(str(key), 0)
    assert len(limit._times) <= 10_000
