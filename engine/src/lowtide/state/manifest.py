"""A manifest is what Bytewax keeps of a part of the state: its segments, and the record at which its log continues.

>>> Manifest.of_json(Manifest("sales/0", "group-0003", 17, ()).to_json()).next
17
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import orjson

from lowtide.errors import StateError, StateVersionError

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

    `next` is the number of the first record that is not in it. `bookmark` says how far a log of files was read
    (`runner.bookmark`); it is empty for a topic and for a key group.
    """

    log: str
    part: str
    next: int
    segments: tuple[Segment, ...]
    bookmark: dict[str, Any] = field(default_factory=dict)

    def to_json(self) -> bytes:
        """The manifest as JSON. Its keys, and their order, are a format."""
        return orjson.dumps(
            {
                "v": VERSION,
                "log": self.log,
                "part": self.part,
                "next": self.next,
                "segments": [[one.name, one.length, one.checksum] for one in self.segments],
                "reading": self.bookmark,
            }
        )

    @classmethod
    def of_json(cls, data: bytes) -> Manifest:
        """The manifest that `to_json` gave. Raises StateVersionError for another version, StateError for anything else."""
        try:
            values = orjson.loads(data)
            if values["v"] != VERSION:
                raise StateVersionError(
                    f"the state has manifests of version {values['v']}, this version reads {VERSION}"
                )
            segments = tuple(Segment(*one) for one in values["segments"])
            return cls(values["log"], values["part"], values["next"], segments, values["reading"])
        except (ValueError, KeyError, TypeError) as error:
            raise StateError(f"a manifest of the state cannot be read: {error}") from error
