"""The streams of the benches: their bytes stay, and each is what its name says."""

from __future__ import annotations

import hashlib

import pytest

from lowtide.core import Job


def entries(blocks: list[bytes]) -> tuple[int, int, set[tuple[str, str]]]:
    """Records, ledger entries, and the records that led to one."""
    job = Job.of(None, partition="memory")
    partition, group = job.partition(1), job.group()
    count, causes = 0, set()
    for block in [*blocks, None]:
        for _, part in partition.lines(block) if block else partition.finish():
            group.apply(part)
        ledger = group.take()["ledger"]
        count += ledger.num_rows
        causes |= set(zip(*(ledger[name].to_pylist() for name in ("cause_source", "cause_id")), strict=True))
    counts = partition.counts()
    assert counts["rejects"] == 0
    return counts["records"], count, causes


def test_the_stream_of_the_shop_keeps_its_bytes():
    """Figures of two dates are compared, so the bytes behind them must be the same."""
    import movements

    found = hashlib.sha256(b"".join(movements.lines(500, 5_000))).hexdigest()
    assert found == "11fef11e1c4ed6aedf8648fe8d331e6c231d48c79d39aae728f47b279d7b0586"


def test_calm_opens_no_alert():
    import mixes

    records, count, _ = entries(mixes.blocks("calm", 5_000, 60_000))
    assert records == 65_000
    assert count == 0


def test_about_one_record_in_seventeen_of_tight_leads_to_an_entry():
    import mixes

    records, _, causes = entries(mixes.blocks("tight", 5_000, 50_000))
    assert len(causes) / records == pytest.approx(0.058, abs=0.004)


def test_tight_has_two_percent_twice_and_two_percent_late():
    import mixes

    blocks = mixes.blocks("tight", 500, 10_000)
    partition = Job.of(None, partition="memory").partition(1)
    for block in blocks:
        partition.lines(block)
    counts = partition.counts()
    assert counts["duplicates"] / counts["records"] == pytest.approx(0.02, abs=0.005)
    assert counts["late"] / counts["records"] == pytest.approx(0.02, abs=0.005)


@pytest.mark.parametrize("mix", ["calm", "shop", "tight"])
def test_a_seed_gives_the_same_bytes_again(mix):
    import mixes

    assert mixes.blocks(mix, 50, 500, 3) == mixes.blocks(mix, 50, 500, 3)
    assert mixes.blocks(mix, 50, 500, 3) != mixes.blocks(mix, 50, 500, 4)


@pytest.mark.parametrize("dictionaries", [False, True])
def test_arrow_gives_the_ledger_of_json(dictionaries):
    import arrow_blocks
    import core
    import mixes

    blocks = mixes.blocks("shop", 300, 6_000)
    _, count, rows, ledger = core.run(core.Case("json shop", blocks, core.lines))
    batches = arrow_blocks.batches(blocks, dictionaries)
    assert count == sum(batch.num_rows for batch in batches)
    assert core.run(core.Case("arrow shop", batches, core.columns))[1:] == (count, rows, ledger)
    assert rows["ledger"] > 0
