"""Generate worlds whose truth is known, in the files and the protocol of the frozen ones (`score.py` draws it).

One stock history for each item (`shop.py`): demand that the shelf cannot meet is lost, and a static rule reorders.
`python bench/quality/make_worlds.py OUT --demand or --lead 3 --lateness mild` writes `world_<name>_events.parquet` and its
truth. A world with hidden losses has a third file: the days at whose end the shelf is empty though the record says stock.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import fields
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from demands import demand_of
from shop import Shop, Spec


def events(shop: Shop) -> pa.Table:
    """What an engine sees, by day; within a day as the frozen worlds: stock, rule, receipts, sales, counts, orders."""
    sizes = [len(row[2]) for row in shop.rows]
    spread = {
        "day": np.repeat([row[1] for row in shop.rows], sizes).astype(np.int32),
        "sku": np.concatenate([row[2] for row in shop.rows]).astype(np.int32),
        "qty": np.concatenate([row[3] for row in shop.rows]).astype(np.float32),
        "po": np.concatenate([row[4] for row in shop.rows]).astype(np.int32),
        "promised_day": np.repeat([row[5] for row in shop.rows], sizes).astype(np.int32),
        "rop": np.concatenate([row[6] for row in shop.rows]).astype(np.float32),
        "order_qty": np.concatenate([row[7] for row in shop.rows]).astype(np.float32),
        "type": pa.array(np.repeat([row[0] for row in shop.rows], sizes).tolist(), pa.utf8()),
    }
    return pa.table(spread)


def truth(shop: Shop) -> pa.Table:
    """The days on which an empty shelf begins; kind 1 lost a unit before the shelf had stock again, 2 did not."""
    starts = shop.empty.copy()
    starts[:, 1:] &= ~shop.empty[:, :-1]
    days = starts.shape[1]
    lost_later = np.zeros(len(starts), bool)
    kind = np.zeros(starts.shape, np.int8)
    for at in range(days - 1, -1, -1):
        lost_later = shop.empty[:, at] & (lost_later | (shop.lost[:, at] > 0))
        kind[:, at] = np.where(lost_later, 1, 2)
    sku, day = np.nonzero(starts)
    columns = {
        "sku": sku.astype(np.int32),
        "day": day.astype(np.int32),
        "kind": kind[sku, day],
        "lost": shop.lost[sku, day].astype(np.float32),
    }
    return pa.table(columns)


def hidden(shop: Shop) -> pa.Table:
    """The runs of days at whose end the record says stock and the shelf is empty: the first, and the first after."""
    edges = np.diff(np.pad(shop.hidden, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    sku, day = np.nonzero(edges == 1)
    _, until = np.nonzero(edges == -1)
    return pa.table(
        {"sku": sku.astype(np.int32), "day": day.astype(np.int32), "until": until.astype(np.int32)}
    )


def make(spec: Spec, data: Path, folder: Path) -> str:
    """Write the files of one world and give its name; `data` holds Online Retail's file."""
    demand = demand_of(spec.demand, data, spec.skus, spec.seed)
    shop = Shop(spec, demand, np.random.default_rng([spec.seed, spec.lead, spec.review]))
    shop.run()
    folder.mkdir(parents=True, exist_ok=True)
    tables = {"events": events(shop), "truth": truth(shop)} | ({"hidden": hidden(shop)} if spec.loss else {})
    for what, table in tables.items():
        pq.write_table(table, folder / f"world_{spec.name}_{what}.parquet", compression="zstd")
    return spec.name


def main() -> None:
    """Write one world."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path, help="folder for the two files")
    parser.add_argument("--data", type=Path, default=Path(), help="folder of online_retail_ledger.parquet")
    for one in fields(Spec):
        parser.add_argument("--" + one.name.replace("_", "-"), type=type(one.default), default=one.default)
    asked = vars(parser.parse_args())
    out, data = asked.pop("out"), asked.pop("data")
    print(make(Spec(**asked), data, out))


if __name__ == "__main__":
    main()
