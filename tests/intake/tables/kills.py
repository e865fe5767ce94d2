"""The reader of a table is killed again and again while writers commit unevenly: no row that was committed is lost.

    python -m tests.intake.tables.kills 200

Beside it, `id > last` reads the same table without being killed, and loses rows: that is why it is not offered.
"""

from __future__ import annotations

import random
import signal
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from lowtide.intake.journal import WATERMARK, Journal, JournalFolder, frames
from lowtide.intake.memory import Snapshots
from lowtide.intake.tables import Table, TablePolls
from lowtide.map import load_map
from tests.intake.tables.cluster import Cluster
from tests.intake.zygote import Zygote, stop_of_victim

MAP = """\
lowtide_map: 1
name: moves
read: {format: json}
source: erp
movements:
  - {id: "{id}", kind: sale, sku: "{sku}", location: "330", quantity: "{quantity}", event_time: "{at}"}
"""
_WRITERS = 6


@dataclass
class Outcome:
    """What became of the rows that were committed."""

    committed: int
    lost: int
    written: int
    """Rows in the journal; more than were committed where a kill made the reader read again."""
    lost_by_id: int
    """Rows that `id > last` has not seen."""
    kills: int


def victim(url: str, journal: str, map_: str) -> None:
    """Read the table until SIGTERM or a kill."""
    stop = stop_of_victim()
    values = {
        "name": "moves",
        "url": url,
        "table": "moves",
        "map": "moves",
        "mode": "postgres",
        "every": "0.02s",
    }
    with Journal.open(Path(journal)) as opened:
        polls = TablePolls([(Table.model_validate(values), load_map(map_))], Snapshots(opened), opened)
        polls.start(opened, stop)
        stop.wait()
        polls.join()


class Writers:
    """Transactions that begin in one order and commit in another; some are rolled back."""

    def __init__(self, cluster: Cluster, seed: int) -> None:
        self._cluster = cluster
        self.committed: set[int] = set()
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._write, args=(random.Random(f"{seed}/{number}"),))
            for number in range(_WRITERS)
        ]

    def start(self) -> None:
        """Begin to write."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Commit what is open, and end."""
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _write(self, chance: random.Random) -> None:
        with self._cluster.connect() as connection:
            connection.autocommit = False
            while not self._stop.is_set():
                ids = []
                for _ in range(chance.randint(1, 3)):
                    row = connection.execute(
                        "INSERT INTO moves (sku, quantity, at) VALUES (%s, %s, now()) RETURNING id",
                        [f"S{chance.randint(1, 50)}", chance.randint(1, 9)],
                    ).fetchone()
                    ids.append(int(str(row[0])) if row else 0)
                    time.sleep(chance.choice([0, 0, 0.002, 0.03]))
                if chance.random() < 0.1:
                    connection.rollback()
                    continue
                connection.commit()
                with self._lock:
                    self.committed.update(ids)
                time.sleep(chance.choice([0, 0.005]))


class ById:
    """What the usual way of reading a table sees: rows whose id is above the last one."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self.seen: set[int] = set()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._read)

    def start(self) -> None:
        """Begin to read."""
        self._thread.start()

    def stop(self) -> None:
        """Read once more, and end."""
        self._stop.set()
        self._thread.join()

    def _read(self) -> None:
        last, is_last = 0, False
        with self._cluster.connect() as connection:
            while not is_last:
                is_last = self._stop.wait(0.02)
                rows: list[Any] = connection.execute("SELECT id FROM moves WHERE id > %s", [last]).fetchall()
                self.seen.update(row[0] for row in rows)
                last = max(self.seen, default=0)


def battery(cluster: Cluster, folder: Path, kills: int, seed: int = 1) -> Outcome:
    """Kill the reader so many times, and compare its journal with what was committed."""
    chance = random.Random(seed)
    journal, map_ = folder / "journal", folder / "moves.yaml"
    map_.write_text(MAP)
    with cluster.connect() as connection:
        connection.execute("DROP TABLE IF EXISTS moves")
        connection.execute(
            "CREATE TABLE moves (id serial PRIMARY KEY, sku text, quantity numeric, at timestamptz)"
        )
    writers, by_id = Writers(cluster, seed), ById(cluster)
    with Zygote("tests.intake.tables.kills") as zygote:
        writers.start()
        by_id.start()
        for _ in range(kills):
            reader = zygote.fork(cluster.url, str(journal), str(map_))
            time.sleep(chance.uniform(0.02, 0.35))
            reader.kill()
        writers.stop()
        by_id.stop()
        reader = zygote.fork(cluster.url, str(journal), str(map_))
        until = time.monotonic() + 30
        while not writers.committed <= ids_of(journal) and time.monotonic() < until:
            time.sleep(0.2)
        assert reader.kill(signal.SIGTERM) == 0
    rows = rows_of(journal)
    lost = writers.committed - set(rows)
    return Outcome(len(writers.committed), len(lost), len(rows), len(writers.committed - by_id.seen), kills)


def rows_of(journal: Path) -> list[int]:
    """The ids of all rows of a journal."""
    if not (journal / "journal.json").exists():
        return []
    kept = (frame.body for frame in frames(JournalFolder(journal)) if frame.kind != WATERMARK)
    return [int(orjson.loads(line)["id"]) for body in kept for line in body.splitlines()]


def ids_of(journal: Path) -> set[int]:
    """Likewise, each once."""
    return set(rows_of(journal))


def main() -> None:
    """Print what became of the rows."""
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    with Cluster() as cluster, tempfile.TemporaryDirectory() as folder:
        outcome = battery(cluster, Path(folder), kills)
    again = outcome.written / max(1, outcome.committed)
    print(
        f"{outcome.kills} kills, {outcome.committed} rows committed, {outcome.lost} lost, x {again:.2f} in the journal"
    )
    print(f"`id > last`, never killed: {outcome.lost_by_id} lost")
    sys.exit(outcome.lost != 0)


if __name__ == "__main__":
    main()
