"""A fingerprint recognises a file when a later run comes back to it: name, size, time of change, and first bytes."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

_HEAD = 65_536


@dataclass(frozen=True)
class Fingerprint:
    """A file as it was when it was opened. Standard input has only a name."""

    name: str
    bytes: int = 0
    changed_ns: int = 0
    head: str = ""
    """Hash of its first 64 KiB, or of all of it."""
    path: Path | None = field(default=None, compare=False, repr=False)

    @classmethod
    def of(cls, name: str, path: Path | None) -> Fingerprint:
        """The fingerprint of a file; only the name if it cannot be read."""
        try:
            if path is None or not path.is_file():
                return cls(name)
            status = path.stat()
            return cls(name, status.st_size, status.st_mtime_ns, _hash(path, status.st_size), path)
        except OSError:
            return cls(name)

    @classmethod
    def of_dict(cls, values: dict[str, Any]) -> Fingerprint:
        """The fingerprint that `to_dict` gave."""
        return cls(**values)

    def to_dict(self) -> dict[str, Any]:
        """Its values for a manifest, all but the path."""
        return {name: value for name, value in asdict(self).items() if name != "path"}

    def continues(self, before: Fingerprint) -> bool:
        """Whether this is the file that `before` was, or that file with more at its end."""
        if self.name != before.name or self.bytes < before.bytes:
            return False
        return self.path is None or _hash(self.path, before.bytes) == before.head


def _hash(path: Path, length: int) -> str:
    with path.open("rb") as file:
        return sha256(file.read(min(length, _HEAD))).hexdigest()[:16]
