"""The part of the plain job that SQL can do, as one batch over the file in DuckDB with one thread.

It does: decode, fields that are missing, exact deduplication, the clock of the log, stock with counts, the demand of
each day, open supply with its due date, and of the ledger the alerts negative_stock and overdue_supply, entry for
entry as the plain loop. It does not: the rate of demand, trip levels, projected_stockout and out_of_stock. There the
rate of a day follows from the rate and the stock of the day before, and the next state of an alert from its last one.
It assumes what the stream of the bench has: a receipt delivers a whole order. It is not a stream either: the batch
must end before the first alert is known. The file is read while the time is measured, because DuckDB reads JSON only
from files. CPU is that of the process.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import duckdb

from outcome import Entry, print_figures, write_ledger

DECODE = """
create table movement as
with record as (
    select *, row_number() over () as line from read_json(?, format = 'newline_delimited', columns = {
        id: 'varchar', source: 'varchar', kind: 'varchar', sku: 'varchar', location: 'varchar',
        quantity: 'decimal(18, 3)', ref: 'varchar', due: 'bigint', event_time: 'timestamp'})
    where id is not null and source is not null and kind is not null and sku is not null
      and location is not null and quantity is not null and event_time is not null
), timed as (
    select *, epoch_ms(event_time) as moment, max(epoch_ms(event_time)) over (order by line) as clock from record
), told as (
    select *, lag(moment) over (partition by source, id order by line) as before from timed
)
select line, moment, clock, kind, sku, location, ref, (quantity * 1000)::bigint as milli,
       coalesce(due, moment + 7 * 86400000) as due
from told where before is null or before < clock - 7 * 86400000"""

STOCK = """
create table stock as
with counted as (
    select *, count(*) filter (kind = 'count') over (partition by location, sku order by line) as counts
    from movement
)
select line, clock, location, sku, sum(case
    when kind = 'sale' then -milli
    when kind in ('count', 'receipt', 'return', 'void', 'adjustment') then milli
    else 0 end) over (partition by location, sku, counts order by line) as on_hand
from counted"""

DEMAND = """
create table demand_day as
select location, sku, clock // 86400000 as day, sum(milli) as milli from movement where kind = 'sale' group by all"""

SUPPLY = """
create table supply as
select o.location, o.sku, o.ref, o.line as ordered, o.due, coalesce(min(r.line), 9223372036854775807) as delivered
from movement o left join movement r
  on r.kind = 'receipt' and r.ref = o.ref and r.location = o.location and r.sku = o.sku and r.line > o.line
where o.kind = 'order' group by all"""

LEDGER = """
with seen as (
    select line, clock, location, sku, 'negative_stock' as alert, on_hand < 0 as now from stock
  union all
    select m.line, m.clock, m.location, m.sku, 'overdue_supply', count(s.ref) > 0
    from movement m left join supply s
      on s.location = m.location and s.sku = m.sku and s.due + 86400000 <= m.clock
     and s.ordered <= m.line and s.delivered > m.line
    where (m.location, m.sku) in (select (location, sku) from supply)
    group by all
), changed as (
    select *, coalesce(lag(now) over (partition by location, sku, alert order by line), false) as before from seen
)
select clock, location, sku, alert, case when now then 'OPENED' else 'CLEARED' end, case when now then 2 else 0 end
from changed where now <> before order by line, alert"""


def main() -> None:
    """Run the batch over the file of the command line."""
    events, ledger = sys.argv[1:]
    database = duckdb.connect(config={"threads": 1})
    cpu, wall = time.process_time(), time.perf_counter()
    database.execute(DECODE, [events])
    for statement in (STOCK, DEMAND, SUPPLY):
        database.execute(statement)
    entries: list[Entry] = database.execute(LEDGER).fetchall()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    write_ledger(ledger, entries)
    print_figures("duckdb", Path(events).read_bytes().count(b"\n"), cpu, wall, len(entries))


if __name__ == "__main__":
    main()
