"""Where maps are: a path, a name in a folder of maps, or a name among the maps that are shipped."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from lowtide.errors import MapError
from lowtide.map.model import NAME

SHIPPED = Path(__file__).parent / "shipped"
"""The maps that come with the program: `NAME/map.yaml` beside a sample and the movements that it becomes."""
_FILE = "map.yaml"


def find_map(spec: str | Path, maps: Path | None = None) -> Path:
    """The file of a map, by its path or its name. Raises MapError."""
    if isinstance(spec, Path) or _is_path(spec):
        path = Path(spec)
        if path.is_dir() and (path / _FILE).is_file():
            return path / _FILE
        if not path.is_file():
            raise MapError(
                f"there is no map `{spec}`", "Give the path of a map.yaml, or a name of `lowtide map ls`."
            )
        return path
    if NAME.fullmatch(spec) is None:
        raise MapError(f"`{spec}` is not the name of a map: names have small letters, digits and hyphens")
    candidates = [path for folder in (maps, SHIPPED) if folder is not None for path in _named(folder, spec)]
    if not candidates:
        where = "" if maps is None else f" in `{maps}` or"
        raise MapError(
            f"there is no map `{spec}`{where} among the shipped ones", "`lowtide map ls` shows all of them."
        )
    own = [path for path in candidates if maps is not None and maps in path.parents]
    if len(own) > 1:
        raise MapError(f"`{own[0]}` and `{own[1]}` are both the map `{spec}`: keep one")
    return candidates[0]


def map_files(folder: Path) -> Iterator[Path]:
    """The maps of a folder, by name: `NAME.yaml` and `NAME/map.yaml`."""
    if folder.is_dir():
        yield from sorted([*folder.glob("*.yaml"), *folder.glob(f"*/{_FILE}")], key=map_name)


def map_name(path: Path) -> str:
    """The name of a map by its file: `NAME.yaml` or `NAME/map.yaml`."""
    return path.resolve().parent.name if path.name == _FILE else path.stem


def _is_path(spec: str) -> bool:
    return spec.endswith((".yaml", ".yml")) or "/" in spec or "\\" in spec


def _named(folder: Path, name: str) -> Iterator[Path]:
    for path in (folder / f"{name}.yaml", folder / name / _FILE):
        if path.is_file():
            yield path
