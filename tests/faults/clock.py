"""A clock that jumps for one process and its children. The clock of the machine and monotonic clocks do not change."""

from __future__ import annotations

import struct
import subprocess
from pathlib import Path

_HERE = Path(__file__).parent


class Clock:
    """A library that is built with the C compiler of Rust, and loaded into a process through its environment."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._offset = folder / "ahead"
        self._library = folder / "clock.so"
        self.set(0.0)
        build = ["cc", "-O2", "-shared", "-fPIC", "-o", self._library, _HERE / "clock.c", "-ldl"]
        subprocess.run(build, check=True)

    @property
    def environment(self) -> dict[str, str]:
        """The environment for a process that uses this clock."""
        return {"LD_PRELOAD": str(self._library), "FAULT_CLOCK": str(self._offset)}

    def set(self, ahead_s: float) -> None:
        """Sets how many seconds this clock is ahead of the clock of the machine."""
        self._offset.touch()
        with self._offset.open("r+b", buffering=0) as file:
            file.write(struct.pack("<q", int(ahead_s * 1e9)))
