"""The stories of `scenarios/` through the model: what they expect follows from the page alone."""

import pytest

from tests.model.detectors import Watch
from tests.model.instant import text
from tests.model.log import run
from tests.model.policy import Policy
from tests.scenarios import story as s

KNOWN = ("negative_stock", "overdue_supply", "out_of_stock")
BEYOND = ("flap", "dwell", "clear_after", "low_turnover")


def rows(log) -> list[dict]:
    return [{"location": key[0], "sku": key[1], **row} for key, row in log.table().items()]


def ledger(watches: dict[tuple, Watch]) -> list[dict]:
    """The model's episodes, as bare openings and ends."""
    entries = []
    for (location, sku), watch in watches.items():
        for number, episode in enumerate(watch.episodes):
            if episode.type == "out_of_stock" and not watch.out_of_stock_known:
                continue
            row = {
                "alert_id": (location, sku, number),
                "type": episode.type,
                "location": location,
                "sku": sku,
            }
            row |= {"opened_at": text(episode.opened_at), "episode": number, "supersedes": None}
            row |= {"severity": None, "cause_id": episode.cause and episode.cause[1]}
            entries.append({**row, "entry": "OPENED", "event_time": row["opened_at"]})
            if episode.ended_at is not None:
                entries.append({**row, "entry": "CLEARED", "event_time": text(episode.ended_at)})
    return entries


@pytest.mark.parametrize("story", s.stories(), ids=lambda story: story.name)
def test_story(story):
    policy, expect = Policy.of(story.policy), story.expect
    log = run(story.events, policy)
    rejects = [{"offset": o, "reason": r.reason, "field": min(r.fields, key=str)} for o, r, _ in log.rejects]
    s.judge_rejects(expect.get("rejects", []), rejects)
    s.judge_counts(expect.get("counts", {}), log.counts)
    s.judge_positions(expect["positions"], rows(log))
    days = [
        dict(zip(("location", "sku", "day", "demand"), (*key, units), strict=True))
        for key, units in log.demand().items()
    ]
    s.judge_demand(expect.get("demand_days", []), days)
    for moment in expect.get("moments", []):
        s.judge_positions(moment["positions"], rows(run(story.first(int(moment["after"])), policy)))


@pytest.mark.parametrize("story", s.stories(), ids=lambda story: story.name)
def test_alerts_the_model_knows(story):
    if any(word in (story.policy or "") for word in BEYOND) or story.name == "flapping_stock":
        return
    drop = ("supersedes", "severity")
    known = [
        {name: value for name, value in alert.items() if name not in drop}
        for alert in story.expect.get("alerts", [])
        if alert["type"] in KNOWN
    ]
    for alert in known:
        alert["entries"] = [entry for entry in alert["entries"] if entry in ("OPENED", "CLEARED")]
    complete = story.expect.get("complete", [])
    complete = list(KNOWN) if complete == "all" else [type for type in complete if type in KNOWN]
    watches = run(story.events, Policy.of(story.policy)).watches
    if "out_of_stock" in complete:
        assert all(watch.out_of_stock_known for watch in watches.values())
    s.judge_alerts({"alerts": known, "complete": complete}, ledger(watches))
