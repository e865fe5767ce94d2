"""What was typed as SOURCE is resolved before anything starts: to files in order, or to a helpful sentence.

sales.jsonl  sales.ndjson  sales.json   lines, one movement each; also .gz and .zst
sales.csv                               a header line, then records; also .gz and .zst
sales.parquet                           columns
folder                                  everything in it, by name
-                                       lines from standard input
synthetic://?positions=100&days=30      made as it is read
kafka://host:9092/topic                 a topic, each partition a log of its own (`kafka`)
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import parse_qsl, urlsplit

from lowtide.errors import InputError
from lowtide.sources.fingerprint import Mark

Form = Literal["lines", "csv", "parquet", "unknown", "stdin", "synthetic"]
FORMS: dict[str, Form] = {
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
    """One thing to read: a file by its form, standard input, or a generator."""

    form: Form
    name: str
    """What it is called in messages; never an absolute path."""
    path: Path | None = None
    compression: str = ""
    options: tuple[tuple[str, int], ...] = ()


def resolve(specs: list[str]) -> list[Item]:
    """Turn what was typed into things to read, in order; raise `InputError` for what is not there."""
    if not specs:
        raise InputError("there is nothing to read", f"Give a source: {ACCEPTED}.")
    if specs.count("-") > 1:
        raise InputError("standard input is named twice", "Give `-` once.")
    return [item for spec in specs for item in _resolve(spec)]


def partition_name(specs: list[str]) -> str:
    """Name what the specs make: the same on every machine, whatever folder the files lie in.

    One file or folder gives its base name, several the first and their number (`a.jsonl+2`), a topic its own.
    """
    names = [_name(spec) for spec in specs]
    return names[0] if len(names) == 1 else f"{names[0]}+{len(names) - 1}"


def total_bytes(specs: list[str]) -> int | None:
    """How many bytes will be read; `None` where nobody can know (standard input, synthetic)."""
    if any(spec.lower().startswith("kafka://") for spec in specs):
        return None
    items = resolve(specs)
    if any(item.form in ("stdin", "synthetic") for item in items):
        return None
    return sum(size_of(item) for item in items)


def size_of(item: Item) -> int:
    """The size of an item's file in bytes; 0 where there is none."""
    if item.path is None or item.form == "unknown":
        return 0
    try:
        return item.path.stat().st_size
    except OSError:
        return 0


def marks(specs: list[str]) -> list[Mark]:
    """What is read, to know it again."""
    return [Mark.of(item.name, item.path) for item in resolve(specs)]


def _name(spec: str) -> str:
    if spec == "-":
        return "stdin"
    if "://" in spec:
        url = urlsplit(spec)
        return url.path.strip("/") if url.scheme == "kafka" else url.scheme
    path = Path(spec)
    return path.name if path.name not in ("", "..") else path.resolve().name or "root"


def _resolve(spec: str) -> list[Item]:
    if spec == "-":
        return [Item("stdin", "stdin")]
    scheme = spec.partition("://")[0].lower() if "://" in spec else ""
    if scheme == "synthetic":
        return [Item("synthetic", "synthetic", options=_options(spec))]
    if scheme == "kafka":
        raise InputError(
            f"`{spec}`: a topic is read by itself", "Give `kafka://host:port/topic` as the only source."
        )
    if scheme:
        raise InputError(f"`{spec}`: sources of the kind `{scheme}://` are not known", f"Give {ACCEPTED}.")
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
    if not stat.S_ISREG(mode) and item.form == "unknown":
        return [Item("lines", path.name, path)]  # a pipe, as `<(zcat …)` makes
    if item.form == "parquet" and not stat.S_ISREG(mode):
        raise InputError(f"`{spec}` is a pipe, and Parquet is read from its end", "Write it to a file first.")
    if item.form == "unknown":
        raise InputError(
            f"`{spec}`: it does not show how to read it", f"Rename it to end in one of: {ACCEPTED}."
        )
    return [item]


def _walk(folder: Path, prefix: str, above: tuple[tuple[int, int], ...]) -> Iterator[Item]:
    """Give the files below a folder in name order; what cannot be read is an item of no known form."""
    try:
        here = folder.stat()
        entries = sorted(folder.iterdir(), key=lambda path: os.fsencode(path.name))
    except OSError:
        yield Item("unknown", prefix.rstrip("/"), folder)
        return
    if (here.st_dev, here.st_ino) in above:
        yield Item("unknown", prefix.rstrip("/"), folder)  # a link that leads back up
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
    form = FORMS.get(parts[-1], "unknown") if len(parts) > 1 else "unknown"
    if form == "parquet" and compression:
        form = "unknown"
    return Item(form, name, path, compression)


def _options(spec: str) -> tuple[tuple[str, int], ...]:
    known = {"positions": 100, "days": 30, "seed": 0}
    for name, text in parse_qsl(urlsplit(spec).query, keep_blank_values=True):
        least = 0 if name == "seed" else 1
        if (
            name not in known
            or not text.isascii()
            or not text.isdigit()
            or int(text) < least
            or len(text) > 9
        ):
            raise InputError(
                f"`{spec}`: `{name}={text}` is not understood",
                "Write whole numbers: `synthetic://?positions=100&days=30&seed=0`.",
            )
        known[name] = int(text)
    return tuple(known.items())
