"""A mistake in `users.yaml` becomes a sentence: where it stands, and what would be correct. A secret is never repeated."""

from __future__ import annotations

import difflib
from typing import Any

from lowtide.strict import Path

_SECRET = ("password", "hash")
_WORDS = {
    0: ("users", "tokens", "oidc", "second_person"),
    "users": ("role", "person", "password", "subject"),
    "tokens": ("role", "hash", "ends"),
    "oidc": ("issuer", "client_id", "client_secret_file", "groups", "groups_claim", "scopes", "allow"),
}


def sentence(detail: Any) -> tuple[Path, str]:
    """The path of a mistake and its sentence. `detail` is one of `ValidationError.errors()`."""
    path: Path = tuple(part for part in detail["loc"] if part != "[key]")
    kind, name = detail["type"], str(path[-1]) if path else "the file"
    if kind == "extra_forbidden":
        return path, f"unknown word `{name}`: {_instead(name, _WORDS.get(path[0] if path[1:] else 0, ()))}"
    if kind == "missing":
        return path[:-1], f"`{name}` is missing"
    if kind == "enum":
        return path, f"unknown role `{detail['input']}`: use one of viewer, operator, admin"
    if "[key]" in detail["loc"]:
        return path, f"`{name}` cannot be a name: use letters, digits, `.`, `_`, `@`, `-`, at most 100"
    message = str(detail["msg"]).removeprefix("Value error, ")
    shown = "" if name in _SECRET or kind == "value_error" else f" (it is `{str(detail['input'])[:60]}`)"
    return path, f"`{name}`: {message[0].lower()}{message[1:]}{shown}"


def _instead(word: str, options: Any) -> str:
    close = difflib.get_close_matches(word, options, 1)
    return f"did you mean `{close[0]}`?" if close else f"use one of {', '.join(options)}"
