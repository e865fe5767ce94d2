"""A generated world is what it says: the same every time, with truth that its own events confirm."""

from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

SKUS = 25


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    from make_worlds import Spec, make

    folder = tmp_path_factory.mktemp("worlds")
    specs = {
        "plain": Spec(lead=3, skus=SKUS),
        "hard": Spec(lead=5, review=7, lateness="heavy", pack=6, shrinkage=0.1, skus=SKUS),
    }
    return folder, {name: make(spec, Path(), folder) for name, spec in specs.items()}


def events_of(folder, name):
    return pq.read_table(folder / f"world_{name}_events.parquet")


def test_the_same_seed_gives_the_same_world(made, tmp_path):
    from make_worlds import Spec, make

    folder, names = made
    make(Spec(lead=3, skus=SKUS), Path(), tmp_path)
    assert events_of(tmp_path, names["plain"]).equals(events_of(folder, names["plain"]))


def test_an_episode_starts_where_the_events_leave_no_stock(made):
    from score import World

    folder, names = made
    world = World.read(folder, names["plain"])
    empty = world.on_hand <= 0
    starts = empty.copy()
    starts[:, 1:] &= ~empty[:, :-1]
    assert world.on_hand.min() >= 0
    assert (starts == world.starts).all()
    assert (world.lost <= world.starts).all()
    assert world.lost.any()


def test_orders_are_packs_on_review_days_and_receipts_at_most_what_was_ordered(made):
    folder, names = made
    rows = events_of(folder, names["hard"]).to_pandas()
    orders = rows[rows["type"] == "po_created"]
    assert (orders["qty"] % 6 == 0).all()
    assert (orders.groupby("sku")["day"].unique().map(lambda days: np.diff(days) % 7).map(np.sum) == 0).all()
    both = orders.merge(rows[rows["type"] == "receipt"], on=["sku", "po"], suffixes=("", "_come"))
    assert (both["qty_come"] <= both["qty"]).all()
    assert (both["day_come"] >= both["promised_day"]).all()


def test_a_count_brings_the_record_back_to_the_shelf(made):
    from score import World

    folder, names = made
    rows = events_of(folder, names["hard"]).to_pandas()
    counts = rows[rows["type"] == "count"]
    world = World.read(folder, names["hard"])
    last = counts.drop_duplicates(["sku", "day"], keep="last")
    assert len(last)
    assert (world.on_hand[last["sku"], last["day"]] == last["qty"]).all()


def test_the_bench_reads_the_chance_of_every_midnight(made):
    from events import movements
    from lowtide_run import Setting
    from score import World
    from worlds import run

    folder, names = made
    world = World.read(folder, names["plain"])
    said = run(list(movements(folder, names["plain"])), Setting({"lead_time": "3 d"}), world.on_hand.shape)
    in_stock = world.on_hand[:, 120:-1] > 0
    assert said.horizon == 7
    assert (said.chance[:, 120:-1][in_stock] > 0).mean() > 0.9
    assert (said.chance[:, 120:-1][~in_stock] == 0).all()
    assert said.levels.max() <= 3
