"""A policy file is read once, and all its mistakes are reported together: line, column, what would be correct."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Any, get_args

import yaml
from pydantic import ValidationError

from lowtide.errors import PolicyError
from lowtide.policy.duration import text_of
from lowtide.policy.model import MATCH_KEYS, AlertType, Layer, Policy, Values

_MOST_NODES = 100_000
_DEEPEST = 32
_NULL = "tag:yaml.org,2002:null"
_WRITTEN = {("version",), ("naive_zone",)}
Path_ = tuple[str | int, ...]
Marks = dict[Path_, tuple[int, int]]


class _Fault(Exception):
    def __init__(self, line: int, column: int, message: str) -> None:
        super().__init__(message)
        self.at = (line, column)
        self.message = message


def load_policy(path: str | Path | None) -> Policy:
    """The policy in a file; None gives the defaults. Raises PolicyError, which lists every mistake."""
    if path is None:
        return Policy()
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise PolicyError(
            f"there is no policy `{path}`", "Start from `lowtide policy schema` or docs/policy.md."
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise PolicyError(f"`{path}` cannot be read: {error}", "A policy is a YAML file in UTF-8.") from error
    return read_policy_text(text, str(path))


def read_policy_text(text: str, name: str) -> Policy:
    """The policy in a text; messages contain `name`."""
    try:
        data, marks = _document(text)
    except _Fault as fault:
        raise PolicyError(f"{name}:{fault.at[0]}:{fault.at[1]}: {fault.message}") from None
    try:
        policy = Policy.model_validate(data)
    except ValidationError as error:
        faults = [_sentence(detail, marks) for detail in error.errors()]
    else:
        faults = [(_first_mark(marks, path, names), text) for path, names, text in _beyond_fields(policy)]
        if not faults:
            return policy
    lines = [f"{name}:{line}:{column}: {message}" for (line, column), message in sorted(set(faults))]
    raise PolicyError(
        "\n".join(lines), "Check it again with `lowtide policy check`; docs/policy.md has every field."
    )


def policy_schema() -> dict[str, Any]:
    """JSON Schema of the policy file, for editors."""
    schema = Policy.model_json_schema(mode="validation")
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "Lowtide policy"
    for holder in (schema, schema["$defs"]["Values"]):
        for field in holder["properties"].values():
            if {"const": 0} in field.get("anyOf", []):
                field["default"] = text_of(field["default"])
    del schema["properties"]["defaults"]["default"]
    return schema


# --- YAML with places -------------------------------------------------------------------------------


def _document(text: str) -> tuple[Any, Marks]:
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        at = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        problem = getattr(error, "problem", None) or "not YAML"
        raise _Fault(at[0], at[1], f"not YAML: {problem}; check indentation, colons and quotes") from None
    except RecursionError:
        raise _Fault(1, 1, f"lists or mappings stand more than {_DEEPEST} deep in one another") from None
    if root is None or (isinstance(root, yaml.ScalarNode) and root.tag == _NULL):
        return {}, {}
    if not isinstance(root, yaml.MappingNode):
        start = root.start_mark
        raise _Fault(
            start.line + 1, start.column + 1, "a policy is a mapping, such as `defaults:` and `layers:`"
        )
    marks: Marks = {}
    budget = [_MOST_NODES]
    return _value(root, (), marks, budget), marks


def _value(node: yaml.Node, path: Path_, marks: Marks, budget: list[int]) -> Any:
    marks.setdefault(path, (node.start_mark.line + 1, node.start_mark.column + 1))
    budget[0] -= 1
    if len(path) > _DEEPEST:
        raise _Fault(*marks[path], f"lists or mappings stand more than {_DEEPEST} deep in one another")
    if budget[0] < 0:
        raise _Fault(*marks[path], f"the file grows to more than {_MOST_NODES:,} values: use fewer aliases")
    if isinstance(node, yaml.MappingNode):
        mapping: dict[str, Any] = {}
        for key_node, value_node in node.value:
            at = (key_node.start_mark.line + 1, key_node.start_mark.column + 1)
            if not isinstance(key_node, yaml.ScalarNode):
                raise _Fault(*at, "a key must be a plain word")
            key = key_node.value
            if key in mapping:
                raise _Fault(*at, f"`{key}` stands twice: keep one")
            mapping[key] = _value(value_node, (*path, key), marks, budget)
            marks[(*path, key)] = at
        return mapping
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, (*path, number), marks, budget) for number, item in enumerate(node.value)]
    if isinstance(node, yaml.ScalarNode):
        return _scalar(node, path)
    raise _Fault(*marks[path], "write a value, a list or a mapping")


def _scalar(node: yaml.ScalarNode, path: Path_) -> Any:
    """A value as YAML reads it, except names and patterns, which stay text, so that `0123` stays `0123`."""
    layer = path[2:3] if path[:1] == ("layers",) else ()
    if (path in _WRITTEN or layer in (("name",), ("match",))) and node.tag != _NULL:
        return node.value
    try:
        constructed = yaml.SafeLoader("").construct_object(node)
    except (ValueError, yaml.YAMLError):
        return node.value
    return constructed if isinstance(constructed, bool | int | float | str | None) else node.value


def _mark(marks: Marks, path: Path_) -> tuple[int, int]:
    while path and path not in marks:
        path = path[:-1]
    return marks.get(path, (1, 1))


def _first_mark(marks: Marks, path: Path_, names: tuple[str, ...]) -> tuple[int, int]:
    """The position of the first of these values in the file; if they are missing, the position of their parent."""
    return _mark(marks, next(((*path, name) for name in names if (*path, name) in marks), path))


# --- Sentences --------------------------------------------------------------------------------------


def _known(path: Path_) -> list[str]:
    """The words that are allowed at this position of the file."""
    if len(path) == 1:
        return list(Policy.model_fields)
    if path[0] == "layers" and len(path) == 3:
        return list(Layer.model_fields)
    if path[0] == "layers" and path[2] == "match":
        return list(MATCH_KEYS)
    if "off" in path or "severity" in path:
        return list(get_args(AlertType))
    return list(Values.model_fields)


def _sentence(detail: Any, marks: Marks) -> tuple[tuple[int, int], str]:
    """A mistake in one value: its line and column, and what would be correct."""
    path: Path_ = tuple(part for part in detail["loc"] if part != "[key]")
    while path not in marks and len(path) > 1:
        path = path[:-1]
    at, kind, where = _mark(marks, path), detail["type"], ".".join(str(part) for part in path)
    if kind == "extra_forbidden" or (kind == "literal_error" and detail["loc"][-1] == "[key]"):
        return at, f"unknown word `{path[-1]}`: {_instead(str(path[-1]), _known(path))}"
    if kind == "literal_error" and "off" in path:
        return at, f"unknown word `{detail['input']}`: {_instead(str(detail['input']), _known(path))}"
    if kind == "missing" and isinstance(detail["loc"][-1], int):
        return at, f"`{where}`: write a pair, such as [5, 0.9] (it is {detail['input']!r})"
    if kind == "missing":
        return at, f"`{detail['loc'][-1]}` is missing"
    if path[-1] == "reorder_point":
        return at, f"`{where}`: write a number of units from 0 up, or `formula` (it is {detail['input']!r})"
    message = str(detail["msg"]).removeprefix("Value error, ")
    return at, f"`{where}`: {message[0].lower()}{message[1:]} (it is {_short(detail['input'])})"


def _instead(word: str, options: list[str]) -> str:
    close = difflib.get_close_matches(word, options, 1)
    return f"did you mean `{close[0]}`?" if close else f"use one of {', '.join(options)}"


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."


_LINES = ("watch", "warning", "critical")
_HORIZON = ("lead_time", "review_period")
Beyond = tuple[Path_, tuple[str, ...], str]


def _beyond_fields(policy: Policy) -> list[Beyond]:
    """Values that do not fit together, in the defaults and in each layer together with the defaults."""
    faults: list[Beyond] = []
    names: set[str] = {"defaults"}
    for number, layer in enumerate(policy.layers):
        if layer.name in names:
            text = f"layer `{layer.name}` stands twice: give each its own name"
            faults.append((("layers", number), ("name",), text))
        names.add(layer.name)
    if "flat" in policy.profiles:
        faults.append((("profiles",), ("flat",), "profile `flat` is built in: give yours another name"))
    places: list[tuple[Path_, Values]] = [(("defaults",), policy.defaults)]
    for number, layer in enumerate(policy.layers):
        merged = policy.defaults.model_copy(update=layer.set.model_dump(exclude_unset=True))
        places.append((("layers", number, "set"), merged))
    for path, values in places:
        if not values.watch <= values.warning <= values.critical:
            lines = f"{values.watch:g}, {values.warning:g}, {values.critical:g}"
            text = f"lines must rise from watch to warning to critical; they are {lines}"
            faults.append((path, _LINES, text))
        if values.lead_time + values.review_period > 120:
            text = "lead_time + review_period is the horizon: at most 120 days"
            faults.append((path, _HORIZON, text))
        if values.profile != "flat" and values.profile not in policy.profiles:
            known = ", ".join(["flat", *policy.profiles])
            text = f"there is no profile `{values.profile}`: use one of {known}"
            faults.append((path, ("profile",), text))
    return faults
