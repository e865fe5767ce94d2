"""Which feeds are silent when: what `rhythm` tells, as a question about a position."""

from tests.model.rhythm import Feeds

OF_SALES = ("sale", "return", "void")


class Silences:
    """The silences of one log, in order of time."""

    def __init__(self, needed: float, least: int) -> None:
        self.feeds = Feeds(needed, least)

    def record(self, clock: int, kind: str, location: str | None, source: str) -> None:
        self.feeds.record(clock, location if kind in OF_SALES else None, source)

    def spans(self, location: str, source: str) -> list[tuple[int, float]]:
        """From when until when this source, or all of its location, was silent."""
        found, since = [], {}
        for when, what, where, who in sorted(self.feeds.told, key=lambda told: told[0]):
            if where != location or who not in (source, "*"):
                continue
            if what == "OPENED":
                since[who] = when
            elif who in since:
                found.append((since.pop(who), when))
        return found + [(when, float("inf")) for when in since.values()]

    def in_span(self, location: str, source: str | None, start: int, end: int) -> bool:
        """Whether it was silent for some of the time from `start` on and before `end`."""
        return source is not None and any(
            since < end and until > start for since, until in self.spans(location, source)
        )
