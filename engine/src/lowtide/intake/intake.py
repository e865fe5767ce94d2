"""Documents become rows, and rows go into the journal: what HTTP, and whoever else has a document in memory, calls."""

from __future__ import annotations

from concurrent.futures import Future

from lowtide.core import Job
from lowtide.errors import MapError
from lowtide.intake.journal import Document, Journal, Receipt, bodies_of
from lowtide.intake.mapped import mapped_rows
from lowtide.intake.memory import Snapshots
from lowtide.intake.own import OwnMovements
from lowtide.intake.own_map import own_map
from lowtide.intake.refusal import Refusal
from lowtide.intake.rows import DocumentRows
from lowtide.intake.shelf import MapShelf
from lowtide.intake.snapshot import SnapshotRefused, Taken
from lowtide.map import Map


class Intake:
    """One journal, the maps that documents are read with, and the policy by which they are checked."""

    def __init__(self, journal: Journal, shelf: MapShelf, job: Job) -> None:
        """Raises InputError where the journal is damaged, and OSError."""
        self.journal = journal
        self.shelf = shelf
        self.job = job
        self.snapshots = Snapshots(journal)
        self._own = OwnMovements(job)

    def rows(
        self,
        data: bytes,
        content: str,
        map_: Map | None,
        name: str,
        charset: str = "",
        *,
        with_sources: bool = False,
    ) -> DocumentRows:
        """The rows of a document; `content` is what `http.media` calls its type. Any thread may call it. Raises Refusal."""
        if map_ is None and content in ("json", "ndjson", "event"):
            layout = {"json": "array" if data.lstrip()[:1] == b"[" else "json", "event": "json"}
            return self._own.rows(data, layout.get(content, "ndjson"), with_sources=with_sources)
        try:
            chosen = map_ or own_map("parquet" if content == "arrow" else content)
            return mapped_rows(chosen, data, content, name, charset, self.job, with_sources=with_sources)
        except MapError as error:
            raise Refusal("bad_document", str(error)) from None

    def write(self, rows: DocumentRows, hash_: bytes) -> Future[Receipt]:
        """Write the rows of a document that has some; not for stock lists. The future may hold a JournalWriteError."""
        return self.journal.submit(Document(hash_, rows.bodies, rows.map))

    def write_list(self, rows: DocumentRows, hash_: bytes, map_: Map) -> tuple[Receipt, Taken]:
        """Write a stock list: counts, and zeros for what only the last list had. Waits for the disk and for other lists.

        Raises Refusal and JournalWriteError.
        """
        try:
            with self.snapshots.list_of(map_, rows.stock_list or (), self.journal.now()) as taken:
                receipt = self.journal.append(Document(hash_, list(bodies_of(taken.rows)), rows.map))
            return receipt, taken
        except SnapshotRefused as error:
            raise Refusal("snapshot_refused", str(error)) from None
