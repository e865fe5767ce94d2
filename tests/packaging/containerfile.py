"""The Containerfile as a list of stages, so that what it does can be tested where images cannot be built."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass
class Stage:
    """The instructions from one FROM to the next, in order: (word, rest of the line)."""

    image: str
    name: str
    instructions: list[tuple[str, str]] = field(default_factory=list)

    def all(self, word: str) -> list[str]:
        """What every instruction of this word says."""
        return [rest for instruction, rest in self.instructions if instruction == word]

    def one(self, word: str) -> str:
        """What the only instruction of this word says."""
        (rest,) = self.all(word)
        return rest

    def copied(self) -> list[str]:
        """The paths of the tree that it takes, without what comes from other stages and images."""
        words = [shlex.split(rest) for rest in self.all("COPY") if not rest.startswith("--from")]
        return [path for paths in words for path in paths[:-1]]


def stages() -> list[Stage]:
    """The stages of the Containerfile."""
    lines = (ROOT / "Containerfile").read_text("utf-8").splitlines()
    text = "\n".join(line for line in lines if not line.startswith("#")).replace("\\\n", " ")
    found: list[Stage] = []
    for line in filter(None, text.splitlines()):
        word, rest = line.split(maxsplit=1)
        if word == "FROM":
            image, _, name = rest.partition(" AS ")
            found.append(Stage(image, name))
        else:
            found[-1].instructions.append((word, re.sub(r"\s+", " ", rest)))
    return found


def ignored() -> list[str]:
    """The names that `.dockerignore` keeps out of an image, without their `**/`."""
    return [line.removeprefix("**/") for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines()]
