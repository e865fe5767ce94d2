"""The peers of the benches: their job is one job, and what compares and draws them tells the truth."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).parents[2] / "bench"


@pytest.fixture
def peers(monkeypatch):
    """The folder of the peers is a script's folder: its modules import one another by name."""
    monkeypatch.syspath_prepend(str(BENCH / "peers"))


@pytest.fixture(scope="module")
def events(tmp_path_factory):
    import movements

    path = tmp_path_factory.mktemp("peers") / "shop.jsonl"
    path.write_bytes(b"".join(movements.lines(300, 6_000, days=60)))
    return path


def ledger_of(script: str, events: Path, out: Path) -> list[str]:
    command = [sys.executable, str(BENCH / "peers" / script), str(events), str(out)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    figures = json.loads(done.stdout)
    lines = out.read_text().splitlines()
    assert figures["records"] == events.read_bytes().count(b"\n")
    assert figures["entries"] == len(lines)
    return lines


def test_peers_in_python_write_the_ledger_of_the_plain_loop(peers, events, tmp_path):
    import ledgers

    for script in ("plain.py", "bytewax_flow.py", "duckdb_batch.py"):
        assert ledger_of(script, events, tmp_path / script)
    plain, bytewax, duckdb = (
        ledgers.read(tmp_path / name) for name in ("plain.py", "bytewax_flow.py", "duckdb_batch.py")
    )
    assert ledgers.difference(bytewax, plain) is None
    assert ledgers.difference(duckdb, plain, ledgers.SHARED) is None
    assert {entry[3] for entry in duckdb} <= set(ledgers.SHARED)


def test_lowtide_opens_negative_stock_where_the_plain_loop_does(peers, events, tmp_path):
    import ledgers

    ledger_of("plain.py", events, tmp_path / "plain")
    ledger_of("lowtide_core.py", events, tmp_path / "lowtide")
    plain, ours = ledgers.read(tmp_path / "plain"), ledgers.read(tmp_path / "lowtide")
    found = ledgers.overlap(ours, plain, "negative_stock")
    assert found["both"] > 0
    assert found["lowtide_only"] == found["plain_only"] == 0


def test_the_order_at_a_position_counts_and_the_order_between_positions_does_not(peers):
    import ledgers

    first, second = (
        ("1", "9", "A", "out_of_stock", "OPENED", "3"),
        (
            "2",
            "9",
            "A",
            "out_of_stock",
            "CLEARED",
            "0",
        ),
    )
    other = ("1", "9", "B", "overdue_supply", "OPENED", "2")
    assert ledgers.difference([other, first, second], [first, second, other]) is None
    assert "position 9 A" in ledgers.difference([second, first, other], [first, second, other])
    assert "position 9 B" in ledgers.difference([first, second], [first, second, other])
    assert ledgers.difference([first, second], [first, second, other], ("out_of_stock",)) is None


def test_an_overdue_supply_of_the_plain_loop_opens_a_day_after_it_was_due(peers, tmp_path):
    """The stream of the shop has none, so that no peer would notice a mistake here."""
    import ledgers
    import movements

    day, start = movements.DAY_MS, movements.START_MS
    lines = [
        movements.line("1", "order", "A", "9", 5, start, f'"ref":"P","due":{start + day},'),
        movements.line("2", "sale", "A", "9", 1, start + 2 * day - 1),
        movements.line("3", "sale", "A", "9", 1, start + 2 * day),
        movements.line("4", "receipt", "A", "9", 5, start + 3 * day, '"ref":"P",'),
    ]
    events = tmp_path / "events"
    events.write_bytes(b"".join(lines))
    for script in ("plain.py", "bytewax_flow.py", "duckdb_batch.py"):
        ledger_of(script, events, tmp_path / "ledger")
        found = [entry for entry in ledgers.read(tmp_path / "ledger") if entry[3] == "overdue_supply"]
        assert [(int(entry[0]), entry[4]) for entry in found] == [
            (start + 2 * day, "OPENED"),
            (start + 3 * day, "CLEARED"),
        ]


def test_records_are_compared_by_medians_and_percent():
    import compare

    old = {"per_s": 100, "cpu_s": [3.0, 1.0, 2.0], "peers": {"flink": {"multiple": 2.0}}}
    new = {"per_s": 110, "cpu_s": [1.0], "peers": {"flink": {"multiple": 2.0}}, "more": 5}
    lines = [line.split() for line in compare.table(old, new)]
    assert lines == [
        ["per_s", "100", "110", "+10.0", "%"],
        ["cpu_s", "2", "1", "-50.0", "%"],
        ["peers.flink.multiple", "2", "2", "+0.0", "%"],
        ["more", "–", "5"],
    ]


def test_the_chart_names_every_peer_with_its_multiple():
    import chart

    record = {
        "date": "2026-11-30",
        "machine": "A & B",
        "records": 1000,
        "peers": {
            "plain loop": {"multiple": 1.0},
            "slow": {"multiple": 0.04},
            "lowtide core": {"multiple": 8.25},
        },
    }
    drawn = chart.svg(record)
    assert [name for name, _ in chart.bars(record)] == ["lowtide core", "plain loop", "slow"]
    assert all(text in drawn for text in ("8.25 ×", "0.04 ×", "A &amp; B", ">slow<"))
    assert "-" not in "".join(part.split('"')[0] for part in drawn.split('width="')[1:])


def test_a_peer_whose_tools_are_missing_is_skipped_with_its_reason(peers, monkeypatch, capsys):
    import run

    monkeypatch.setenv("PATH", "")
    commands, skipped = run.ready(["flink", "timely"])
    assert [peer.name for peer in commands] == ["plain loop"]
    assert skipped == {
        "flink": "Java 17 is not installed (no `java` on the path)",
        "timely": "Rust is not installed (no `cargo` on the path)",
    }
    assert "SKIPPED flink: Java 17" in capsys.readouterr().out


def test_a_ledger_that_must_be_equal_and_is_not_ends_the_run(peers, tmp_path):
    import run

    ledger = tmp_path / "ledger"
    ledger.write_text("1\t9\tA\tout_of_stock\tOPENED\t3\n")
    (peer,) = (peer for peer in run.PEERS if peer.name == "timely")
    with pytest.raises(
        SystemExit, match="timely: its ledger differs from that of the plain loop, position 9 A"
    ):
        run.judge(peer, ledger, [])
