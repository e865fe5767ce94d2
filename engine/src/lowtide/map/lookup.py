"""What a map looks up when it is compiled: files beside it, the locations file, the catalogue.

All of it becomes part of the compiled map, so a changed file gives a map with another hash.
"""

from __future__ import annotations

import csv
import unicodedata
from pathlib import Path
from typing import Any

import pyarrow as pa

from lowtide.map.decimal import is_decimal

_ALIAS = "locations.alias_"
_FACTOR = "unit_factor:"
_COLUMNS = ["from", "to"]


class Lookup:
    """The files of one map. Every method raises ValueError with a sentence where something is missing."""

    def __init__(
        self, folder: Path, locations: pa.RecordBatch | None = None, catalogue: pa.RecordBatch | None = None
    ) -> None:
        self._folder = folder
        self._locations = locations
        self._catalogue = catalogue

    def table(self, name: str, is_kept: bool = False) -> dict[str, str]:
        """The pairs of a `map_file`. `is_kept`: texts without a pair stay as they are, so a place needs no other name."""
        if not name.startswith(_ALIAS):
            return self._file(name)
        if is_kept and self._locations is None:
            return {}
        return self._aliases(name.removeprefix(_ALIAS), is_kept)

    def zones(self) -> dict[str, str]:
        """The time zone by location."""
        rows = self._rows(self._locations, "zone: locations", "--locations")
        zones = {row["location"]: row["time_zone"] for row in rows if row["time_zone"] is not None}
        if not zones:
            raise ValueError("the locations file has no column `time_zone`, or it is empty")
        return zones

    def skus(self) -> list[str]:
        """The SKUs of the catalogue."""
        return sorted(row["sku"] for row in self._rows(self._catalogue, "sku: known", "--catalogue"))

    def locations(self) -> list[str]:
        """The locations of the locations file."""
        return sorted(
            row["location"] for row in self._rows(self._locations, "location: known", "--locations")
        )

    def names_of_places(self) -> list[str]:
        """What our places are called, here and in other systems; without a locations file a pattern that fits every name."""
        if self._locations is None:
            return ["*"]
        rows = self._locations.to_pylist()
        names = {row["location"] for row in rows}
        return sorted(names.union(*(dict(row["alias_*"] or ()).values() for row in rows)))

    def units(self) -> dict[str, dict[str, str]]:
        """Pieces in a unit by SKU: the columns `unit_factor:BOX` of the catalogue, and 1 for its column `unit`."""
        units: dict[str, dict[str, str]] = {}
        for row in self._rows(self._catalogue, "units: catalogue", "--catalogue"):
            if row["unit"] is not None:
                units.setdefault(row["unit"], {})[row["sku"]] = "1"
            for name, factor in dict(row["attributes"] or ()).items():
                if not name.startswith(_FACTOR):
                    continue
                unit = name.removeprefix(_FACTOR).strip()
                if not is_decimal(factor) or float(factor) <= 0:
                    raise ValueError(
                        f"the catalogue says `{factor}` in column `{name}` of sku {row['sku']}: write pieces in a unit"
                    )
                units.setdefault(unit, {})[row["sku"]] = factor
        if not units:
            raise ValueError(f"the catalogue has no column `{_FACTOR}BOX` and no column `unit`")
        return units

    @staticmethod
    def _rows(batch: pa.RecordBatch | None, what: str, option: str) -> list[dict[str, Any]]:
        if batch is None:
            raise ValueError(f"`{what}` needs `{option} F`")
        rows: list[dict[str, Any]] = batch.to_pylist()
        return rows

    def _aliases(self, name: str, may_be_empty: bool) -> dict[str, str]:
        aliases: dict[str, str] = {}
        for row in self._rows(self._locations, f"map_file: {_ALIAS}{name}", "--locations"):
            alias = dict(row["alias_*"] or ()).get(name)
            if alias is not None:
                aliases[alias] = row["location"]
        if not aliases and not may_be_empty:
            raise ValueError(f"the locations file has no column `alias_{name}`, or it is empty")
        return aliases

    def _file(self, name: str) -> dict[str, str]:
        path = self._beside(name)
        try:
            with path.open(encoding="utf-8-sig", newline="") as file:
                rows = [row for row in csv.reader(file, strict=True) if any(cell.strip() for cell in row)]
        except FileNotFoundError:
            raise ValueError(f"there is no file `{name}` beside the map") from None
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise ValueError(f"`{name}` cannot be read as CSV in UTF-8: {error}") from None
        if not rows or [cell.strip() for cell in rows[0]] != _COLUMNS:
            raise ValueError(f"the first line of `{name}` must be `from,to`")
        pairs: dict[str, str] = {}
        for number, row in enumerate(rows[1:], 2):
            if len(row) != 2:
                raise ValueError(f"`{name}`, row {number}: write two cells (there are {len(row)})")
            text, ours = (unicodedata.normalize("NFC", cell.strip()) for cell in row)
            if text in pairs:
                raise ValueError(f"`{name}`, row {number}: `{text}` stands twice: keep one")
            pairs[text] = ours
        return pairs

    def _beside(self, name: str) -> Path:
        """A file in the folder of the map, and nowhere else."""
        if Path(name).is_absolute() or ".." in Path(name).parts or "\\" in name:
            raise ValueError(
                f"`{name}` must stand in the folder of the map: write a name without `..` and without a root"
            )
        path = self._folder / name
        if not path.resolve().is_relative_to(self._folder.resolve()):
            raise ValueError(f"`{name}` is a link out of the folder of the map: copy the file there")
        return path
