"""Each story gives the same ledger, byte for byte, with any blocks, groups and delivery."""

import pytest

from lowtide.runner.replay import replay_lines
from tests.runner.in_memory import by_flow
from tests.scenarios import story as s

STORIES = s.stories()
WHOLE = 10**6
SPLITS = [(block, groups) for block in (1, 7, WHOLE) for groups in (1, 3, 16)]


def by_replay(data, policy, block_records=4096, groups=1):
    return replay_lines(data, policy=policy, block_records=block_records, groups=groups)


def run(story, data=None, **options):
    return by_replay(story.events if data is None else data, story.policy, **options)


each_story = pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)


@each_story
def test_ends_as_it_must(story):
    found, expect = run(story), story.expect
    s.judge_rejects(expect.get("rejects", []), found.rejects)
    s.judge_counts(expect.get("counts", {}), found.counts)
    s.judge_positions(expect["positions"], found.positions)
    s.judge_demand(expect.get("demand_days", []), found.demand_days)
    s.judge_alerts(expect, found.ledger)


@each_story
def test_moments(story):
    for moment in story.expect.get("moments", []):
        data = story.first(int(moment["after"]))
        s.judge_positions(moment["positions"], run(story, data).positions)


@each_story
def test_ledger_is_the_accepted_one(story, request):
    ledger = s.written(run(story).ledger)
    if request.config.getoption("--accept"):
        story.golden.write_bytes(ledger)
    assert story.golden.exists(), f"{story.name}: no ledger.jsonl yet; run with --accept, read it, commit it"
    assert ledger.decode() == story.golden.read_text(encoding="utf-8")


@each_story
@pytest.mark.parametrize(("block", "groups"), SPLITS)
def test_any_split(story, block, groups):
    whole, split = run(story), run(story, block_records=block, groups=groups)
    assert s.written(split.ledger) == s.written(whole.ledger)
    assert sorted(map(str, split.positions)) == sorted(map(str, whole.positions))


def doubled(events):
    return b"".join(line + line for line in events.splitlines(keepends=True))


@each_story
def test_every_record_delivered_twice(story):
    twice = run(story, doubled(story.events), block_records=7, groups=3)
    assert s.written(twice.ledger) == s.written(run(story).ledger)


@each_story
@pytest.mark.parametrize(("workers", "block"), [(1, 4096), (2, 7), (3, 1)])
def test_the_dataflow_writes_the_same(story, workers, block):
    reference = run(story)
    flowed = by_flow(story.events, story.policy, block, workers=workers)
    assert s.written(flowed.ledger) == s.written(reference.ledger)
    assert (flowed.positions, flowed.rejects, flowed.demand_days, flowed.counts) == (
        reference.positions, reference.rejects, reference.demand_days, reference.counts,
    )  # fmt: skip
    twice = by_flow(doubled(story.events), story.policy, block, workers=workers)
    assert s.written(twice.ledger) == s.written(reference.ledger)
