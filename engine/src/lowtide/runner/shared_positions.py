"""Positions whose movements are in more than one log: the stock of such a position is wrong in each of them.

A topic that is not keyed by location has them, and no record says so. A process compares what it holds itself, by the
hashes of names; processes of a cluster leave theirs in the state folder, and each compares its own with those of the others:

    STATE/positions/0.arrow   partition: dictionary<utf8>, hash: uint64, the positions of process 0 at its last look
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from lowtide.core import Log
from lowtide.operation.log import logger

FOLDER = "positions"


class Shared:
    """Looks for shared positions among the logs of this process, and with a folder among those of its peers."""

    def __init__(self, logs: Iterable[Log], folder: Path | None = None, process: int = 0) -> None:
        self._logs = list(logs)
        self._folder = folder and folder / FOLDER
        self._process = process

    def look(self) -> list[dict[str, Any]]:
        """`location`, `sku` and the `partitions` that know it, for each that more than one log knows.

        Of two processes with the same position at least the one that looks later finds it.
        """
        if len(self._logs) < 2:
            return []
        held = self._held()
        elsewhere = self._exchanged(held)
        known = pa.concat_tables([held, *elsewhere])
        counts = known.group_by("hash").aggregate([([], "count_all")])
        twice = counts.filter(pc.greater(counts["count_all"], 1))["hash"]
        return self._named(known.filter(pc.is_in(known["hash"], twice))) if len(twice) else []

    def forget(self) -> None:
        """What an earlier run left is gone."""
        for file in self._folder.glob("*") if self._folder else ():
            file.unlink(missing_ok=True)

    def _held(self) -> pa.Table:
        """One row a position and log of this process."""
        hashes = {log.name: [group.hashes() for group in list(log.groups.values())] for log in self._logs}
        tables = [_table(name, pa.chunked_array(chunks, pa.uint64())) for name, chunks in hashes.items()]
        return pa.concat_tables(tables).unify_dictionaries()

    def _exchanged(self, held: pa.Table) -> list[pa.Table]:
        """Leaves what this process holds, and takes of the others what is here too."""
        found: list[pa.Table] = []
        if self._folder is None:
            return found
        own = self._folder / f"{self._process}.arrow"
        try:
            self._folder.mkdir(exist_ok=True)
            draft = own.with_suffix(".draft")
            with pa.ipc.new_file(draft, held.schema) as file:
                file.write_table(held)
            draft.replace(own)
            for path in sorted(self._folder.glob("*.arrow")):
                if path != own:
                    with pa.memory_map(str(path)) as source:
                        other = pa.ipc.open_file(source).read_all()
                        found.append(other.filter(pc.is_in(other["hash"], held["hash"])))
        except OSError as error:
            logger("run").warning("positions_not_compared", why=str(error))
        return found

    def _named(self, rows: pa.Table) -> list[dict[str, Any]]:
        partitions: dict[int, set[str]] = {}
        for hash_, partition in zip(rows["hash"].to_pylist(), rows["partition"].to_pylist(), strict=True):
            partitions.setdefault(hash_, set()).add(partition)
        shared = pa.array([hash_ for hash_, names in partitions.items() if len(names) > 1], pa.uint64())
        named: dict[tuple[str, str], list[str]] = {}
        for log in self._logs:
            for group in list(log.groups.values()):
                hashes = group.hashes()
                for at in pc.indices_nonzero(pc.is_in(hashes, shared)).to_pylist():
                    name = group.name(at)
                    assert name is not None, "a position that was met has its names"
                    named[name] = sorted(partitions[hashes[at].as_py()])
        return [
            {"location": location, "sku": sku, "partitions": logs}
            for (location, sku), logs in sorted(named.items())
        ]


def _table(name: str, hashes: pa.ChunkedArray) -> pa.Table:
    kind = pa.dictionary(pa.int32(), pa.string())
    partition = pa.DictionaryArray.from_arrays(pa.repeat(pa.scalar(0, pa.int32()), len(hashes)), [name])
    return pa.table({"partition": partition.cast(kind), "hash": hashes})
