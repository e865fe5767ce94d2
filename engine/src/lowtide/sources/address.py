"""A path or `-` is resolved before anything starts: to files in order, or to a sentence that helps.

sales.jsonl  sales.ndjson               lines, one movement each; also .gz and .zst
sales.json                              one document: an array of movements or one movement; or lines
sales.csv                               a header line, then records; also .gz and .zst
sales.parquet                           columns
folder                                  everything in it, by name
-                                       lines from standard input
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from lowtide.errors import InputError
from lowtide.sources.block import Block

FileKind = Literal["lines", "csv", "parquet", "unknown", "stdin", "generated"]
_KINDS: dict[str, FileKind] = {
    "jsonl": "lines",
    "ndjson": "lines",
    "json": "lines",
    "csv": "csv",
    "parquet": "parquet",
}
ACCEPTED = (
    "`.jsonl`, `.ndjson`, `.json` or `.csv` (also with `.gz` or `.zst`), `.parquet`, a folder of them, or `-`"
)


@dataclass(frozen=True)
class Item:
    """One thing to read: a file, standard input, or what a function generates."""

    kind: FileKind
    name: str
    """What it is called in messages; never an absolute path."""
    path: Path | None = None
    compression: str = ""
    """`gz`, `zst`, or empty."""
    generate: Callable[[int], Iterator[Block]] | None = None
    """Makes the blocks of a `generated` item, with so many records each (0: one block)."""

    @property
    def is_document(self) -> bool:
        """Whether it is called `.json`: it may hold one JSON document instead of lines."""
        return self.kind == "lines" and self.name.lower().removesuffix(f".{self.compression}").endswith(
            ".json"
        )

    @property
    def is_log(self) -> bool:
        """Whether its records stand in the order in which they came: lines that are appended to, a stream, a generator."""
        return self.kind in ("lines", "stdin", "generated") and not self.is_document


def resolve(spec: str) -> list[Item]:
    """Turn a path or `-` into items to read, in order. Raises InputError if it cannot be read."""
    if spec == "-":
        return [Item("stdin", "stdin")]
    path = Path(spec)
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise InputError(
            f"`{spec}` cannot be read: {why}", "Check the name and the folder you are in."
        ) from None
    if not os.access(path, os.R_OK | (os.X_OK if stat.S_ISDIR(mode) else 0)):
        raise InputError(
            f"`{spec}` may not be read by this user", "Change its permissions: `chmod u+r` on it."
        )
    if stat.S_ISDIR(mode):
        return list(_walk(path, "", ()))
    item = _file(path, path.name)
    if not stat.S_ISREG(mode) and item.kind == "unknown":
        return [Item("lines", path.name, path)]  # a pipe, for example `<(zcat …)`
    if item.kind == "parquet" and not stat.S_ISREG(mode):
        raise InputError(f"`{spec}` is a pipe, and Parquet is read from its end", "Write it to a file first.")
    if item.kind == "unknown":
        raise InputError(
            f"`{spec}`: it does not show how to read it", f"Rename it to end in one of: {ACCEPTED}."
        )
    return [item]


def _walk(folder: Path, prefix: str, above: tuple[tuple[int, int], ...]) -> Iterator[Item]:
    """Give the files below a folder in name order; what cannot be read is an item of the kind `unknown`."""
    try:
        here = folder.stat()
        entries = sorted(folder.iterdir(), key=lambda path: os.fsencode(path.name))
    except OSError:
        yield Item("unknown", prefix.rstrip("/"), folder)
        return
    if (here.st_dev, here.st_ino) in above:
        yield Item("unknown", prefix.rstrip("/"), folder)  # a link to a folder above
        return
    for path in entries:
        name = prefix + os.fsencode(path.name).decode("utf-8", "backslashreplace")
        try:
            mode = path.stat().st_mode
        except OSError:
            yield Item("unknown", name, path)
            continue
        if stat.S_ISDIR(mode):
            yield from _walk(path, f"{name}/", (*above, (here.st_dev, here.st_ino)))
        elif stat.S_ISREG(mode):
            yield _file(path, name)
        else:
            yield Item("unknown", name, path)


def _file(path: Path, name: str) -> Item:
    parts = path.name.lower().split(".")
    compression = parts.pop() if len(parts) > 2 and parts[-1] in ("gz", "zst") else ""
    kind = _KINDS.get(parts[-1], "unknown") if len(parts) > 1 else "unknown"
    if kind == "parquet" and compression:
        kind = "unknown"
    return Item(kind, name, path, compression)
