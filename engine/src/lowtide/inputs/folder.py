"""Sets of inputs in a folder: `DIR/HASH/inputs.json` with its tables, and `DIR/current`, which names the latest.

    DIR/
      current                       the hash of the set that was written last, as text
      3f1c0a7be882/
        inputs.json                 canonical bytes of the document
        forecast.parquet            optional
        classes.parquet             optional

HASH is the first 12 hexadecimal digits of SHA-256 over `lowtide inputs 1`, a line end, the bytes of inputs.json, and the
SHA-256 of the content of forecast and classes (empty where there is no table).
"""

from __future__ import annotations

import hashlib
import re
import shutil
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from lowtide.errors import PolicyError, SettingsError
from lowtide.inputs.document import Inputs, parse_json
from lowtide.inputs.tables import content, read_classes, read_forecast

HASH = re.compile("[0-9a-f]{12}")
CURRENT = "current"
DOCUMENT, FORECAST_FILE, CLASSES_FILE = "inputs.json", "forecast.parquet", "classes.parquet"


@dataclass(frozen=True)
class InputSet:
    """One set of inputs: its document and its tables."""

    document: Inputs
    forecast: pa.RecordBatch | None = None
    classes: pa.RecordBatch | None = None

    @cached_property
    def json(self) -> bytes:
        """The canonical bytes of the document."""
        return self.document.as_json

    def class_of(self, location: str, sku: str) -> tuple[str, str] | None:
        """ABC and XYZ class of a position; None where these inputs do not have it."""
        if self.classes is None:
            return None
        mine = pc.and_(pc.equal(self.classes["location"], location), pc.equal(self.classes["sku"], sku))
        rows = self.classes.filter(mine).to_pylist()
        return (rows[0]["abc"], rows[0]["xyz"]) if rows else None

    @cached_property
    def hash(self) -> str:
        """The name of the set: 12 hexadecimal digits from its content."""
        digest = hashlib.sha256(b"lowtide inputs 1\n" + self.json)
        for table in (self.forecast, self.classes):
            digest.update(content(table))
        return digest.hexdigest()[:12]


@dataclass(frozen=True)
class InputsFolder:
    """The sets of a folder by hash, and the one with which a log starts that has not named one."""

    path: Path
    start: str | None
    sets: dict[str, InputSet] = field(default_factory=dict)

    @property
    def documents(self) -> dict[str, tuple[bytes, pa.RecordBatch | None, pa.RecordBatch | None]]:
        """By hash: document as JSON, forecast, classes, as the core takes them."""
        return {name: (one.json, one.forecast, one.classes) for name, one in self.sets.items()}


def load_inputs(path: str | Path) -> InputsFolder:
    """All sets under DIR; `DIR/HASH` starts with that one, `DIR` with its current one. Raises PolicyError.

    Each set is compared with its hash: what was changed by hand after it was written is refused.
    """
    given = Path(path)
    if not given.is_dir() and HASH.fullmatch(given.name) and given.parent.is_dir():
        names = sorted(entry.name for entry in given.parent.iterdir() if _is_set(entry))
        known = f"There are {', '.join(names)}." if names else "There are none: `lowtide learn` writes them."
        raise PolicyError(f"there is no set of inputs `{path}`", known)
    if not given.is_dir():
        raise PolicyError(
            f"there is no folder of inputs `{path}`",
            "`lowtide learn HISTORY… --out DIR` makes one, and so does `lowtide inputs build`.",
        )
    one = (given / DOCUMENT).exists()
    if one and not HASH.fullmatch(given.resolve().name):
        raise PolicyError(
            f"`{path}` has an {DOCUMENT}, but its name is not a hash",
            f"`lowtide inputs build {given / DOCUMENT} --out DIR` writes it under its hash.",
        )
    folder = given.resolve().parent if one else given
    names = sorted(entry.name for entry in folder.iterdir() if _is_set(entry))
    if not names:
        raise PolicyError(
            f"`{path}` holds no inputs",
            f"It should hold HASH/{DOCUMENT}. `lowtide learn HISTORY… --out {path}` writes it.",
        )
    start = given.resolve().name if one else _current(folder, names)
    return InputsFolder(folder, start, {name: _read(folder / name) for name in names})


def write_inputs(folder: Path, one: InputSet) -> Path:
    """Write a set under its hash, make it the current one, and give its folder. Raises SettingsError if that fails.

    The set is there completely or not at all; a set that is there already stays as it is.
    """
    target, draft = folder / one.hash, folder / f".{one.hash}.part"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not target.exists():
            shutil.rmtree(draft, ignore_errors=True)
            draft.mkdir()
            (draft / DOCUMENT).write_bytes(one.json)
            for name, table in ((FORECAST_FILE, one.forecast), (CLASSES_FILE, one.classes)):
                if table is not None:
                    pq.write_table(pa.Table.from_batches([table]), draft / name, compression="zstd")
            draft.replace(target)
        text = folder / f".{CURRENT}.part"
        text.write_text(f"{one.hash}\n", encoding="ascii")
        text.replace(folder / CURRENT)
    except OSError as error:
        raise SettingsError(
            f"`{folder}` cannot be written: {error.strerror}", "Give another folder with `--out`."
        ) from error
    return target


def _is_set(entry: Path) -> bool:
    return bool(HASH.fullmatch(entry.name)) and (entry / DOCUMENT).exists()


def _current(folder: Path, names: list[str]) -> str | None:
    try:
        name = (folder / CURRENT).read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise PolicyError(f"`{folder / CURRENT}` cannot be read: {error}") from None
    if name not in names:
        raise PolicyError(
            f"`{folder / CURRENT}` names `{name[:40]}`, but that set is not there",
            f"There are {', '.join(names)}. Write one of them into the file, or remove the file.",
        )
    return name


def _read(folder: Path) -> InputSet:
    path = folder / DOCUMENT
    try:
        document = parse_json(path.read_bytes(), str(path))
    except OSError as error:
        raise PolicyError(f"`{path}` cannot be read: {error.strerror}") from None
    forecast, classes = folder / FORECAST_FILE, folder / CLASSES_FILE
    found = InputSet(
        document,
        read_forecast(forecast) if forecast.exists() else None,
        read_classes(classes) if classes.exists() else None,
    )
    if found.hash != folder.name:
        raise PolicyError(
            f"`{folder}` was changed after it was written: its content has the hash {found.hash}",
            f"`lowtide inputs build {path} --out {folder.parent}` writes it under that hash; "
            "a log that names the old hash needs the old content.",
        )
    return found
