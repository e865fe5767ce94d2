"""A position whose movements are in more than one log is shared: its stock is wrong in each of them.

This happens in a topic that is not keyed by location, and no single record shows it. A process compares the positions of
its logs by the hashes of their names. The processes of a cluster leave theirs in the state folder for each other:

    STATE/positions/0.arrow   partition: dictionary<utf8>, hash: uint64: the positions of process 0 when it looked last
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


class SharedPositions:
    """Looks for shared positions among the logs of this process, and with a folder among those of its peers."""

    def __init__(self, logs: Iterable[Log], folder: Path | None = None, process: int = 0) -> None:
        self._logs = list(logs)
        self._folder = folder and folder / FOLDER
        self._process = process

    def look(self) -> list[dict[str, Any]]:
        """`location`, `sku` and the `partitions` that have it, for each shared position.

        If two processes share a position, at least the one that looks later finds it.
        """
        if len(self._logs) < 2:
            return []
        own = self._own_positions()
        both = pa.concat_tables([own, *self._exchange(own)])
        counts = both.group_by("hash").aggregate([([], "count_all")])
        shared = counts.filter(pc.greater(counts["count_all"], 1))["hash"]
        return self._with_names(both.filter(pc.is_in(both["hash"], shared))) if len(shared) else []

    def forget(self) -> None:
        """Removes the files of an earlier run."""
        for file in self._folder.glob("*") if self._folder else ():
            file.unlink(missing_ok=True)

    def _own_positions(self) -> pa.Table:
        """One row for each position and log of this process."""
        hashes = {log.name: [group.hashes() for group in list(log.groups.values())] for log in self._logs}
        tables = [_table(name, pa.chunked_array(chunks, pa.uint64())) for name, chunks in hashes.items()]
        return pa.concat_tables(tables).unify_dictionaries()

    def _exchange(self, own: pa.Table) -> list[pa.Table]:
        """Leaves the positions of this process for its peers, and reads those of theirs that are here too."""
        theirs: list[pa.Table] = []
        if self._folder is None:
            return theirs
        own_file = self._folder / f"{self._process}.arrow"
        try:
            self._folder.mkdir(exist_ok=True)
            draft = own_file.with_suffix(".draft")
            with pa.ipc.new_file(draft, own.schema) as file:
                file.write_table(own)
            draft.replace(own_file)
            for path in sorted(self._folder.glob("*.arrow")):
                if path != own_file:
                    with pa.memory_map(str(path)) as source:
                        other = pa.ipc.open_file(source).read_all()
                        theirs.append(other.filter(pc.is_in(other["hash"], own["hash"])))
        except OSError as error:
            logger("run").warning("positions_not_compared", why=str(error))
        return theirs

    def _with_names(self, rows: pa.Table) -> list[dict[str, Any]]:
        partitions: dict[int, set[str]] = {}
        for hash_, partition in zip(rows["hash"].to_pylist(), rows["partition"].to_pylist(), strict=True):
            partitions.setdefault(hash_, set()).add(partition)
        shared = pa.array([hash_ for hash_, names in partitions.items() if len(names) > 1], pa.uint64())
        named: dict[tuple[str, str], list[str]] = {}
        for log in self._logs:
            for group in list(log.groups.values()):
                hashes = group.hashes()
                for index in pc.indices_nonzero(pc.is_in(hashes, shared)).to_pylist():
                    name = group.name(index)
                    assert name is not None, "every position of a group has its names"
                    named[name] = sorted(partitions[hashes[index].as_py()])
        return [
            {"location": location, "sku": sku, "partitions": logs}
            for (location, sku), logs in sorted(named.items())
        ]


def _table(name: str, hashes: pa.ChunkedArray) -> pa.Table:
    kind = pa.dictionary(pa.int32(), pa.string())
    partition = pa.DictionaryArray.from_arrays(pa.repeat(pa.scalar(0, pa.int32()), len(hashes)), [name])
    return pa.table({"partition": partition.cast(kind), "hash": hashes})
