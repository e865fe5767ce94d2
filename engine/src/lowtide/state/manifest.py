"""A manifest is what Bytewax keeps of a part of the state: its segments, and the record at which its log continues.

>>> Manifest.read(Manifest("sales/0", "group-0003", 17, ()).written()).next
17
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

import orjson

from lowtide.errors import JobError

VERSION = 1


@dataclass(frozen=True)
class Segment:
    """One file of a part of the state: its name in the folder of the part, its length, and its checksum in hex."""

    name: str
    length: int
    checksum: str


@dataclass(frozen=True)
class Manifest:
    """The state of a log or key group after an epoch.

    `next` is the number of the first record that is not in it; `reading` is what a log of files was reading: the number
    of their first record, whether their end was reached, and their marks.
    """

    log: str
    part: str
    next: int
    segments: tuple[Segment, ...]
    reading: dict[str, Any] = field(default_factory=dict)

    def written(self) -> bytes:
        """As JSON, with the version of this format."""
        segments = [[one.name, one.length, one.checksum] for one in self.segments]
        return orjson.dumps({"v": VERSION, **asdict(self), "segments": segments})

    @classmethod
    def read(cls, data: bytes) -> Manifest:
        """What `written` gave. Raises JobError for another version, or if it is not a manifest."""
        try:
            found = orjson.loads(data)
            if found["v"] != VERSION:
                raise JobError(
                    f"the state has manifests of version {found['v']}, this program reads {VERSION}",
                    "Go on with the program that wrote it.",
                )
            segments = tuple(Segment(*one) for one in found["segments"])
            return cls(found["log"], found["part"], found["next"], segments, found["reading"])
        except (ValueError, KeyError, TypeError) as error:
            raise JobError(f"a manifest of the state cannot be read: {error}") from error
