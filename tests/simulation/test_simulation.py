"""Some of the histories, and the proof that they notice deliberate faults."""

from __future__ import annotations

import pytest

from .faults import FAULTS, FOUND_WITHIN, seen
from .history import History, play
from .tables import identities

SEEDS = 300
AT_ONCE = 30


@pytest.mark.parametrize("first", range(0, SEEDS, AT_ONCE))
def test_whatever_dies_and_whenever_the_tables_are_those_of_a_run_that_nobody_disturbed(first):
    for seed in range(first, first + AT_ONCE):
        play(seed)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_a_fault_does_not_go_unseen(fault):
    assert any(seen(fault, seed) for seed in range(FAULTS[fault], FAULTS[fault] + FOUND_WITHIN))


def test_a_history_is_its_seed():
    once, again = [], []
    for told in (once, again):
        for seed in range(7, 15):
            History(seed, told.append).play()
    assert once == again and len(once) > 1000


def test_tables_keep_what_the_warehouse_declares():
    found = identities()
    assert found["position"] == (("pipeline", "location", "sku"), "version")
    assert found["ledger"] == (("toDate(event_time)", "location", "sku", "alert_id", "seq"), None)
    assert found["reject"] == (("pipeline", "partition", "offset", "reason"), None)
