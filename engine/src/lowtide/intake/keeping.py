"""Once an hour, files of the journal that are old and that every run has stored are removed."""

from __future__ import annotations

import threading

from lowtide.intake.journal import Journal, JournalFolder
from lowtide.intake.journal.readers import removable
from lowtide.operation.log import logger

_EVERY_S = 3600.0


class Keeping:
    """Removes old files of a journal."""

    def __init__(self, keep_ms: int, every_s: float = _EVERY_S) -> None:
        self._keep_ms = keep_ms
        self._every_s = every_s
        self._thread: threading.Thread | None = None

    def start(self, journal: Journal, stop: threading.Event) -> None:
        """Begin; end soon after `stop` is set."""

        def work() -> None:
            while True:
                remove_old(journal.folder, self._keep_ms, journal.now())
                if stop.wait(self._every_s):
                    return

        self._thread = threading.Thread(target=work, name="lowtide-keep", daemon=True)
        self._thread.start()

    def join(self) -> None:
        """Return when it has ended."""
        if self._thread is not None:
            self._thread.join()


def remove_old(folder: JournalFolder, keep_ms: int, now: int) -> int:
    """Remove the files that are not needed; how many. What cannot be removed stays, and is tried again."""
    removed = 0
    for path in removable(folder, keep_ms, now):
        try:
            path.unlink()
        except OSError as error:
            logger("intake").warning("journal_not_removed", file=path.name, why=error.strerror)
            break
        removed += 1
        logger("intake").info("journal_removed", file=path.name)
    return removed
