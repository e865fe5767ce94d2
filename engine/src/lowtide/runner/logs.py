"""What was typed as SOURCE becomes logs by name. Only this module knows what is not a file:

kafka://host:9092/topic                 a topic: each partition is a log of its own
journal:DIR                             the journal of `lowtide intake`: one log, `journal/0`
synthetic://?positions=100&days=30      movements generated while they are read
anything else                           files, a folder, or `-`: all of them together are one log, an export in order of
                                        event time (`order.py`)

Each may name the map with which its rows are read: `sales.csv?map=NAME`, `kafka://host:9092/topic?map=NAME` (`maps.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from lowtide.errors import InputError, SettingsError
from lowtide.intake.journal.feed import open_journal
from lowtide.kafka.address import LAYOUTS, parse
from lowtide.kafka.presence import await_brokers
from lowtide.kafka.topic import MEMORY_BYTES, open_topic
from lowtide.runner.map_history import History
from lowtide.runner.maps import Maps, mapped_items, must_fit, without_map
from lowtide.runner.order import Export, OrderName, Sorting, is_export
from lowtide.samples.synthetic import Synthetic
from lowtide.secret import shown
from lowtide.sources import Block, Feed, Item, Progress, fingerprints, read, resolve, size_of
from lowtide.sources.address import ACCEPTED
from lowtide.sources.encoding import AUTO
from lowtide.sources.lines import MAX_RECORD_BYTES
from lowtide.sources.row_map import maps_of

JOURNAL = "journal:"
"""How the source that is a journal begins."""


def is_topic(*specs: str) -> bool:
    """Whether a topic is among the sources."""
    return any(_scheme(spec) == "kafka" for spec in specs)


def await_topic(spec: str, on_away: Callable[[], None]) -> None:
    """Wait until a broker of a topic answers; `on_away` is called if it has to wait. Raises BrokerError."""
    await_brokers(parse(without_map(spec)), on_away)


def is_numbered(*specs: str) -> bool:
    """Whether a topic or a journal is among the sources: they number their messages, so a run goes on where it stopped."""
    return is_topic(*specs) or any(_scheme(spec) == "journal" for spec in specs)


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
    maps: Maps | None = None,
    history: History | None = None,
    memory_bytes: int = MEMORY_BYTES,
) -> dict[str, Feed]:
    """The feeds of the sources by the name of their log: one of all files, or one of each partition of a topic.

    With `follow` a topic has no end; files always have one. `group` is the name under which tools show a topic's lag.
    `encoding` is that of files of text that are not UTF-8 and have no byte order mark (`auto`: they are refused).
    `order` None: a log is read as it stands, an export in order of event time. Without `sorting` all is read as it stands.
    `maps` are those with which sources may be read; without them every source holds movements. `history` are the maps that a
    log was read with by a run, which takes their place. `memory_bytes` may wait in memory of a topic.
    Raises InputError, SettingsError, MapError or BrokerError.
    """
    maps = maps or Maps()
    if is_numbered(*specs):
        if len(specs) > 1:
            raise InputError(
                "a topic or a journal is read by itself",
                "Run one source at a time, under different pipelines.",
            )
        _must_not_be_sorted(
            order, "a topic", "Leave `--order` out: a topic is read in the order of its offsets."
        )
        map_ = maps.of_source(specs[0])
        if _scheme(specs[0]) == "journal":
            path = Path(without_map(specs[0]).removeprefix(JOURNAL))
            return open_journal(path, block_records, follow=follow, group=group, trial=map_)
        logs = open_topic(
            without_map(specs[0]), block_records, follow=follow, group=group, memory_bytes=memory_bytes
        )
        for name, feed in logs.items():
            feed.map, feed.changes = map_, [] if history is None else history.of_topic(name)
        return logs
    if follow and specs != ["-"]:
        raise SettingsError(
            "a file ends",
            "Follow a topic (`kafka://host:port/topic`), a journal (`journal:DIR`) or standard input (`-`).",
        )
    if follow:
        _must_not_be_sorted(order, "a source that has no end", "Leave out `--order event` or `--follow`.")
    if history is not None:
        maps = Maps.of_one(history.of_files(log_name(specs)))
    items = _items(specs, maps)
    if sorting is not None:
        must_fit(sorting.job, items)
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
    feed = Feed(blocks, fingerprints(items))
    feed.maps = maps_of(items)
    return {log_name(specs): feed}


def must_not_be_a_trial(specs: list[str], map_: str | None) -> None:
    """A journal is run with the maps that its frames name. Raises SettingsError where another one is asked for."""
    for spec in specs:
        if _scheme(spec) == "journal" and (map_ is not None or without_map(spec) != spec):
            raise SettingsError(
                "the frames of a journal name their maps, so a run takes no other",
                "Leave `--map` out; `lowtide replay --map F journal:DIR` tries another map on the rows.",
            )


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
    if is_numbered(*specs):
        return None
    items = _items(specs, of_any_name=True)
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
    if spec.startswith(JOURNAL):
        return "journal"
    return spec.partition("://")[0].lower() if "://" in spec else ""


def _name(spec: str) -> str:
    spec = without_map(spec)
    if spec == "-":
        return "stdin"
    if _scheme(spec) == "journal":
        return "journal"
    if "://" in spec:
        scheme, _, rest = spec.partition("://")
        return rest.partition("?")[0].partition("/")[2].strip("/") if scheme == "kafka" else scheme
    path = Path(spec)
    return path.name if path.name not in ("", "..") else path.resolve().name or "root"


def _items(specs: list[str], maps: Maps | None = None, of_any_name: bool = False) -> list[Item]:
    """What to read, in order, each with its map. Raises InputError for what cannot be read, MapError."""
    if not specs:
        raise InputError("there is nothing to read", f"Give a source: {ACCEPTED}.")
    if [without_map(spec) for spec in specs].count("-") > 1:
        raise InputError("standard input is named twice", "Give `-` once.")
    maps = maps or Maps()
    items: list[Item] = []
    for spec in specs:
        map_ = None if of_any_name else maps.of_source(spec)
        found = _items_of(without_map(spec), of_any_name or map_ is not None)
        items += found if of_any_name or "://" in spec else mapped_items(found, map_)
    return items


def _items_of(spec: str, of_any_name: bool) -> list[Item]:
    match _scheme(spec):
        case "":
            return resolve(spec, of_any_name)
        case "synthetic":
            return [_synthetic(spec)]
        case "kafka" | "journal":
            hint = "Give `kafka://host:port/topic` or `journal:DIR` as the only source."
            raise InputError(f"`{shown(spec)}`: it is read by itself", hint)
        case scheme:
            raise InputError(
                f"`{shown(spec)}`: sources of the kind `{scheme}://` are not known", f"Give {ACCEPTED}."
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
