"""Read YAML strictly: each value keeps its line and column, and what YAML allows but nobody means is a mistake.

A key that stands twice, a key that is not a plain word, lists and mappings that stand too deep in one another, a text of
more than a million characters, a file that grows without end through aliases, and a number without end are mistakes.

>>> read = document("defaults:\\n  watch: 0.2\\n", "a policy is a mapping")
>>> read.value, read.place(("defaults", "watch"))
({'defaults': {'watch': 0.2}}, (2, 3))
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import yaml

Path = tuple[str | int, ...]
"""The keys and numbers that lead to a value."""
Place = tuple[int, int]
"""Line and column, both from 1."""

_MOST_CHARACTERS = 1 << 20
_MOST_VALUES = 100_000
_MOST_DIGITS = 64
_TOO_MANY = f"the file grows to more than {_MOST_VALUES:,} values: use fewer aliases"
_NUMBERS = ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float")
_DEEPEST = 32
_TOO_DEEP = f"lists or mappings stand more than {_DEEPEST} deep in one another"
_NULL = "tag:yaml.org,2002:null"


class YamlFault(ValueError):
    """The text cannot be read: line and column, and what would be correct."""

    def __init__(self, place: Place, message: str) -> None:
        super().__init__(message)
        self.place = place
        self.message = message


@dataclass
class Document:
    """What a text says, and where each value of it stands."""

    value: dict[str, Any] = field(default_factory=dict)
    places: dict[Path, Place] = field(default_factory=dict)

    def place(self, path: Path) -> Place:
        """Line and column of a value; for a value that is not in the text, those of its parent."""
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path, (1, 1))


class _Bounded(yaml.SafeLoader):
    """Ends at the first bracket that stands too deep, and at the first value too many, before they take time and memory."""

    _values = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        self._values += 1
        if self._values > _MOST_VALUES:
            mark = self.get_mark()
            raise YamlFault((mark.line + 1, mark.column + 1), _TOO_MANY)
        return super().compose_node(parent, index)

    def fetch_flow_collection_start(self, token: Any) -> None:
        if self.flow_level > _DEEPEST:
            mark = self.get_mark()
            raise YamlFault((mark.line + 1, mark.column + 1), _TOO_DEEP)
        super().fetch_flow_collection_start(token)


def document(text: str, root: str, as_written: Callable[[Path], bool] = lambda _: False) -> Document:
    """Reads a text whose root is a mapping; an empty text is an empty one. Raises YamlFault.

    `root` is the sentence for a text whose root is something else. A value for whose path `as_written` is true stays
    text, so that `0123` stays `0123`.
    """
    node = composed(text)
    if node is None or (isinstance(node, yaml.ScalarNode) and node.tag == _NULL):
        return Document()
    if not isinstance(node, yaml.MappingNode):
        raise YamlFault(_place(node), root)
    reader = _Reader(as_written)
    return Document(reader.value(node, ()), reader.places)


def composed(text: str) -> yaml.Node | None:
    """The nodes of a text, each with its marks; None for an empty one. Raises YamlFault."""
    if len(text) > _MOST_CHARACTERS:
        raise YamlFault((1, 1), f"the text has more than {_MOST_CHARACTERS:,} characters")
    try:
        node: yaml.Node | None = yaml.compose(text, Loader=_Bounded)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or "not YAML"
        place = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise YamlFault(place, f"not YAML: {problem}; check indentation, colons and quotes") from None
    except RecursionError:
        raise YamlFault((1, 1), _TOO_DEEP) from None
    return node


def plain(text: str) -> Any:
    """What a text says, every scalar as its text, and what an alias names as a value of its own; None for an empty one.

    >>> plain("a: [1, no, 2026-11-30, ~]")
    {'a': ['1', 'no', '2026-11-30', '~']}
    """
    node = composed(text)
    return None if node is None else _Reader(lambda _: True, all_text=True).value(node, ())


def _place(node: yaml.Node) -> Place:
    return node.start_mark.line + 1, node.start_mark.column + 1


class _Reader:
    def __init__(self, as_written: Callable[[Path], bool], *, all_text: bool = False) -> None:
        self._all_text = all_text
        self.places: dict[Path, Place] = {}
        self._as_written = as_written
        self._left = _MOST_VALUES

    def value(self, node: yaml.Node, path: Path) -> Any:
        place = self.places.setdefault(path, _place(node))
        self._left -= 1
        if len(path) > _DEEPEST:
            raise YamlFault(place, _TOO_DEEP)
        if self._left < 0:
            raise YamlFault(place, _TOO_MANY)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*path, number)) for number, item in enumerate(node.value)]
        return self._scalar(node, path)

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
        mapping: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key, place = key_node.value, _place(key_node)
            if not isinstance(key_node, yaml.ScalarNode):
                raise YamlFault(place, "a key must be a plain word")
            if key in mapping:
                raise YamlFault(place, f"`{key}` stands twice: keep one")
            mapping[key] = self.value(value_node, (*path, key))
            self.places[(*path, key)] = place
        return mapping

    def _scalar(self, node: yaml.Node, path: Path) -> Any:
        if self._all_text or (node.tag != _NULL and self._as_written(path)):
            return node.value
        if node.tag in _NUMBERS and len(node.value) > _MOST_DIGITS:
            raise YamlFault(_place(node), f"a number has at most {_MOST_DIGITS} characters")
        try:
            constructed = yaml.SafeLoader("").construct_object(node)
        except (ValueError, yaml.YAMLError):
            return node.value
        return constructed if isinstance(constructed, bool | int | float | str | None) else node.value
