"""The processes of a cluster are one run, with one name and one row."""

import threading

import orjson
import pytest

from lowtide.runner import coordinator
from lowtide.runner.coordinator import Coordinator
from lowtide.runner.summary import Summary

SHARED = {"location": "1", "sku": "A", "partitions": ["t/0", "t/1"]}


def did(records, **more):
    return Summary("t", {"records": records, "reject.bad_time": 1}, 10, records, 1.5, "v", **more)


def test_what_processes_did_is_added_up():
    one = did(5, rows={"ledger": 2}, shared=[SHARED], run_id="r", status="stopped")
    two = did(7, rows={"ledger": 1, "position": 4}, shared=[SHARED | {"sku": "0"}, SHARED])
    all_ = one.with_others([two])
    assert all_.counts == {"records": 12, "reject.bad_time": 2, "shared_positions": 2}
    assert (all_.positions, all_.entries, all_.seconds, all_.rows) == (
        20,
        12,
        1.5,
        {"ledger": 3, "position": 4},
    )
    assert [position["sku"] for position in all_.shared] == ["0", "A"]
    assert (all_.run_id, all_.status) == ("r", "stopped")
    assert did(5).with_others([]).counts == did(5).counts


def test_alone_it_needs_no_folder():
    alone = Coordinator()
    assert alone.leads and alone.run_id == alone.run_id != Coordinator().run_id
    assert alone.add_up(did(5)) == did(5)


def test_the_first_waits_for_the_others(tmp_path):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "1.json").write_bytes(orjson.dumps(vars(did(1_000_000))))  # an earlier run's
    first, second, third = (Coordinator(tmp_path, number, 3) for number in range(3))
    first.begin(tmp_path)
    assert (second.leads, second.run_id, third.run_id) == (False, first.run_id, first.run_id)
    assert second.add_up(did(7)) == did(7)
    late = threading.Timer(0.2, lambda: third.add_up(did(11)))
    late.start()
    assert first.add_up(did(5)).counts["records"] == 23


def test_it_knows_the_run_whose_state_it_takes_over(tmp_path):
    first, second = Coordinator(), Coordinator()
    first.begin(tmp_path)
    second.begin(tmp_path)
    assert (first.before, second.before) == (None, first.run_id)


def test_one_that_says_nothing_is_named(tmp_path, monkeypatch, caplog):
    monkeypatch.setattr(coordinator, "PATIENCE_S", 0.1)
    first = Coordinator(tmp_path, 0, 2)
    first.begin(tmp_path)
    assert first.add_up(did(5)) == did(5).with_others([])
    assert "counts_missing" in caplog.text


@pytest.mark.parametrize("process", [1, 2])
def test_a_process_that_does_not_lead_has_no_name_before_the_first(tmp_path, process):
    with pytest.raises(FileNotFoundError):
        _ = Coordinator(tmp_path, process, 3).run_id
