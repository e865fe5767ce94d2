"""An alert from its opening to its end, with the waits of `dwell` and `clear_after`."""

from tests.model.signs.verdict import Verdict
from tests.model.wire import Record

RANK = {"watch": 1, "warning": 2, "critical": 3}


class Life:
    """The episodes of one type at one position."""

    def __init__(self, type: str, shelf) -> None:
        self.type, self.shelf = type, shelf
        self.open = False
        self.severity = ""
        self.true_since: int | None = None
        self.false_since: int | None = None

    def times(self):
        if self.true_since is not None:
            yield self.true_since + self.shelf.values.dwell
        if self.false_since is not None:
            yield self.false_since + self.shelf.values.clear_after

    def step(self, verdict: Verdict, occasion) -> None:
        now, values = self.shelf.now, self.shelf.values
        if not self.open:
            self.true_since = (now if self.true_since is None else self.true_since) if verdict.opens else None
            if self.true_since is not None and now - self.true_since >= values.dwell:
                self.open, self.severity, self.true_since = True, verdict.severity, None
                self.tell("OPENED", verdict, occasion)
            return
        if verdict.taken_over:
            self.end("SUPERSEDED", verdict, occasion)
            return
        if not verdict.ends:
            self.false_since = None
            change = RANK[verdict.severity] - RANK[self.severity]
            self.severity = verdict.severity
            if change:
                self.tell("WORSENED" if change > 0 else "EASED", verdict, occasion)
            return
        self.false_since = now if self.false_since is None else self.false_since
        if now - self.false_since >= values.clear_after:
            self.end("CLEARED", verdict, occasion)

    def end(self, entry: str, verdict: Verdict, occasion) -> None:
        self.open, self.false_since = False, None
        self.tell(entry, verdict, occasion)

    def tell(self, entry: str, verdict: Verdict, occasion) -> None:
        cause = (occasion.source, occasion.id) if isinstance(occasion, Record) else None
        self.shelf.told.append(
            (self.shelf.now, self.type, self.shelf.position, entry, self.severity, cause, verdict.numbers)
        )
