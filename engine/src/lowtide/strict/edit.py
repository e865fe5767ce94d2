"""Change a value of a YAML text where it stands: comments, order and all other lines stay as they are.

>>> text = "defaults:  # of every position\\n  watch: 0.2\\n"
>>> print(edited(text, [Edit(("defaults", "watch"), 0.3), Edit(("defaults", "lead_time"), "5d")]), end="")
defaults:  # of every position
  watch: 0.3
  lead_time: 5d
>>> print(edited(text, [Edit(("defaults", "watch"), None)]), end="")
defaults: {}  # of every position

A path is keys, and numbers of list items from 0; the number of items of a list appends one. None takes a value away. What is
written is read again and compared, so an edit does what it says or raises EditFault.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import orjson
import yaml

from lowtide.strict.text import Path, composed, plain

_UNSEEN = re.compile("[^ -~\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
"""What YAML refuses, or what breaks a line; it is written as an escape."""
_PLAIN = re.compile(r"[^\W_][\w.+/@-]*(?: [\w.+/@-]+)*", re.UNICODE)
_WORDS = {"null", "true", "false", "yes", "no", "on", "off", "y", "n", "~"}
_NUMBER = re.compile(r"[-+]?(\d[\d_]*)?(\.\d*)?([eE][-+]?\d+)?|0[xob].*", re.ASCII)
_BASE60 = re.compile(r"[-+]?\d+(:\d+)+(\.\d*)?", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d?-\d\d?.*", re.ASCII)


class EditFault(ValueError):
    """The text has a form in which this place cannot be changed; the message says what to do."""


@dataclass(frozen=True)
class Edit:
    """One value at one place."""

    path: Path
    value: Any
    """A text, a number, a list or a mapping; None: take it away."""


def edited(text: str, edits: Iterable[Edit]) -> str:
    """The text after the edits, one after the other. Raises EditFault."""
    for edit in edits:
        text = _one(text.removeprefix("\ufeff"), edit)
    return text


def written(value: Any) -> str:
    """A value on one line, as it stands in YAML: texts that YAML would take for something else are in quotes.

    >>> written({"match": {"sku": ["0123", "milk"]}, "to": "no"})
    '{match: {sku: ["0123", milk]}, to: "no"}'
    """
    if isinstance(value, dict):
        return "{" + ", ".join(f"{written(str(key))}: {written(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(written, value)) + "]"
    if value is None:
        return "null"
    if isinstance(value, bool | int | float):
        return orjson.dumps(value).decode()
    text = str(value)
    plain = _PLAIN.fullmatch(text) and text.lower() not in _WORDS
    if plain and not (_NUMBER.fullmatch(text) or _BASE60.fullmatch(text) or _DATE.fullmatch(text)):
        return text
    return _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(text, ensure_ascii=False))


def _one(text: str, edit: Edit) -> str:
    wanted = changed(_value(text), edit)
    try:
        made = _removed(text, edit.path) if edit.value is None else _set(text, edit.path, edit.value)
        if _value(made) == wanted:
            return made
    except (yaml.YAMLError, IndexError, ValueError, TypeError):
        pass
    place = ".".join(map(str, edit.path))
    raise EditFault(f"`{place}` stands in a form that cannot be changed here: change it in the file itself")


def _value(text: str) -> Any:
    """What a text says; every scalar as its text, and what an alias names as a value of its own."""
    return plain(text) or {}


def changed(value: Any, edit: Edit) -> Any:
    """What a document says after an edit; every scalar as its text."""
    whole = deepcopy(value) if isinstance(value, dict) else {}
    holder: Any = whole
    for at, key in enumerate(edit.path[:-1]):
        following = edit.path[at + 1]
        if isinstance(holder, list):
            if not isinstance(key, int) or key >= len(holder):
                raise EditFault(f"there is no item {key} in `{'.'.join(map(str, edit.path[:at]))}`")
            holder = holder[key]
        else:
            if not isinstance(holder.get(key), dict | list):
                if edit.value is None:
                    return whole
                holder[key] = [] if isinstance(following, int) else {}
            holder = holder[key]
    _put(holder, edit.path[-1], edit.value)
    return whole


def _put(holder: Any, key: str | int, value: Any) -> None:
    if isinstance(holder, list):
        if not isinstance(key, int) or key > len(holder):
            raise EditFault(f"there is no item {key}")
        if value is None:
            del holder[key]
        else:
            holder[key : key + 1] = [_texts(value)]
    elif value is None:
        holder.pop(key, None)
    else:
        holder[key] = _texts(value)


def _texts(value: Any) -> Any:
    return plain(written(value))


def _set(text: str, path: Path, value: Any) -> str:
    root = composed(text)
    if root is None or not isinstance(root, yaml.MappingNode):
        root = None
    if root is None:
        return f"{text.rstrip()}\n" * bool(text.strip()) + _line("", path[0], _nested(path[1:], value))
    node, at = _deepest(root, path)
    if at == len(path):
        return _replaced(text, root, path, written(value))
    rest = _nested(path[at + 1 :], value)
    if isinstance(node, yaml.MappingNode):
        return _added_key(text, node, path[at], rest)
    if isinstance(node, yaml.SequenceNode):
        return _added_item(text, node, rest)
    return _replaced(
        text, root, path[:at], written(_nested(path[at:], value))
    )  # `defaults:` with nothing behind it


def _nested(path: Path, value: Any) -> Any:
    for key in reversed(path):
        value = [value] if isinstance(key, int) else {key: value}
    return value


def _deepest(node: yaml.Node, path: Path) -> tuple[yaml.Node, int]:
    """The node of the longest part of the path that there is, and how long that part is."""
    for at, key in enumerate(path):
        if isinstance(node, yaml.MappingNode):
            child = next((value for name, value in node.value if name.value == key), None)
        elif isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
            child = node.value[key]
        else:
            child = None
        if child is None:
            return node, at
        node = child
    return node, len(path)


def _is_flow(node: yaml.Node) -> bool:
    return isinstance(node, yaml.CollectionNode) and bool(node.flow_style)


def _end(node: yaml.Node) -> int:
    """Where the last character of a node stands; a block's own mark lies behind its comments."""
    if isinstance(node, yaml.ScalarNode) or _is_flow(node) or not node.value:
        return int(node.end_mark.index)
    last = node.value[-1]
    return max(_end(last[0]), _end(last[1])) if isinstance(last, tuple) else _end(last)


def _is_block(node: yaml.Node) -> bool:
    return not isinstance(node, yaml.ScalarNode) and not _is_flow(node)


def _replaced(text: str, root: yaml.Node, path: Path, new: str) -> str:
    node, _ = _deepest(root, path)
    start, end = node.start_mark.index, _end(node)
    parent, _ = _deepest(root, path[:-1])
    if isinstance(parent, yaml.MappingNode) and (_is_block(node) or start == end):
        key = next(name for name, _ in parent.value if name.value == path[-1])
        start = text.index(":", key.end_mark.index) + 1
        between = text[start : node.start_mark.index]
        comment = between.partition("\n")[0].rstrip() if _is_block(node) else ""
        end = max(end, start)
        return f"{text[:start]} {new}{comment}{text[end:]}"
    return text[:start] + new + text[end:]


def _line(indent: str, key: str | int, value: Any) -> str:
    if isinstance(value, list) and value and isinstance(value[0], dict):
        items = "".join(f"{indent}  - {written(one)}\n" for one in value)
        return f"{indent}{written(str(key))}:\n{items}"
    return f"{indent}{written(str(key))}: {written(value)}\n"


def _behind(text: str, node: yaml.Node, lines: str) -> str:
    """The text with lines behind the last line of a node."""
    end = text.find("\n", _end(node))
    if end < 0:
        return f"{text}\n{lines}"
    return text[: end + 1] + lines + text[end + 1 :]


def _added_key(text: str, node: yaml.MappingNode, key: str | int, value: Any) -> str:
    if node.flow_style or not node.value:
        return _into_flow(text, node, f"{written(str(key))}: {written(value)}")
    indent = " " * node.value[0][0].start_mark.column
    return _behind(text, node, _line(indent, key, value))


def _added_item(text: str, node: yaml.SequenceNode, value: Any) -> str:
    if node.flow_style or not node.value:
        return _into_flow(text, node, written(value))
    start = node.value[-1].start_mark.index
    line = text.rfind("\n", 0, start) + 1
    indent = re.match(r" *", text[line:])
    return _behind(text, node, f"{indent.group() if indent else ''}- {written(value)}\n")


def _into_flow(text: str, node: yaml.CollectionNode, what: str) -> str:
    if not node.value:
        end = node.end_mark.index
        return f"{text[: end - 1].rstrip()}{what}{text[end - 1 :]}"
    end = _end(node.value[-1][1] if isinstance(node.value[-1], tuple) else node.value[-1])
    return f"{text[:end]}, {what}{text[end:]}"


def _removed(text: str, path: Path) -> str:
    root = composed(text)
    if root is None:
        return text
    node, at = _deepest(root, path)
    if at < len(path):
        return text
    parent, _ = _deepest(root, path[:-1])
    parts = _parts(parent)
    number = next(n for n, (_, _, child) in enumerate(parts) if child is node)
    start, end, _ = parts[number]
    if len(parts) == 1:
        empty = "{}" if isinstance(parent, yaml.MappingNode) else "[]"
        if len(path) == 1:
            return _without_lines(text, start, end)
        return _replaced(text, root, path[:-1], empty)
    if _is_flow(parent):
        if number + 1 < len(parts):
            return text[:start] + text[parts[number + 1][0] :]
        return text[: parts[number - 1][1]] + text[end:]
    line = text.rfind("\n", 0, start) + 1
    alone = "" if isinstance(parent, yaml.MappingNode) else "-"
    if number == 0 and text[line:start].strip() != alone:  # the first one, behind a dash of what is around
        return text[:start] + text[parts[number + 1][0] :]
    return _without_lines(text, start, end)


def _parts(parent: yaml.Node) -> list[tuple[int, int, yaml.Node]]:
    """Where each entry of a collection begins and ends, and its value."""
    found = []
    for one in parent.value:
        key, value = one if isinstance(one, tuple) else (one, one)
        found.append((key.start_mark.index, max(_end(key), _end(value)), value))
    return found


def _without_lines(text: str, start: int, end: int) -> str:
    line = text.rfind("\n", 0, start) + 1
    after = text.find("\n", end)
    return text[:line] + ("" if after < 0 else text[after + 1 :])
