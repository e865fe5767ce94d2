"""Which map each source is read with: that of its address (`sales.csv?map=NAME`), else the one of `--map`, else none."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from lowtide.core import Job, Partition, mapping_of
from lowtide.errors import MapError
from lowtide.intake.own_map import own_map
from lowtide.map import load_map
from lowtide.map.model import NAME
from lowtide.readers import BadDocument, rows_of
from lowtide.settings import Settings
from lowtide.sources import Item
from lowtide.sources.mapped import header_of, with_map
from lowtide.sources.parquet import named_columns
from lowtide.sources.row_map import RowMap, columns_of

_ASKED = "?map="


class Maps:
    """The maps that a run may need. Each is loaded once, with the locations and the catalogue of the run.

    `default` is the map of sources that name none, by path or by name; `folder` holds maps by name, beside the shipped ones.
    """

    def __init__(
        self,
        default: str | None = None,
        folder: Path | None = None,
        *,
        locations: pa.RecordBatch | None = None,
        catalogue: pa.RecordBatch | None = None,
    ) -> None:
        self._default, self._folder = default, folder
        self._locations, self._catalogue = locations, catalogue
        self._loaded: dict[str, RowMap] = {}
        self._one: RowMap | None = None

    @classmethod
    def of(cls, settings: Settings, files: dict[str, pa.RecordBatch]) -> Maps:
        """The maps of the settings, with the files that people keep, by table."""
        folder = None if settings.maps is None else Path(settings.maps)
        return cls(settings.map, folder, locations=files.get("location"), catalogue=files.get("catalogue"))

    @classmethod
    def of_one(cls, map_: RowMap | None) -> Maps:
        """One map, for every source that does not name another."""
        maps = cls()
        maps._one = map_
        return maps

    def of_source(self, spec: str) -> RowMap | None:
        """The map with which a source is read; None: it holds movements. Raises MapError."""
        name = map_name(spec) or self._default
        if name is None:
            return self._one
        if name not in self._loaded:
            self._loaded[name] = load_map(
                name, maps=self._folder, locations=self._locations, catalogue=self._catalogue
            )
        return self._loaded[name]


def map_name(spec: str) -> str | None:
    """The map that an address names. Raises MapError for a path: an address names maps by their NAME only.

    >>> map_name("kafka://a:9092/sales?start=latest&map=kingdee"), map_name("sales.csv?map=kingdee"), map_name("sales.csv")
    ('kingdee', 'kingdee', None)
    """
    name = _split(spec)[1]
    if name is not None and NAME.fullmatch(name) is None:
        raise MapError(
            f"`{spec}`: `map=` takes the name of a map, and `{name}` is not one",
            "Give a name of `lowtide map ls`, `--maps DIR` for maps of your own, or `--map FILE`.",
        )
    return name


def without_map(spec: str) -> str:
    """The address without its map.

    >>> without_map("kafka://a:9092/sales?start=latest&map=kingdee")
    'kafka://a:9092/sales?start=latest'
    """
    return _split(spec)[0]


def _split(spec: str) -> tuple[str, str | None]:
    """An address and the map that it names. A file whose own name ends so is a file."""
    if "://" in spec:
        head, _, query = spec.partition("?")
        parts = query.split("&")
        names = [part.removeprefix("map=") for part in parts if part.startswith("map=")]
        rest = "&".join(part for part in parts if part and not part.startswith("map="))
        return f"{head}?{rest}" if rest else head, names[-1] if names else None
    path, asked, name = spec.rpartition(_ASKED)
    if not asked or not path or _is_there(spec):
        return spec, None
    return path, name


def _is_there(spec: str) -> bool:
    try:
        return Path(spec).exists()
    except (OSError, ValueError):
        return False


def mapped_items(items: Iterable[Item], map_: RowMap | None) -> list[Item]:
    """The items of one source, to be read with its map. A spreadsheet without one has columns of a movement.

    Of a folder with a map, hidden files and the drafts of office programs (`~$…`) are left out.
    """
    if map_ is None:
        own = own_map("xlsx")
        return [replace(item, map=own) if item.kind == "sheet" else item for item in items]
    return [
        with_map(item, map_)
        for item in items
        if not item.name.rpartition("/")[2].startswith((".", "~$")) or "/" not in item.name
    ]


def must_fit(job: Job, items: Iterable[Item]) -> None:
    """Raises MapError where a table lacks a column that its map needs: before any of its rows is read.

    What cannot be read at all is left to the run, which rejects it.
    """
    for item in items:
        if item.map is None or item.kind == "sheet":
            continue
        partition = job.partition(1)
        partition.map(mapping_of(item.map))
        try:
            _read_header(partition, item)
        except MapError as error:
            hint = error.hint or f"`lowtide map check MAP {item.name}` shows what the map makes of it."
            raise MapError(f"`{item.name}`: {error.message}", hint) from None


def _read_header(partition: Partition, item: Item) -> None:
    assert item.map is not None
    form = item.map.reading.format
    if form == "csv":
        if (header := header_of(item)) is not None:
            partition.csv_header(*header.for_core)
    elif item.path is None or not item.path.is_file():
        return
    elif form == "parquet":
        try:
            schema = pq.read_schema(item.path)
        except (pa.ArrowException, OSError):
            return
        names = named_columns(schema.names, columns_of(item.map))
        empty = pa.schema([schema.field(name) for name in names]).empty_table()
        partition.columns(pa.RecordBatch.from_arrays([column.combine_chunks() for column in empty], names))
    elif form == "xlsx" and item.map.reading.header > 0:
        try:
            first = next(iter(rows_of(item.path, item.map.reading, name=item.name)), b"")
        except BadDocument:
            return
        rows = map(orjson.loads, first.splitlines())
        row = next((row for row in rows if "_reject" not in row), None)
        if row is not None:
            partition.csv_header(_csv_line([key for key in row if not key.startswith("_")]), ord(","))


def _csv_line(cells: list[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue().rstrip("\r\n").encode()
