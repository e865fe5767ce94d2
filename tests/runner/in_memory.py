"""The Bytewax runner for tests: the same sink contract as the warehouse, kept in memory."""

import threading
from dataclasses import replace

from lowtide.core import Job, Log
from lowtide.ledger import POSITION_COLUMNS
from lowtide.policy import read_policy_text
from lowtide.rows import json_rows, ledger_key, ledger_rows, reject_rows
from lowtide.runner import flow
from lowtide.runner.plan import Plan
from lowtide.runner.replay import Replayed
from lowtide.sources.lines import line_blocks


class Kept:
    """Takes rows from any worker."""

    def __init__(self):
        self.rows, self.lock = {}, threading.Lock()

    def open(self):
        pass

    def write(self, table, batch):
        with self.lock:
            self.rows.setdefault(table, []).append(batch)

    def policy(self, version, document):
        pass

    def inputs(self, version):
        pass

    def flush(self):
        pass

    def table(self, name, rows):
        return [row for batch in self.rows.get(name, []) for row in rows(batch)]


def by_flow(data, policy=None, block_records=4096, groups=16, workers=1, inputs=None):
    """Runs JSON lines through the dataflow and gives what `replay_lines` gives. `inputs` are sets that the log may name."""
    rules = None if policy is None else read_policy_text(policy, "policy")
    kept = Kept()
    log = Log(
        replace(Job.of(rules, partition="lines"), inputs=inputs),
        line_blocks(iter([data]), block_records),
        groups,
    )
    plan = Plan({log.name: log}, kept)
    flow.run(plan, workers)
    days = {}
    columns = ("location", "sku", "day", "part", "demand", "offset")
    for row in kept.table("demand_day", lambda batch: json_rows(batch, columns)):
        days[row["location"], row["sku"], row["day"], row["part"]] = row
    finals = [row for group in log.groups.values() for row in json_rows(group.positions(), POSITION_COLUMNS)]
    return Replayed(
        ledger=sorted(kept.table("ledger", ledger_rows), key=ledger_key),
        positions=sorted(finals, key=lambda row: (row["location"], row["sku"])),
        rejects=kept.table("reject", reject_rows),
        demand_days=[days[key] for key in sorted(days)],
        counts=log.partition.counts(),
    )
