"""The benches that `make bench` runs exist, start, and measure what a run does now."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("small", [False, True])
def test_every_bench_of_the_suite_is_a_script_that_takes_its_arguments(small, monkeypatch):
    """A bench whose option has another name would be seen after the twenty minutes of those before it."""
    import suite

    for step in suite.STEPS:
        _, script, *arguments = step.command(small)
        source = Path(script).read_text()
        options = {argument for argument in arguments if argument.startswith("--")}
        assert options <= set(re.findall(r'"(--[a-z-]+)"', source)), step.name
        assert ("--record" in arguments) is not small


def test_a_bench_that_fails_does_not_stop_the_others_and_is_named(monkeypatch, capsys):
    import suite

    commands = {"quick": "raise SystemExit(3)", "core": "print('ran')"}
    monkeypatch.setattr(
        suite.Step, "command", lambda step, small: [sys.executable, "-c", commands[step.name]]
    )
    monkeypatch.setattr(sys, "argv", ["suite.py", "--small", "--only", *commands])
    with pytest.raises(SystemExit) as ended:
        suite.main()
    assert ended.value.code == 1
    told = capsys.readouterr().out
    assert re.search(r"^quick .*FAILED with 3$", told, re.MULTILINE)
    assert re.search(r"^core +0\.0 +[\d.]+$", told, re.MULTILINE)


def test_growth_takes_rows_when_as_many_wait_as_in_a_run():
    """The number of rows that wait became two numbers, and the bench ended with an error that nobody saw."""
    import growth
    from checkpoint import Sales

    engine, phase = growth.Engine(), growth.Phase()
    engine.feed(phase, Sales().blocks(b"count", np.arange(6_000), growth.MONDAY_MS, 120))
    assert phase.records == 6_000
    assert phase.calls["take"]
    assert len(phase.calls["lines"]) == len(phase.calls["apply"]) == 2


def test_a_checkpoint_of_the_bench_saves_what_was_sold(tmp_path):
    from checkpoint import START_MS, Engine, Sales

    engine, sales = Engine(tmp_path, 2), Sales()
    engine.apply(sales.blocks(b"count", np.arange(5_000), START_MS, 50))
    _, of_log, of_groups = engine.save()
    engine.apply(sales.blocks(b"sale", np.arange(100), START_MS + 1000))
    _, of_log_later, of_groups_later = engine.save()
    engine.close()
    assert 0 < of_log_later < of_log
    assert 0 < of_groups_later < of_groups


def test_a_process_that_dies_while_it_measures_ends_the_bench():
    """The bench waited for its answer without an end."""
    from memory import in_a_fresh_process

    with pytest.raises(SystemExit, match="has ended with 1"):
        in_a_fresh_process(sys.exit)


def test_the_probe_of_the_bench_of_latency_opens_an_alert_at_once():
    """Its SKU once had no stock before, and such a position got no alert any more: no probe was ever seen."""
    from latency import PROBE
    from lowtide.core import Job

    job = Job.of(None, partition="memory")
    partition, group = job.partition(1), job.group()
    for _, part in partition.lines(PROBE % {b"n": 7, b"at": 1_767_571_200_000}):
        group.apply(part)
    assert group.take()["ledger"].column("type").to_pylist() == ["negative_stock"]


def test_a_hundred_million_positions_are_told_from_the_slope_of_the_two_largest_sizes():
    import growth

    each = {"1000": 900, "1000000": 220, "10000000": 202}
    told = growth.on_paper({size: {"bytes_a_position": found} for size, found in each.items()})
    assert told == {"from": [1_000_000, 10_000_000], "bytes_more_a_position": 200, "gb_for_100_m": 20.0}


def test_the_rates_of_workers_leave_the_start_out():
    import workers

    times = {"wall_s": [3.0, 9.0, 3.0], "wall_of_start_s": [1.0], "cpu_s": [5.0], "cpu_of_start_s": [1.0]}
    assert workers.rates(times, 1_000) == {"per_wall_s": 500, "per_cpu_s": 250}
    with pytest.raises(SystemExit, match="take more `--movements`"):
        workers.rates(times | {"wall_of_start_s": [3.5]}, 1_000)


def test_formula_and_low_turnover_are_policies_of_the_core_bench():
    import core

    cases = {case.name: case.policy for case in core.cases(50, 500)}
    assert cases["json tight"] is None
    assert cases["json tight, formula"].defaults.reorder_point == "formula"
    assert cases["json tight, low turnover"].defaults.low_turnover_units == 5
