"""A bookmark says how far a log of files was read, because files do not number their records.

It stands in the manifest of the log, as a dictionary with the keys `first`, `ended`, `policy` and `marks`: a format.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lowtide.core import Log
from lowtide.errors import SettingsError
from lowtide.policy import policy_record
from lowtide.sources.fingerprint import Fingerprint


@dataclass
class Bookmark:
    """Which files a run reads, and where they stand in the log."""

    first: int
    """Number of the first record of the files in the log."""
    fingerprints: list[Fingerprint]
    policy: str = ""
    """The policy record that the run put before the files; empty: the log's policy was in force already."""
    ended: bool = False
    """Whether the end of the files was reached."""

    @classmethod
    def of_dict(cls, values: dict[str, Any]) -> Bookmark:
        """The bookmark that `to_dict` gave."""
        files = [Fingerprint.of_dict(one) for one in values["marks"]]
        return cls(values["first"], files, values["policy"], values["ended"])

    def to_dict(self) -> dict[str, Any]:
        """Its values for a manifest."""
        files = [file.to_dict() for file in self.fingerprints]
        return {"first": self.first, "ended": self.ended, "policy": self.policy, "marks": files}


def resume(log: Log, before: Bookmark) -> Bookmark:
    """Where a restored log goes on. Raises SettingsError if other files are given than were left unfinished.

    Files that were not read to their end are read again from their start; the log passes over what it knows. After that
    end, other files follow as new records, or the same ones if they have changed.
    """
    files, old = log.feed.fingerprints, before.fingerprints
    if before.ended and files != old:
        return Bookmark(log.partition.offset, files, _change_of_policy(log))
    if len(files) < len(old) or not all(file.continues(one) for file, one in zip(files, old, strict=False)):
        names = ", ".join(f"`{file.name}`" for file in old)
        raise SettingsError(
            f"the last run with this state did not come to the end of {names}",
            "Give the same sources once more, in the same order: what was read is passed over.",
        )
    log.partition.rewind(before.first)
    return Bookmark(before.first, files, before.policy)


def _change_of_policy(log: Log) -> str:
    """The record that brings the run's policy into a log whose state has another; empty if they are the same."""
    if log.partition.policy_version == log.job.policy_version:
        return ""
    return policy_record(log.job.policy_document, f"record {log.partition.offset}").decode()
