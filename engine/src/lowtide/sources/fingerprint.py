"""A mark is what a file is known by when a run comes back to it: its name, its size, its time, and how it begins."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

_HEAD = 65_536


@dataclass(frozen=True)
class Mark:
    """A file as it was when it was opened. What is no file (standard input) has only a name."""

    name: str
    bytes: int = 0
    changed_ns: int = 0
    head: str = ""
    """Hash of its first 64 KiB, or of all of it."""
    path: Path | None = field(default=None, compare=False, repr=False)

    @classmethod
    def of(cls, name: str, path: Path | None) -> Mark:
        """The mark of a file; only the name if it cannot be read."""
        try:
            if path is None or not path.is_file():
                return cls(name)
            status = path.stat()
            return cls(name, status.st_size, status.st_mtime_ns, _hash(path, status.st_size), path)
        except OSError:
            return cls(name)

    @classmethod
    def read(cls, found: dict[str, Any]) -> Mark:
        """What `written` gave."""
        return cls(**found)

    def written(self) -> dict[str, Any]:
        """As JSON holds it."""
        return {name: value for name, value in asdict(self).items() if name != "path"}

    def continues(self, before: Mark) -> bool:
        """Whether this is the file that `before` was, or that file with more at its end."""
        if self.name != before.name or self.bytes < before.bytes:
            return False
        return self.path is None or _hash(self.path, before.bytes) == before.head


def _hash(path: Path, length: int) -> str:
    with path.open("rb") as file:
        return sha256(file.read(min(length, _HEAD))).hexdigest()[:16]
