"""An alert that explains another mutes it: whoever owns the other is not called for the same cause."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lowtide import strict
from lowtide.people.route import Match


@dataclass(frozen=True)
class Inhibition:
    """While an alert that fits `when` is open, those that fit `mutes` and have the same values in `equal` are not pushed."""

    when: Match
    mutes: Match
    equal: tuple[str, ...]

    def holds(self, source: Mapping[str, str], target: Mapping[str, str]) -> bool:
        """Whether the first alert mutes the second. A value that is not known equals no other."""
        return (
            all(source.get(key) and source.get(key) == target.get(key) for key in self.equal)
            and strict.matches(self.when, source)
            and strict.matches(self.mutes, target)
        )
