"""A map is read once, and all its mistakes are reported together: line, column, what would be correct.

text ──▶ strict YAML ──▶ model (each value) ──▶ compiled, with what it looks up
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
from pydantic import ValidationError

from lowtide import strict
from lowtide.errors import MapError
from lowtide.map.compiled import Compiler
from lowtide.map.lookup import Lookup
from lowtide.map.model import MapFile
from lowtide.map.naming import find_map, map_name
from lowtide.map.sentences import sentences
from lowtide.readers.reading import Reading
from lowtide.strict import Document, Place, YamlFault

_ROOT = "a map is a mapping, such as `read:` and `movements:`"
_NOT_TEXT = {("read", "sheet")}
_PASSES = 4


@dataclass(frozen=True)
class Map:
    """A map that was read and compiled."""

    name: str
    document: bytes
    """The compiled map, with everything that it looked up: what the core executes, and what its hash is taken of."""
    reading: Reading
    """How a document becomes rows."""
    model: MapFile
    """What the file says."""


def load_map(
    spec: str | Path,
    *,
    maps: Path | None = None,
    locations: pa.RecordBatch | None = None,
    catalogue: pa.RecordBatch | None = None,
) -> Map:
    """The map with this path or name, compiled with the locations file and the catalogue.

    Raises MapError, which lists every mistake with its line and column.
    """
    path = find_map(spec, maps)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise MapError(f"`{path}` cannot be read: {error}", "A map is a YAML file in UTF-8.") from error
    return read_map_text(text, str(path), map_name(path), Lookup(path.parent, locations, catalogue))


def read_map_text(text: str, file: str, name: str, lookup: Lookup) -> Map:
    """The map in a text; messages begin with `file`, `name` is its name where the text has none. Raises MapError."""
    try:
        document = map_document(text)
    except YamlFault as fault:
        raise _error(file, [(fault.place, fault.message)]) from None
    model = _checked(document, file)
    compiler = Compiler(lookup)
    own = model.name or re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:64] or "map"
    compiled = compiler.map(model, own)
    if compiler.faults:
        raise _error(
            file, [(document.place(path), _keyed(path, message)) for path, message in compiler.faults]
        )
    return Map(own, orjson.dumps(compiled, option=orjson.OPT_SORT_KEYS), _reading(compiled["read"]), model)


def _checked(document: Document, file: str) -> MapFile:
    """The model of a document. What is wrong is taken away and the rest checked again, so that all mistakes are reported."""
    value, removed, mistakes = document.value, list[strict.Path](), list[tuple[Place, str]]()
    for _ in range(_PASSES):
        try:
            model = MapFile.model_validate(value)
        except ValidationError as error:
            faults = [each for detail in error.errors() for each in sentences(detail, document)]
        else:
            if mistakes:
                break
            return model
        mistakes += [
            (document.place(path), text)
            for path, text in faults
            if not any(path[: len(gone)] == gone for gone in removed)
        ]
        removed += [path[: 3 if path[0] == "movements" else 1] for path, _ in faults if path]
        value = _without(document.value, removed)
    raise _error(file, mistakes)


def _without(value: dict[str, Any], removed: list[strict.Path]) -> dict[str, Any]:
    """A copy without the values at these places: keys of the map, or fields of a rule."""
    rest = {key: inner for key, inner in value.items() if (key,) not in removed}
    rules = rest.get("movements")
    if isinstance(rules, list):
        rest["movements"] = [
            {key: inner for key, inner in rule.items() if ("movements", number, key) not in removed}
            if isinstance(rule, dict)
            else rule
            for number, rule in enumerate(rules)
        ]
    return rest


def map_document(text: str) -> Document:
    """The YAML of a map with its places, every scalar as it is written. Raises YamlFault."""
    return strict.document(text, _ROOT, lambda path: path not in _NOT_TEXT)


def _reading(read: dict[str, Any]) -> Reading:
    known = Reading.__dataclass_fields__
    lists = {key: tuple(value) for key, value in read.items() if isinstance(value, list)}
    return Reading(**{key: value for key, value in (read | lists).items() if key in known})


def _keyed(path: strict.Path, message: str) -> str:
    return f"`{path[-1]}`: {message}" if not message.startswith("`") else message


def _error(file: str, faults: list[tuple[Place, str]]) -> MapError:
    lines = [f"{file}:{line}:{column}: {message}" for (line, column), message in sorted(set(faults))]
    return MapError("\n".join(lines))
