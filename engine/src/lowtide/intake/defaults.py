"""Where intake listens and writes if nobody says otherwise."""

from __future__ import annotations

from pathlib import Path

LISTEN = "127.0.0.1:8787"
JOURNAL = Path(".lowtide/journal")
TOKENS = Path(".lowtide/tokens.json")
