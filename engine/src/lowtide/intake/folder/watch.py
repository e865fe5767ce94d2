"""The thread that looks at watched folders: what is complete at one look goes into the journal together, and then away.

    look ──▶ open, hash, read ──▶ one batch in order of event time ──▶ journal ──▶ done, failed
                 known hash ─────────────────────────────────────────────────────▶ done/NAME.duplicate

While the disk does not take it, files stay where they are and are tried again. A file that cannot be moved away is named
once and left alone until it changes.
"""

from __future__ import annotations

import errno
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from lowtide.core import Job
from lowtide.errors import JournalWriteError, LowtideError
from lowtide.intake.batch import Batch
from lowtide.intake.folder.arrival import Arrival, Irregular, opened
from lowtide.intake.folder.errors import BadRow, write_errors
from lowtide.intake.folder.look import SETTLE_S, Looks, Standing
from lowtide.intake.folder.places import Places, errors_of
from lowtide.intake.folder.reading import FileReader, map_of
from lowtide.intake.journal import NO_MAP, Journal, map_hash
from lowtide.intake.mapped_rows import Row
from lowtide.intake.memory import SnapshotBatch, Snapshots
from lowtide.intake.snapshot import SnapshotRefused
from lowtide.map import Map
from lowtide.operation.log import logger
from lowtide.words import Language

_LOOK_S = 0.5
_PAUSE_S = 5.0


class Inbox(NamedTuple):
    """A watched folder, and the map of its files; without one they are movements in our own form."""

    folder: Path
    map: Map | None = None


Count = Callable[[str, Mapping[str, int]], None]
Inboxes = Callable[[], Sequence[Inbox]]
"""What is watched at this moment: folders and maps may come while it runs."""


class FolderWatch:
    """Watches folders in a thread of its own. Raises OSError where a folder cannot be made."""

    def __init__(
        self,
        inboxes: Sequence[Inbox] | Inboxes,
        snapshots: Snapshots,
        job: Job,
        *,
        language: Language | None = None,
        settle_s: float = SETTLE_S,
    ) -> None:
        self._inboxes: Inboxes = inboxes if callable(inboxes) else lambda: inboxes
        self._snapshots = snapshots
        self._language = language or Language("en")
        self._reader = FileReader(job)
        self._settle_s = settle_s
        self._looks: dict[Path, Looks] = {}
        for inbox in self._inboxes():
            self._looks_at(inbox.folder)
        self._unmoved: dict[Path, Standing] = {}
        self._log = logger("intake")
        self.count: Count = lambda name, codes: None
        """Called with the name of the map and what became of the records, for each file that is taken."""
        self._thread: threading.Thread | None = None
        self.looks = 0
        """How often it has looked."""
        self.growing: dict[Path, int] = {}
        """Files of each folder that were not complete at the last look."""
        self.failure: str | None = None
        """Why files stay where they are; None: they do not."""

    def start(self, journal: Journal, stop: threading.Event) -> None:
        """Look again and again until `stop` is set."""
        self._thread = threading.Thread(target=self._run, args=(journal, stop), name="lowtide-folders")
        self._thread.start()

    def join(self) -> None:
        """Wait for the end of the thread."""
        if self._thread is not None:
            self._thread.join()

    def _run(self, journal: Journal, stop: threading.Event) -> None:
        pause_s = 0.0
        while not stop.wait(pause_s):
            try:
                self.look(journal, time.monotonic())
            except Exception as error:  # the folder is looked at again: a shop's night must not end here
                self._log.exception("folder_failed", error=type(error).__name__)
                self.failure = type(error).__name__
            pause_s = _LOOK_S if self.failure is None else _PAUSE_S

    def look(self, journal: Journal, now_s: float) -> list[Arrival]:
        """Look once, and take what is complete; what became of each file. `now_s` is a clock that never goes back."""
        arrivals = [
            Arrival(Places(inbox.folder), name, standing, map_of(name, inbox.map), language=self._language)
            for inbox in self._inboxes()
            for name, standing in self._complete(inbox, now_s).items()
        ]
        self.looks += 1
        if not arrivals:
            return []
        try:
            self._take(arrivals, journal)
        except (JournalWriteError, OSError) as error:
            why = error.message if isinstance(error, JournalWriteError) else str(error)
            if self.failure is None:
                self._log.warning("folder_waits", files=len(arrivals), reason=why)
            self.failure = why
            return []
        if self.failure is not None:
            self._log.warning("folder_goes_on", files=len(arrivals))
            self.failure = None
        for arrival in arrivals:
            if arrival.state == "read":
                self.count(arrival.map.name if arrival.map else "none", arrival.codes)
            self._put_away(arrival)
        return arrivals

    def _looks_at(self, folder: Path) -> Looks:
        """The looks at a folder; a new one is made, and emptied of what a crash left half written. Raises OSError."""
        if folder not in self._looks:
            folder.mkdir(parents=True, exist_ok=True)
            Places(folder).clean()
            self._looks[folder] = Looks(folder, self._settle_s)
        return self._looks[folder]

    def _complete(self, inbox: Inbox, now_s: float) -> dict[str, Standing]:
        try:
            look = self._looks_at(inbox.folder).look(now_s)
            self.growing[inbox.folder] = look.growing
        except OSError as error:
            if self.failure is None:
                self._log.warning("folder_waits", folder=str(inbox.folder), reason=str(error))
            self.failure = str(error)
            return {}
        for name in look.irregular:
            self._log.warning("file_left", folder=str(inbox.folder), file=name, reason="not a regular file")
        return {
            name: standing
            for name, standing in look.complete.items()
            if self._unmoved.get(inbox.folder / name) != standing
        }

    def _take(self, arrivals: list[Arrival], journal: Journal) -> None:
        """Read all files and write what is new. Raises JournalWriteError and OSError; then nothing was moved."""
        with Batch(journal.folder.path, are_files=True) as batch:
            seen: set[tuple[bytes, bytes]] = set()
            for arrival in arrivals:
                self._read(arrival, journal, batch, seen)
            if any(arrival.state == "read" for arrival in arrivals):
                with self._snapshots.batch() as lists:
                    self._take_lists(arrivals, batch, lists)
                    batch.write(journal)

    def _read(self, arrival: Arrival, journal: Journal, batch: Batch, seen: set[tuple[bytes, bytes]]) -> None:
        try:
            with opened(arrival) as handle:
                if arrival.state == "changing":
                    return
                key = arrival.hash, NO_MAP if arrival.map is None else map_hash(arrival.map.document)
                # One that is known is read too: a crash may have kept its bad rows from being told.
                self._reader.read(arrival, handle, batch)
            if arrival.state == "read":
                arrival.state = "duplicate" if key in seen or journal.known(*key) else "read"
                seen.add(key)
        except Irregular:
            arrival.state = "changing"
        except OSError as error:
            if error.errno in (errno.ENOENT, errno.ELOOP):
                arrival.state = "changing"
            elif error.errno in (errno.EACCES, errno.EPERM, errno.EIO):
                why = self._language.say("errors.not_opened", reason=error.strerror)
                arrival.fail("bad_document", why)
            else:
                raise
        except LowtideError:
            raise
        except Exception as error:  # a file that nobody thought of must not keep the others from being read
            self._log.exception("file_failed", file=arrival.name, error=type(error).__name__)
            arrival.fail(
                "bad_document", f"{type(error).__name__}: this is a mistake in Lowtide: please report it"
            )
        finally:
            if arrival.state != "read" and arrival.number is not None:
                batch.forget(arrival.number)

    def _take_lists(self, arrivals: list[Arrival], batch: Batch, lists: SnapshotBatch) -> None:
        """Stock lists, the oldest first, each compared with the one before it."""
        waiting = [one for one in arrivals if one.state == "read" and one.list_rows is not None]
        for arrival in sorted(waiting, key=lambda one: (lists.time_of(one.list_rows or []), one.name)):
            assert arrival.map is not None and arrival.list_rows is not None
            try:
                list_ = lists.take(arrival.map, arrival.list_rows, time.time_ns() // 1_000_000)
            except SnapshotRefused as refused:
                arrival.fail("bad_document", refused.sentence.in_language(self._language))
                self._log.warning("list_refused", file=arrival.name, reason=str(refused))
                continue
            number = batch.document(arrival.hash, arrival.map.document, is_list=True)
            batch.add(number, [Row(line, 1, list_.time, False) for line in list_.rows])
            for sentence in list_.sentences:
                arrival.complain(BadRow(0, "", "", sentence.in_language(self._language)))

    def _put_away(self, arrival: Arrival) -> None:
        """Move a file to where it belongs, with the table of its bad rows."""
        if arrival.state == "changing":
            return
        try:
            if Standing.of(arrival.path.lstat()) != arrival.standing:
                return  # another file has its name now
            place = _place(arrival)
            if arrival.errors:
                write_errors(errors_of(place), arrival.errors, self._language)
            arrival.path.rename(place)
        except FileNotFoundError:
            return  # somebody took it away: its rows are in the journal
        except OSError as error:
            self._unmoved[arrival.path] = arrival.standing
            self._log.warning("file_not_moved", file=str(arrival.path), reason=str(error))
            return
        said = {"file": arrival.name, "to": f"{place.parent.name}/{place.name}"}
        if arrival.state == "unreadable":
            self._log.warning("file_refused", **said, reason=arrival.errors[0].sentence)
        else:
            map_ = arrival.map.name if arrival.map else None
            self._log.info("file_taken", **said, map=map_, records=arrival.records, rejected=arrival.rejected)


def _place(arrival: Arrival) -> Path:
    if arrival.state == "duplicate":
        return arrival.places.duplicate(arrival.name)
    if arrival.state == "unreadable":
        return arrival.places.failed(arrival.name)
    return arrival.places.done(arrival.name)
