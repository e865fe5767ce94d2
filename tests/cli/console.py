"""The sessions of a page in docs, typed again."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path

from tests.launcher import python

DOCS = Path(__file__).parents[2] / "docs"


def sessions(page: str) -> list[str]:
    """The `console` blocks of a page."""
    return re.findall(r"```console\n(.*?)```", (DOCS / page).read_text("utf-8"), re.DOTALL)


def typed(session: str, folder: Path) -> str:
    """A session as it looks when its commands are typed in a folder."""
    lowtide = shlex.join([*python(), "-m", "lowtide"])
    said = []
    for command in re.findall(r"^\$ (.*)$", session, re.MULTILINE):
        done = subprocess.run(
            re.sub(r"^lowtide\b", lowtide, command),
            shell=True, cwd=folder, capture_output=True, timeout=60, check=False, text=True,
        )  # fmt: skip
        said.append(f"$ {command}\n{done.stdout}{done.stderr}")
    return "".join(said)
