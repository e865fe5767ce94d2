"""A path or `-` is resolved before anything starts: to files in order, or to a sentence that helps.

sales.jsonl  sales.ndjson               lines, one movement each; also .gz and .zst
sales.json                              one document: an array of movements or one movement; or lines
sales.csv sales.tsv                     a header line, then records; also .gz and .zst
sales.xlsx sales.xls sales.ods          the first sheet: a header line, then rows
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
from lowtide.sources.row_map import RowMap

FileKind = Literal["lines", "csv", "parquet", "sheet", "rows", "unknown", "stdin", "generated"]
_KINDS: dict[str, FileKind] = {
    "jsonl": "lines",
    "ndjson": "lines",
    "json": "lines",
    "csv": "csv",
    "tsv": "csv",
    "parquet": "parquet",
    "xlsx": "sheet",
    "xls": "sheet",
    "ods": "sheet",
}
ACCEPTED = (
    "`.jsonl`, `.ndjson`, `.json`, `.csv` or `.tsv` (also with `.gz` or `.zst`), `.parquet`, `.xlsx`, `.xls`, `.ods`, "
    "a folder of them, or `-`; any other file with `--map`"
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
    map: RowMap | None = None
    """With which its rows are read; None: it holds movements."""

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


def resolve(spec: str, with_map: bool = False) -> list[Item]:
    """Turn a path or `-` into items to read, in order. With a map a file may have any name.

    Raises InputError if it cannot be read.
    """
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
    item = item_of(path, path.name)
    if not stat.S_ISREG(mode) and item.kind == "unknown":
        return [Item("lines", path.name, path)]  # a pipe, for example `<(zcat …)`
    if item.kind == "parquet" and not stat.S_ISREG(mode):
        raise InputError(f"`{spec}` is a pipe, and Parquet is read from its end", "Write it to a file first.")
    if item.kind == "unknown" and not with_map:
        raise InputError(
            f"`{spec}`: its name does not show how to read it",
            f"`lowtide map guess {spec}` writes a map for it, to be given with `--map`. Without a map: {ACCEPTED}.",
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
            yield item_of(path, name)
        else:
            yield Item("unknown", name, path)


def item_of(path: Path, name: str) -> Item:
    """What a file of this name is read as."""
    parts = path.name.lower().split(".")
    compression = parts.pop() if len(parts) > 2 and parts[-1] in ("gz", "zst") else ""
    kind = _KINDS.get(parts[-1], "unknown") if len(parts) > 1 else "unknown"
    if kind in ("parquet", "sheet") and compression:
        kind = "unknown"
    return Item(kind, name, path, compression)
