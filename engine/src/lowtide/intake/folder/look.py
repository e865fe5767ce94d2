"""A look at a folder: which files are complete, judged from how they stood at earlier looks.

A file is complete when its size and its time of change have stood still for `settle_s`, or when it was renamed from a
name that is left alone: `orders.csv.part` becomes `orders.csv`. Left alone are names that begin with `.` or `~$`, and
names that end in `.part` or `.tmp`. What is not a regular file is named once and left where it is.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path

SETTLE_S = 2.0
_BEGINNINGS = (".", "~$")
_ENDINGS = (".part", ".tmp")


def is_left_alone(name: str) -> bool:
    """Whether a name says that its file is not complete, or is not meant for anybody.

    >>> [is_left_alone(name) for name in ("a.csv", "a.csv.part", "~$a.xlsx", ".a.csv")]
    [False, True, True, True]
    """
    return name.startswith(_BEGINNINGS) or name.lower().endswith(_ENDINGS)


@dataclass(frozen=True)
class Standing:
    """What a file looks like from outside; it changes when somebody writes to it."""

    device: int
    inode: int
    size: int
    changed_ns: int

    @classmethod
    def of(cls, status: os.stat_result) -> Standing:
        """That of a status."""
        return cls(status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)


@dataclass(frozen=True)
class Look:
    """What one look saw."""

    complete: dict[str, Standing]
    """Files that are complete, by name, in order of their names."""
    irregular: list[str]
    """Names of links, devices and pipes that were not there at an earlier look."""
    growing: int
    """Files that are not complete yet."""


class Looks:
    """Looks at one folder, one after another."""

    def __init__(self, folder: Path, settle_s: float = SETTLE_S) -> None:
        self._folder = folder
        self._settle_s = settle_s
        self._since: dict[str, tuple[Standing, float]] = {}
        self._left_alone: dict[tuple[int, int], Standing] = {}
        self._irregular: set[str] = set()

    def look(self, now_s: float) -> Look:
        """Look at the folder; `now_s` is a clock that never goes back. Raises OSError."""
        seen: dict[str, tuple[Standing, float]] = {}
        left_alone: dict[tuple[int, int], Standing] = {}
        irregular: set[str] = set()
        complete: dict[str, Standing] = {}
        with os.scandir(self._folder) as entries:
            for entry in sorted(entries, key=lambda entry: entry.name):
                try:
                    status = entry.stat(follow_symlinks=False)
                except FileNotFoundError:
                    continue
                standing = Standing.of(status)
                if stat.S_ISDIR(status.st_mode):
                    continue
                if is_left_alone(entry.name):
                    left_alone[standing.device, standing.inode] = standing
                elif not stat.S_ISREG(status.st_mode):
                    irregular.add(entry.name)
                else:
                    seen[entry.name] = self._seen(entry.name, standing, now_s)
                    if now_s - seen[entry.name][1] >= self._settle_s:
                        complete[entry.name] = standing
        new = sorted(irregular - self._irregular)
        self._since, self._left_alone, self._irregular = seen, left_alone, irregular
        return Look(complete, new, len(seen) - len(complete))

    def _seen(self, name: str, standing: Standing, now_s: float) -> tuple[Standing, float]:
        """How a file stands, and since when. One that was renamed from a name left alone has stood long enough."""
        before = self._since.get(name)
        if before is not None and before[0] == standing:
            return before
        renamed = self._left_alone.get((standing.device, standing.inode)) == standing
        return standing, now_s - self._settle_s if renamed else now_s
