"""What was typed as SOURCE becomes logs by name. Only this module knows what is not a file:

kafka://host:9092/topic                 a topic: each partition is a log of its own
synthetic://?positions=100&days=30      movements generated while they are read
anything else                           files, a folder, or `-`: all of them together are one log, an export in order of
                                        event time (`order.py`)
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from lowtide.errors import InputError, SettingsError
from lowtide.kafka.address import LAYOUTS
from lowtide.kafka.topic import open_topic
from lowtide.runner.order import Export, OrderName, Sorting, is_export
from lowtide.samples.synthetic import Synthetic
from lowtide.sources import Block, Feed, Item, Progress, fingerprints, read, resolve, size_of
from lowtide.sources.address import ACCEPTED
from lowtide.sources.encoding import AUTO
from lowtide.sources.lines import MAX_RECORD_BYTES


def is_topic(*specs: str) -> bool:
    """Whether a topic is among the sources."""
    return any(_scheme(spec) == "kafka" for spec in specs)


def log_name(specs: list[str]) -> str:
    """The name of the log that the sources make: the same on every machine, in whatever folder the files lie.

    One file or folder gives its base name, several the first and the number of the others (`a.jsonl+2`), a topic its own.
    """
    first = _name(specs[0])
    return first if len(specs) == 1 else f"{first}+{len(specs) - 1}"


def open_logs(
    specs: list[str],
    block_records: int = 4096,
    *,
    max_record_bytes: int = MAX_RECORD_BYTES,
    encoding: str = AUTO,
    progress: Progress | None = None,
    follow: bool = False,
    group: str = "lowtide",
    order: OrderName | None = None,
    sorting: Sorting | None = None,
) -> dict[str, Feed]:
    """The feeds of the sources by the name of their log: one of all files, or one of each partition of a topic.

    With `follow` a topic has no end; files always have one. `group` is the name under which tools show a topic's lag.
    `encoding` is that of files of text that are not UTF-8 and have no byte order mark (`auto`: they are refused).
    `order` None: a log is read as it stands, an export in order of event time. Without `sorting` all is read as it stands.
    Raises InputError, SettingsError or BrokerError.
    """
    if is_topic(*specs):
        if len(specs) > 1:
            raise InputError(
                "a topic is read by itself", "Run one source at a time, under different pipelines."
            )
        _must_not_be_sorted(
            order, "a topic", "Leave `--order` out: a topic is read in the order of its offsets."
        )
        return open_topic(specs[0], block_records, follow=follow, group=group)
    if follow and specs != ["-"]:
        raise SettingsError(
            "a file ends", "Follow a topic (`kafka://host:port/topic`) or standard input (`-`)."
        )
    if follow:
        _must_not_be_sorted(order, "a source that has no end", "Leave out `--order event` or `--follow`.")
    items = _items(specs)
    asked = order or ("event" if is_export(specs, items) else "arrival")
    if sorting is not None and asked == "event":
        export = Export(
            items,
            sorting,
            block_records,
            max_record_bytes=max_record_bytes,
            encoding=encoding,
            progress=progress,
        )
        return {log_name(specs): export}
    blocks = read(
        items,
        block_records,
        max_record_bytes=max_record_bytes,
        encoding=encoding,
        progress=progress,
        named=True,
    )
    return {log_name(specs): Feed(blocks, fingerprints(items))}


def _must_not_be_sorted(order: OrderName | None, what: str, hint: str) -> None:
    if order == "event":
        raise SettingsError(f"{what} cannot be put in order of event time", hint)


def open_sources(
    specs: list[str],
    block_records: int = 4096,
    *,
    max_record_bytes: int = MAX_RECORD_BYTES,
    progress: Progress | None = None,
) -> Iterator[Block]:
    """The blocks of files and generators, in the order given, as one partition: see `sources.read`.

    Raises InputError here, before the first block.
    """
    return read(_items(specs), block_records, max_record_bytes=max_record_bytes, progress=progress)


def total_bytes(specs: list[str]) -> int | None:
    """How many bytes will be read. None where that is not known: a topic, standard input, a generator."""
    if is_topic(*specs):
        return None
    items = _items(specs)
    if any(item.kind in ("stdin", "generated") for item in items):
        return None
    return sum(size_of(item) for item in items)


def with_layout(specs: list[str], layout: str | None) -> list[str]:
    """The sources, with `--format` put into the address of a topic. Raises SettingsError for another source."""
    if layout is None:
        return specs
    if layout not in LAYOUTS or not is_topic(*specs):
        raise SettingsError(
            f"`--format {layout}`: it says what the messages of a topic hold",
            f"Give it with a topic: {', '.join(LAYOUTS)}. A file shows by its name how to read it.",
        )
    return [f"{spec}{'&' if '?' in spec else '?'}format={layout}" for spec in specs]


def _scheme(spec: str) -> str:
    return spec.partition("://")[0].lower() if "://" in spec else ""


def _name(spec: str) -> str:
    if spec == "-":
        return "stdin"
    if "://" in spec:
        url = urlsplit(spec)
        return url.path.strip("/") if url.scheme == "kafka" else url.scheme
    path = Path(spec)
    return path.name if path.name not in ("", "..") else path.resolve().name or "root"


def _items(specs: list[str]) -> list[Item]:
    """What to read, in order. Raises InputError for what cannot be read."""
    if not specs:
        raise InputError("there is nothing to read", f"Give a source: {ACCEPTED}.")
    if specs.count("-") > 1:
        raise InputError("standard input is named twice", "Give `-` once.")
    return [item for spec in specs for item in _items_of(spec)]


def _items_of(spec: str) -> list[Item]:
    match _scheme(spec):
        case "":
            return resolve(spec)
        case "synthetic":
            return [_synthetic(spec)]
        case "kafka":
            hint = "Give `kafka://host:port/topic` as the only source."
            raise InputError(f"`{spec}`: a topic is read by itself", hint)
        case scheme:
            raise InputError(
                f"`{spec}`: sources of the kind `{scheme}://` are not known", f"Give {ACCEPTED}."
            )


def _synthetic(spec: str) -> Item:
    options = {"positions": 100, "days": 30, "seed": 0}
    for name, text in parse_qsl(urlsplit(spec).query, keep_blank_values=True):
        least = 0 if name == "seed" else 1
        if not (
            name in options and text.isascii() and text.isdigit() and len(text) <= 9 and int(text) >= least
        ):
            raise InputError(
                f"`{spec}`: `{name}={text}` is not understood",
                "Write whole numbers: `synthetic://?positions=100&days=30&seed=0`.",
            )
        options[name] = int(text)
    return Item(
        "generated",
        "synthetic",
        generate=Synthetic(options["positions"], options["days"], options["seed"]).blocks,
    )
