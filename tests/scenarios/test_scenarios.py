"""Each story ends as it must, whatever the blocks, groups and delivery: the same ledger, byte for byte."""

import pytest

from lowtide.replay import replay_lines
from scenarios import story as s

STORIES = s.stories()
WHOLE = 10**6
SPLITS = [(block, groups) for block in (1, 7, WHOLE) for groups in (1, 3, 16)]


def by_replay(data, policy, block_records=4096, groups=1):
    return replay_lines(data, policy=policy, block_records=block_records, groups=groups)


RUNNERS = {"replay": by_replay}
"""Ways to run a story: each takes (data, policy, block_records, groups) and gives a Replayed."""


def run(story, runner, data=None, **options):
    return RUNNERS[runner](story.events if data is None else data, story.policy, **options)


each_story = pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
each_runner = pytest.mark.parametrize("runner", RUNNERS)


@each_story
def test_ends_as_it_must(story):
    found, expect = run(story, "replay"), story.expect
    s.judge_rejects(expect.get("rejects", []), found.rejects)
    s.judge_counts(expect.get("counts", {}), found.counts)
    s.judge_positions(expect["positions"], found.positions)
    s.judge_demand(expect.get("demand_days", []), found.demand_days)
    s.judge_alerts(expect, found.ledger)


@each_story
def test_moments(story):
    for moment in story.expect.get("moments", []):
        data = story.first(int(moment["after"]))
        s.judge_positions(moment["positions"], run(story, "replay", data).positions)


@each_story
def test_ledger_is_the_accepted_one(story, request):
    ledger = s.written(run(story, "replay").ledger)
    if request.config.getoption("--accept"):
        story.golden.write_bytes(ledger)
    assert story.golden.exists(), f"{story.name}: no ledger.jsonl yet; run with --accept, read it, commit it"
    assert ledger.decode() == story.golden.read_text(encoding="utf-8")


@each_runner
@each_story
@pytest.mark.parametrize(("block", "groups"), SPLITS)
def test_any_split(story, runner, block, groups):
    whole, split = run(story, runner), run(story, runner, block_records=block, groups=groups)
    assert s.written(split.ledger) == s.written(whole.ledger)
    assert sorted(map(str, split.positions)) == sorted(map(str, whole.positions))


@each_runner
@each_story
def test_every_record_delivered_twice(story, runner):
    twice = b"".join(line + line for line in story.events.splitlines(keepends=True))
    assert s.written(run(story, runner, twice, block_records=7, groups=3).ledger) == s.written(
        run(story, runner).ledger
    )
