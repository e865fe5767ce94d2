"""A feed is silent exactly when a plain model of its rhythm says so; what others send cannot make it so."""

from __future__ import annotations

import json
import random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lowtide.explain.recompute import checks
from lowtide.ledger import FEED
from lowtide.runner.replay import replay_lines
from tests.model import instant
from tests.model.instant import HOUR, MINUTE
from tests.model.rhythm import Feeds
from tests.properties.logs import MONDAY

quick = settings(
    max_examples=6, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
LEARNED = 15


@st.composite
def towns(draw) -> list[dict]:
    """Shops whose tills send some sales an hour, for three weeks; tills and shops fail, and once nothing comes at all."""
    dice = random.Random(draw(st.integers(0, 2**32)))
    tills = [
        (location, f"till-{number}", dice.choice([1, 1, 2, 3]))
        for location in ("330", "331", "仓库")[: dice.randint(1, 3)]
        for number in range(dice.randint(1, 3))
    ]
    opens, closes = dice.choice([(8, 20), (0, 24), (6, 13)])
    outages = [
        (
            dice.choice(tills),
            dice.random() < 0.4,
            LEARNED * 24 + dice.randrange(6 * 24),
            dice.choice([2, 4, 9, 30, 70]),
        )
        for _ in range(dice.randint(1, 4))
    ]
    pause = LEARNED * 24 + dice.randrange(6 * 24), dice.choice([0, 0, 3, 12])
    found, number = [], 0
    for hour in range((LEARNED + 6) * 24):
        if pause[0] <= hour < sum(pause):
            continue
        rows = [("erp", "receipt", "330", dice.randrange(HOUR))] if dice.random() < 0.9 else []
        for location, till, rate in tills if opens <= hour % 24 < closes else []:
            if any(
                start <= hour < start + hours
                and (location == out[0] if whole else (location, till) == out[:2])
                for out, whole, start, hours in outages
            ):
                continue
            kinds = dice.choices(["sale", "return"], [9, 1], k=rate if dice.random() < 0.95 else rate - 1)
            rows += [(till, kind, location, dice.randrange(HOUR)) for kind in kinds]
        for source, kind, location, at in sorted(rows, key=lambda row: row[3]):
            number += 1
            lag = dice.choice([0] * 9 + [30 * MINUTE])
            found.append(
                {
                    "id": str(number), "source": source, "kind": kind, "sku": "A", "location": location,
                    "quantity": 1, "event_time": MONDAY + hour * HOUR + at - lag,
                }
            )  # fmt: skip
    return found


def policy(needed: float, least: int) -> str:
    return (
        f"defaults: {{look_for: [silent_feed], silent_records: {needed}, silent_least: {least // MINUTE}m}}\n"
    )


def lines(records: list[dict]) -> bytes:
    return "".join(json.dumps(record) + "\n" for record in records).encode()


def told(ledger: list[dict]) -> list[tuple]:
    """(time, entry, location, source) of every opening and end of a silence."""
    found = (entry for entry in ledger if entry["type"] == "silent_feed")
    return sorted(
        (
            instant.instant(entry["event_time"]),
            entry["entry"],
            entry["location"],
            entry["sku"].removeprefix(FEED),
        )
        for entry in found
        if entry["entry"] != "FLAPPING"
    )


@quick
@given(towns(), st.sampled_from([2, 3.5, 6]), st.sampled_from([30 * MINUTE, 2 * HOUR]))
def test_silence_is_what_a_plain_model_says(records, needed, least):
    model, clock = Feeds(needed, least), 0
    for record in records:
        clock = max(clock, record["event_time"])
        of_sales = record["kind"] != "receipt"
        model.record(clock, record["location"] if of_sales else None, record["source"])
    flap = policy(needed, least).replace("{", "{flap_count: 0, ", 1)
    ledger = replay_lines(lines(records), policy=flap, block_records=700, groups=3).ledger
    assert told(ledger) == sorted(model.told)
    wrong = [check for entry in ledger for check in checks(entry) if not check.ok]
    assert not wrong, wrong


@quick
@given(towns())
def test_blocks_key_groups_and_second_deliveries_change_nothing(records):
    text = policy(3, HOUR)
    whole = replay_lines(lines(records), policy=text)
    split = replay_lines(lines(records), policy=text, block_records=1, groups=5)
    assert split.ledger == whole.ledger
    twice = [again for record in records for again in (record, record)]
    assert replay_lines(lines(twice), policy=text, block_records=9, groups=2).ledger == whole.ledger


@quick
@given(towns())
def test_without_it_nothing_is_known_of_feeds(records):
    other = policy(3, HOUR).replace("silent_feed", "dead_stock")
    assert not told(replay_lines(lines(records), policy=other).ledger)


DAYS, FAILS, RETURNS = 56, 42, 52
ITEMS = 12
STUCK = "item-0"
"""Of every till: it is on no shelf any more from the day on which the first till fails."""


def department_tills(fails: bool) -> list[dict]:
    """Three tills, each with items of its own: the first fails for ten days; of each an item is on no shelf from then on."""
    dice, found = random.Random(7), []
    for location, till in (("330", "till-1"), ("330", "till-2"), ("331", "till-3")):
        for item in range(ITEMS):
            row = {"source": "stock", "kind": "count", "location": location, "sku": f"{till} item-{item}"}
            found.append(row | {"quantity": 2000, "event_time": MONDAY})
    for day in range(DAYS):
        for location, till in (("330", "till-1"), ("330", "till-2"), ("331", "till-3")):
            if fails and till == "till-1" and FAILS <= day < RETURNS:
                continue
            for item in range(ITEMS):
                if item == 0 and day >= FAILS:
                    continue
                for _ in range(dice.choice([2, 3, 4, 5])):
                    at = day * 24 * HOUR + 8 * HOUR + dice.randrange(12 * HOUR)
                    row = {"source": till, "kind": "sale", "location": location, "sku": f"{till} item-{item}"}
                    found.append(row | {"quantity": 1, "event_time": MONDAY + at})
    found.sort(key=lambda row: row["event_time"])
    return [row | {"id": str(number)} for number, row in enumerate(found)]


def opened(records: list[dict], look_for: str) -> set[tuple[str, str]]:
    """(type, SKU) of every phantom and every drought that opened."""
    ledger = replay_lines(
        lines(records), policy=f"defaults: {{look_for: [{look_for}], sign_after: 21d}}\n"
    ).ledger
    return {
        (entry["type"], entry["sku"])
        for entry in ledger
        if entry["entry"] == "OPENED" and entry["type"] in ("phantom_stock", "sales_drought")
    }


def test_an_outage_inhibits_all_phantoms_and_droughts_of_its_own_feed_and_none_of_others():
    """The fear: a till fails, and every item that it sold is a phantom; or the real phantoms of others are hushed too."""
    signs, records = "phantom_stock, sales_drought", department_tills(fails=True)
    without, inhibited = opened(records, signs), opened(records, f"{signs}, silent_feed")
    of_till = {(kind, sku) for kind, sku in without if sku.startswith("till-1")}
    assert {sku for _, sku in of_till} == {f"till-1 item-{item}" for item in range(ITEMS)}
    others = {("phantom_stock", f"till-{till} {STUCK}") for till in (2, 3)}
    assert without - of_till == others
    assert {sku for _, sku in inhibited} <= {sku for _, sku in others} | {f"till-1 {STUCK}"}
    assert inhibited & others == others
    assert opened(department_tills(fails=False), f"{signs}, silent_feed") == opened(
        department_tills(fails=False), signs
    )
