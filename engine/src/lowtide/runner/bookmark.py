"""A bookmark says how far a log of files was read, because files do not number their records.

It stands in the manifest of the log, as a dictionary with the keys `first`, `ended`, `policy` and `marks`, of an export also
`order`, and where files were read with maps `maps`: a format.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from lowtide.core import Log
from lowtide.errors import SettingsError
from lowtide.policy import policy_record
from lowtide.runner.log_maps import map_hashes
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
    order: str | None = None
    """Of an export `Job.reading`, under which it was put in order of event time; None for a log."""
    maps: list[str] = field(default_factory=list)
    """The hash of the map of each file; empty where all of them hold movements."""

    @classmethod
    def of_dict(cls, values: dict[str, Any]) -> Bookmark:
        """The bookmark that `to_dict` gave."""
        files = [Fingerprint.of_dict(one) for one in values["marks"]]
        return cls(
            values["first"],
            files,
            values["policy"],
            values["ended"],
            values.get("order"),
            values.get("maps", []),
        )

    def to_dict(self) -> dict[str, Any]:
        """Its values for a manifest."""
        files = [file.to_dict() for file in self.fingerprints]
        order = {} if self.order is None else {"order": self.order}
        maps = {"maps": self.maps} if self.maps else {}
        return {
            "first": self.first, "ended": self.ended, "policy": self.policy, "marks": files, **order, **maps,
        }  # fmt: skip


def begin(log: Log, first: int = 0, policy: str = "") -> Bookmark:
    """A bookmark for files whose first record has the number `first`, behind a policy record."""
    order = log.job.reading if log.feed.order == "event" else None
    return Bookmark(first, log.feed.fingerprints, policy, order=order, maps=_maps(log))


def _maps(log: Log) -> list[str]:
    hashes = map_hashes(log)
    return hashes if any(hashes) else []


def resume(log: Log, before: Bookmark) -> Bookmark:
    """Where a restored log goes on. Raises SettingsError if other files are given than were left unfinished.

    Files that were not read to their end are read again from their start; the log passes over what it knows. After that
    end, other files follow as new records, or the same ones if they or their map have changed.
    """
    files, old = log.feed.fingerprints, before.fingerprints
    if before.ended and (files != old or before.maps != _maps(log)):
        return begin(log, log.partition.offset, _change_of_policy(log))
    if not before.ended:
        _must_have_the_same_order(log, before)
    if len(files) < len(old) or not all(file.continues(one) for file, one in zip(files, old, strict=False)):
        names = ", ".join(f"`{file.name}`" for file in old)
        raise SettingsError(
            f"the last run with this state did not come to the end of {names}",
            "Give the same sources once more, in the same order: what was read is passed over.",
        )
    if before.maps[: len(old)] != _maps(log)[: len(old)]:
        names = ", ".join(f"`{file.name}`" for file in old)
        raise SettingsError(
            f"the last run with this state did not come to the end of {names}, and its map was another",
            "Give the map that it had until the files are read; then change it. Its compiled form is in `maps` of the "
            "state.",
        )
    log.partition.rewind(before.first)
    return begin(log, before.first, before.policy)


def _must_have_the_same_order(log: Log, before: Bookmark) -> None:
    """What was read of an export is the start of its order, which depends on all files and on the zones of the policy."""
    if (before.order is not None) != (log.feed.order == "event"):
        was = "arrival" if before.order is None else "event"
        raise SettingsError(
            f"the last run with this state did not come to the end, and it read in the order `{was}`",
            f"Give the same sources once more, with `--order {was}`.",
        )
    if before.order is None:
        return
    files, old = log.feed.fingerprints, before.fingerprints
    changed = [file.name for file in old if file not in files] or [
        file.name for file in files if file not in old
    ]
    if changed or files != old:
        raise SettingsError(
            f"`{changed[0] if changed else files[0].name}` has changed since the last run with this state read a part of "
            "the export: the order of its records is another",
            "Give the same files in the same order, as they were; or start again with an empty state folder.",
        )
    if before.order != log.job.reading:
        raise SettingsError(
            f"the last run with this state did not come to the end under policy {before.order}, and this is "
            f"{log.job.reading}: the order of the records may be another",
            "Give the policy that it had until the export is read; then change it.",
        )


def _change_of_policy(log: Log) -> str:
    """The record that brings the run's policy into a log whose state has another; empty if they are the same."""
    if log.partition.policy_version == log.job.policy_version:
        return ""
    return policy_record(log.job.policy_document, f"record {log.partition.offset}").decode()
