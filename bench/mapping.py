"""What does a map cost? The same movements as own JSON, as a CSV of 12 columns, and as change events of Debezium.

Each form is read by a partition of one key group, without the group: decoding, checks and deduplication alone.
The forms take turns, five times in one run, pinned to one core; the figures are medians of the CPU time of the
process. All forms must give the same number of accepted records.
"""

from __future__ import annotations

import argparse
import base64
import gc
import os
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import orjson

import movements
import record
from lowtide.core import Job, Mapping

BLOCK = 4096
ZONE = "Europe/Berlin"
HEADER = "单据编号;分录;业务类型;仓库;物料编码;物料名称;实发数量;单位;单价;日期;制单人;备注"
KINDS = {
    "count": "盘点",
    "sale": "销售出库",
    "order": "采购订单",
    "receipt": "采购入库",
    "adjustment": "盘亏",
}
SCHEMA = [
    {"type": kind, "optional": False, "field": name, "name": "io.debezium.data.Something", "version": 1}
    for kind, name in [("string", "id"), ("string", "sku"), ("string", "location"), ("bytes", "qty")] * 4
]


class Form(NamedTuple):
    """A form of the movements: its blocks, the map that reads it, and how a block is given to a partition."""

    blocks: list[bytes]
    map: dict[str, Any] | None
    header: bytes | None = None


def hole(name: str, **steps: Any) -> dict[str, Any]:
    """A value of a map that is one column."""
    return {"parts": [{"hole": name}], **steps}


def text(constant: str) -> dict[str, Any]:
    """A value of a map that is the same for every row."""
    return {"parts": [{"text": constant}]}


def csv_map() -> dict[str, Any]:
    """A map of 12 columns with a joined id, a table of kinds, a decimal comma and a zone."""
    fields = {
        "id": {"parts": [{"hole": "单据编号"}, {"text": "#"}, {"hole": "分录"}]},
        "source": text("erp"),
        "kind": hole("业务类型", map={theirs: ours for ours, theirs in KINDS.items()}),
        "sku": hole("物料编码"),
        "location": hole("仓库"),
        "quantity": hole("实发数量", decimal=",", thousands="."),
        "event_time": hole("日期", format="%d.%m.%Y %H:%M:%S"),
        "ref": hole("备注"),
    }
    skip = [{"hole": "单据编号", "in": ["合计", ""]}]
    return {"format": 1, "name": "csv", "zone": ZONE, "skip": skip, "movements": [{"fields": fields}]}


def debezium_map() -> dict[str, Any]:
    """A map of change events, with and without a schema beside them."""
    fields = {
        "id": {"parts": [{"text": "stock_move/"}, {"hole": "after.id"}]},
        "source": {"parts": [{"hole": "source.name"}, {"text": "."}, {"hole": "source.table"}]},
        "kind": hole("after.kind"),
        "sku": hole("after.sku"),
        "location": hole("after.location"),
        "quantity": hole("after.qty", base64_scale=3),
        "event_time": hole("after.moved_at", format="epoch_us"),
        "ref": hole("after.ref"),
    }
    rule = {"when": {"hole": "op", "in": ["r", "c"]}, "fields": fields}
    read = {"format": "debezium", "root": "auto"}
    return {"format": 1, "name": "debezium", "read": read, "zone": "UTC", "movements": [rule]}


def csv_row(movement: dict[str, Any]) -> bytes:
    """The movement as a line of an export."""
    at = datetime.fromisoformat(movement["event_time"]).astimezone(ZoneInfo(ZONE))
    quantity = f"{float(movement['quantity']):.3f}".replace(".", ",")
    cells = [
        movement["id"], "1", KINDS[movement["kind"]], movement["location"], movement["sku"], "Milch 1,5 % 1 l",
        quantity, "件", "1,29", f"{at:%d.%m.%Y %H:%M:%S}", "张伟", movement.get("ref", ""),
    ]  # fmt: skip
    return (";".join(cells) + "\n").encode()


def change(movement: dict[str, Any], number: int) -> dict[str, Any]:
    """The movement as a change event."""
    milli = round(float(movement["quantity"]) * 1000)
    qty = base64.b64encode(milli.to_bytes(3, "big", signed=True)).decode()
    at = int(datetime.fromisoformat(movement["event_time"]).timestamp() * 1000)
    after = {
        "id": movement["id"], "kind": movement["kind"], "sku": movement["sku"], "location": movement["location"],
        "qty": qty, "ref": movement.get("ref"), "state": "done", "moved_at": at * 1000, "note": None,
    }  # fmt: skip
    source = {
        "version": "3.0.0.Final", "connector": "postgresql", "name": "erp", "ts_ms": at, "snapshot": "false", "db": "shop",
        "sequence": '["24023128","24023128"]', "schema": "public", "table": "stock_move", "txId": number, "lsn": number,
        "xmin": None,
    }  # fmt: skip
    return {
        "before": None,
        "after": after,
        "source": source,
        "op": "c",
        "ts_ms": at + 40,
        "transaction": None,
    }


def forms(lines: list[bytes]) -> dict[str, Form]:
    """The movements in each form, in blocks."""
    parsed = [orjson.loads(line) for line in lines]
    changes = [change(movement, at) for at, movement in enumerate(parsed)]
    schema = {"type": "struct", "fields": SCHEMA, "optional": False, "name": "erp.public.stock_move.Envelope"}
    wrapped = [orjson.dumps({"schema": schema, "payload": event}) + b"\n" for event in changes]
    plain = [orjson.dumps(event) + b"\n" for event in changes]
    csv = [csv_row(movement) for movement in parsed]
    return {
        "own JSON": Form(list(blocks(lines)), None),
        "CSV": Form(list(blocks(csv)), csv_map(), HEADER.encode()),
        "Debezium": Form(list(blocks(plain)), debezium_map()),
        "Debezium with schema": Form(list(blocks(wrapped)), debezium_map()),
    }


def blocks(lines: list[bytes]) -> Iterator[bytes]:
    """Blocks of whole lines."""
    for at in range(0, len(lines), BLOCK):
        yield b"".join(lines[at : at + BLOCK])


def read(form: Form) -> Callable[[], dict[str, int]]:
    """Read all blocks of a form; gives a function for the counts."""
    partition = Job.of(None, partition="memory").partition(1)
    if form.map is not None:
        partition.map(Mapping(orjson.dumps(form.map, option=orjson.OPT_SORT_KEYS)))
    take: Callable[[bytes], object] = partition.lines
    if form.header is not None:
        partition.csv_header(form.header, ord(";"))
        take = partition.csv
    for block in form.blocks:
        take(block)
    return partition.counts


def timed(form: Form) -> tuple[float, dict[str, int]]:
    """CPU seconds and the counts."""
    gc.collect()
    gc.disable()
    start = time.process_time()
    counts = read(form)
    spent = time.process_time() - start
    gc.enable()
    return spent, counts()


def main() -> None:
    """Measure and print; `--record` writes a record file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--positions", type=int, default=20_000)
    parser.add_argument("--movements", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--record", action="store_true", help="write bench/records/<date>-mapping.json")
    asked = parser.parse_args()
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    lines = list(movements.lines(asked.positions, asked.movements))
    made = forms(lines)
    times: dict[str, list[float]] = {name: [] for name in made}
    accepted: set[int] = set()
    for _ in range(asked.rounds):
        for name, form in made.items():
            spent, counts = timed(form)
            times[name].append(spent)
            accepted.add(counts["accepted"])
    if len(accepted) != 1:
        raise SystemExit(f"the forms do not agree: {sorted(accepted)} records were accepted")
    rate = {name: len(lines) / statistics.median(found) for name, found in times.items()}
    print(f"{len(lines):,} records, median of {asked.rounds}, CPU time, one core, decoding alone")
    for name, form in made.items():
        size = sum(map(len, form.blocks)) / len(lines)
        share = statistics.median(a / b for a, b in zip(times["own JSON"], times[name], strict=True))
        print(f"{name:22} {rate[name] / 1e6:6.2f} M/s   {share:5.2f} x own JSON   {size:5.0f} bytes a record")
    if asked.record:
        per_second = {name: round(found) for name, found in rate.items()}
        print(
            record.write(
                "mapping",
                {"records": len(lines), "rounds": asked.rounds, "per_s": per_second, "cpu_s": times},
            )
        )


if __name__ == "__main__":
    main()
