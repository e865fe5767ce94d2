"""What the child that reads a spreadsheet may use, and how it gives up the rest."""

from __future__ import annotations

import contextlib
import resource

MOST_ADDRESSES = 1 << 30
MOST_SECONDS = 60
MOST_OUTPUT = 1 << 30
REFUSED = 3
"""Exit code of a child that says in a sentence why it cannot read the document."""


def confine() -> None:
    """Gives up memory, time and the right to open anything: no file, no socket.

    What is open stays open. Modules and codecs that are needed later must be loaded before.
    """
    limits = (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_CPU, MOST_SECONDS),
        (resource.RLIMIT_FSIZE, MOST_OUTPUT),
        (resource.RLIMIT_AS, MOST_ADDRESSES),
        (resource.RLIMIT_NOFILE, 0),
    )
    for limit, most in limits:
        with contextlib.suppress(ValueError, OSError):  # a system that lacks one limit keeps the others
            resource.setrlimit(limit, (most, most))
