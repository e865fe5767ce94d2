"""A time of day that jumps for one process and its children; the machine's own clock, and every monotonic one, stay."""

from __future__ import annotations

import struct
import subprocess
from pathlib import Path

_HERE = Path(__file__).parent


class Clock:
    """Built with the C compiler that Rust links with, and given to a process by its environment."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._offset = folder / "ahead"
        self._library = folder / "clock.so"
        self.set(0.0)
        build = ["cc", "-O2", "-shared", "-fPIC", "-o", self._library, _HERE / "clock.c", "-ldl"]
        subprocess.run(build, check=True)

    @property
    def environment(self) -> dict[str, str]:
        """What a process that is to live by it needs."""
        return {"LD_PRELOAD": str(self._library), "FAULT_CLOCK": str(self._offset)}

    def set(self, ahead_s: float) -> None:
        """From now on it is so far ahead of the machine's clock."""
        self._offset.touch()
        with self._offset.open("r+b", buffering=0) as file:
            file.write(struct.pack("<q", int(ahead_s * 1e9)))
