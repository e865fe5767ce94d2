"""A folder for what a bench writes and reads again while it measures."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_HERE = Path(".lowtide")


@contextmanager
def scratch() -> Iterator[str]:
    """A new folder on the disk of the tree, where git does not see it. It is removed at the end."""
    _HERE.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=_HERE) as folder:
        yield folder
