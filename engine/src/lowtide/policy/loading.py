"""A policy file is read once, and everything wrong with it is said at once, with line, column and what would be right."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from lowtide.errors import PolicyError
from lowtide.policy.model import MATCH_KEYS, Layer, Policy, Values

_MOST_NODES = 100_000
Path_ = tuple[str | int, ...]
Marks = dict[Path_, tuple[int, int]]


class _Fault(Exception):
    def __init__(self, line: int, column: int, message: str) -> None:
        super().__init__(message)
        self.at = (line, column)
        self.message = message


def load_policy(path: str | Path | None) -> Policy:
    """The policy in a file; None gives the defaults. Raises PolicyError that lists every fault."""
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
    """The policy in a text; `name` stands in messages."""
    try:
        data, marks = _document(text)
    except _Fault as fault:
        raise PolicyError(f"{name}:{fault.at[0]}:{fault.at[1]}: {fault.message}") from None
    try:
        policy = Policy.model_validate(data)
    except ValidationError as error:
        faults = [_sentence(detail, marks) for detail in error.errors()]
    else:
        faults = [(_mark(marks, path), message) for path, message in _beyond_fields(policy)]
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
    if root is None:
        return {}, {}
    marks: Marks = {}
    budget = [_MOST_NODES]
    return _value(root, (), marks, budget), marks


def _value(node: yaml.Node, path: Path_, marks: Marks, budget: list[int]) -> Any:
    marks.setdefault(path, (node.start_mark.line + 1, node.start_mark.column + 1))
    budget[0] -= 1
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
        if len(path) >= 2 and "match" in path[-3:]:
            return node.value
        constructed = yaml.SafeLoader("").construct_object(node)
        return constructed if isinstance(constructed, bool | int | float | str | None) else node.value
    raise _Fault(*marks[path], "write a value, a list or a mapping")


def _mark(marks: Marks, path: Path_) -> tuple[int, int]:
    while path and path not in marks:
        path = path[:-1]
    return marks.get(path, (1, 1))


# --- Sentences --------------------------------------------------------------------------------------


def _known(path: Path_) -> list[str]:
    """The words that may stand at this place."""
    if len(path) == 1:
        return list(Policy.model_fields)
    if "match" in path:
        return list(MATCH_KEYS)
    if path[0] == "layers" and len(path) == 3:
        return list(Layer.model_fields)
    return list(Values.model_fields)


def _sentence(detail: Any, marks: Marks) -> tuple[tuple[int, int], str]:
    path: Path_ = tuple(
        part for part in detail["loc"] if part != "[key]" and not str(part).startswith("function-")
    )
    while path and path not in marks and len(path) > 1:
        path = path[:-1]
    at = _mark(marks, path)
    kind, word = detail["type"], str(detail["loc"][-1])
    where = ".".join(str(part) for part in path)
    if kind == "extra_forbidden" or (kind == "literal_error" and "[key]" in detail["loc"]):
        key = word if kind == "extra_forbidden" else str(detail["loc"][-2])
        options = _known(tuple(p for p in detail["loc"] if p != "[key]"))
        close = difflib.get_close_matches(key, options, 1)
        hint = f"did you mean `{close[0]}`?" if close else f"use one of {', '.join(options)}"
        return at, f"unknown word `{key}`: {hint}"
    if kind == "missing":
        return at, f"`{word}` is missing"
    message = str(detail["msg"]).removeprefix("Value error, ")
    return at, f"`{where}`: {message[0].lower()}{message[1:]} (it is {detail['input']!r})"


def _beyond_fields(policy: Policy) -> list[tuple[Path_, str]]:
    """Faults that only several values together show, for the defaults and for each layer on top of them."""
    faults: list[tuple[Path_, str]] = []
    names: set[str] = {"defaults"}
    for number, layer in enumerate(policy.layers):
        if layer.name in names:
            faults.append(
                (("layers", number, "name"), f"layer `{layer.name}` stands twice: give each its own name")
            )
        names.add(layer.name)
    places: list[tuple[Path_, Values]] = [(("defaults",), policy.defaults)]
    for number, layer in enumerate(policy.layers):
        merged = policy.defaults.model_copy(update=layer.set.model_dump(exclude_unset=True))
        places.append((("layers", number, "set"), merged))
    for path, values in places:
        if not values.watch <= values.warning <= values.critical:
            lines = f"{values.watch:g}, {values.warning:g}, {values.critical:g}"
            faults.append((path, f"lines must rise from watch to warning to critical; they are {lines}"))
        if values.lead_time + values.review_period > 120:
            faults.append((path, "lead_time + review_period is the horizon: at most 120 days"))
        if values.profile != "flat" and values.profile not in policy.profiles:
            known = ", ".join(["flat", *policy.profiles])
            faults.append(((*path, "profile"), f"there is no profile `{values.profile}`: use one of {known}"))
    return faults
