"""A million records, one in a hundred bad in one of more than fifty ways: is every one found, and are the others used?

The records go through a real topic into a run with an embedded warehouse and a state. Then every bad record must be in
`reject` with the right code, offset and bytes, the stock of every position must be the stock of the good records alone, and
the run must have ended with 0.
"""

from __future__ import annotations

import argparse
import base64
import json
import subprocess
import sys
import time
from pathlib import Path

import orjson

import record
from scratch import scratch
from services import LOWTIDE, broker, make_topic, producer, send

sys.path.insert(0, str(Path(__file__).parent.parent))
from tests.faults.poison import AT_MS, KINDS, good


def ask(query: str, store: Path) -> list[dict[str, object]]:
    """Rows of a query."""
    command = [*LOWTIDE, "sql", query, "--warehouse", str(store), "--format", "JSONEachRow"]
    return [
        orjson.loads(line)
        for line in subprocess.run(command, capture_output=True, check=True).stdout.splitlines()
    ]


def main() -> None:
    """Measure and print; `--record` writes a record file."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--record", action="store_true", help="write bench/records/<date>-poison.json")
    asked = parser.parse_args()
    kinds, values, bad, stock = list(KINDS.values()), [], {}, {}
    for number in range(asked.records):
        if number % 100 == 99:
            code, make = kinds[number // 100 % len(kinds)]
            bad[number] = (code, make(number)[:65_536])
            values.append(make(number))
            continue
        one = good(number)
        values.append(orjson.dumps(one))
        place = (one["location"], one["sku"])
        stock[place] = stock.get(place, 0) - 1
    with scratch() as folder, broker() as running:
        address, store = make_topic(running, "poison"), Path(folder) / "store"
        send(producer(running), "poison", values, AT_MS + 86_400_000)
        command = [
            "run",
            address,
            "--state",
            f"{folder}/state",
            "--warehouse",
            str(store),
            "--json",
            "--checkpoint-every",
            "1",
        ]
        started = time.monotonic()
        done = subprocess.run([*LOWTIDE, *command], capture_output=True, check=False)
        seconds = time.monotonic() - started
        assert done.returncode == 0, done.stderr.decode()[-2000:]
        counts = json.loads(done.stdout)["counts"]
        found = ask(
            "SELECT offset, reason, base64Encode(record) AS record FROM reject FINAL ORDER BY offset", store
        )
        held = subprocess.run(
            [*LOWTIDE, "state", "export", f"{folder}/state"], capture_output=True, check=True
        ).stdout
    got = {int(str(row["offset"])): (row["reason"], base64.b64decode(str(row["record"]))) for row in found}
    wrong = {
        number: (bad.get(number), got.get(number))
        for number in bad.keys() | got.keys()
        if bad.get(number) != got.get(number)
    }
    positions = {
        (row["location"], row["sku"]): int(row["on_hand"]) for row in map(orjson.loads, held.splitlines())
    }
    assert not wrong, list(wrong.items())[:3]
    assert positions == stock, "a good record was harmed"
    assert counts["accepted"] == asked.records - len(bad)
    print(
        f"{asked.records:,} records, {len(bad):,} of them bad in {len(kinds)} ways: all found, with code, offset and bytes"
    )
    print(
        f"{len(stock):,} positions as the good ones alone lead to; the run took {seconds:.1f} s and ended with 0"
    )
    if asked.record:
        figures = {
            "records": asked.records,
            "bad": len(bad),
            "kinds": len(kinds),
            "wrong": 0,
            "positions": len(stock),
            "seconds": round(seconds, 1),
        }
        print(record.write("poison", figures))


if __name__ == "__main__":
    main()
