"""ABC and XYZ classes that a policy matches on: which layers need them, and which patterns nothing can give.

XYZ classes come from inputs alone, so the core knows them all and refuses the others. ABC classes come from inputs, or
from the catalogue, which may have its own: only with the catalogue at hand is a wrong one found.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

import pyarrow as pa

from lowtide.errors import PolicyError
from lowtide.policy.loading import read_document
from lowtide.policy.model import Policy

LEARNED = ("A", "B", "C")
"""The classes that `lowtide learn` gives, the best first."""
KEYS = ("abc", "xyz")


def class_layers(policy: Policy, keys: Sequence[str] = KEYS) -> list[str]:
    """The names of the layers that match on a class."""
    return [layer.name for layer in policy.layers if any(key in layer.match for key in keys)]


def check_classes(path: Path, policy: Policy, items: pa.RecordBatch | None) -> None:
    """Refuse ABC classes of a policy file that neither inputs nor the catalogue give.

    Raises PolicyError, which lists each with line and column.
    """
    own = _classes_of(items)
    known = {*LEARNED, "", *own}
    wrong = [
        (number, pattern)
        for number, layer in enumerate(policy.layers)
        for pattern in layer.match.get("abc", ())
        if "*" not in pattern and pattern not in known
    ]
    if not wrong:
        return
    places = read_document(path.read_text(encoding="utf-8-sig"))
    lines = []
    for number, pattern in wrong:
        line, column = places.place(("layers", number, "match", "abc"))
        lines.append(
            f"{path}:{line}:{column}: `abc`: there is no class `{pattern}`: {_instead(own, items is None)}"
        )
    raise PolicyError("\n".join(lines), "docs/policy.md says where classes come from.")


def _classes_of(items: pa.RecordBatch | None) -> list[str]:
    if items is None or "abc" not in items.schema.names:
        return []
    return sorted({name for name in items["abc"].to_pylist() if name})


def _instead(own: Collection[str], without_catalogue: bool) -> str:
    if without_catalogue:
        return "write A, B or C, or give the catalogue that has it with `--catalogue F`"
    others = [name for name in own if name not in LEARNED]
    return f"write {', '.join((*LEARNED, *others))}: the catalogue has no other"
