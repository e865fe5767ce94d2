"""One thing that `lowtide doctor` looked at: whether it is good, and what to do if it is not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from lowtide.errors import LowtideError
from lowtide.words import Language

Verdict = Literal["ok", "warn", "fail"]


@dataclass(frozen=True)
class Finding:
    """What `doctor` found about one thing. `fail`: Lowtide does not work without it.

    `name` and `found` may be keys of the words `thing` and `found`; `advice` is a key of `doctor` whose gaps `values` fill.
    """

    name: str
    verdict: Verdict
    found: str
    advice: str = ""
    values: Mapping[str, str] = field(default_factory=dict)

    def to_dict(self, language: Language) -> dict[str, str]:
        """What a person reads."""
        return {
            "name": language.word("thing", self.name),
            "verdict": self.verdict,
            "found": language.word("found", self.found),
            "advice": language.say(f"doctor.{self.advice}", **self.values) if self.advice else "",
        }


def guarded(name: str, look: Callable[[], Finding]) -> Finding:
    """What `look` finds; an error of Lowtide is a failure, and its hint is the advice."""
    try:
        return look()
    except LowtideError as error:
        return Finding(name, "fail", error.message, "hint", {"hint": error.hint})
