"""Templates: everything that is not markup of a template is escaped, and a name that has no value is an error.

Characters that nobody sees and a browser obeys are left out.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup, escape

KINDS = {
    "css": "text/css; charset=utf-8",
    "svg": "image/svg+xml",
    "js": "text/javascript; charset=utf-8",
}
"""Media types of `static/` by ending."""


def render(template: str, **values: Any) -> str:
    """A template (`templates/NAME.html`) with its values."""
    return environment().get_template(f"{template}.html").render(**values)


@cache
def environment() -> Environment:
    """The environment of every template."""
    made = Environment(
        loader=FunctionLoader(_source),
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, finalize=_finalize,
    )  # fmt: skip
    made.filters["typed"] = typed
    return made


_OBEYED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""What nobody sees and a terminal or a browser obeys: control characters, and marks that turn the direction of a text."""


def _finalize(value: Any) -> Any:
    """A value as it is written: text of others cannot turn round what stands after it."""
    if isinstance(value, str) and _OBEYED.search(value):
        return type(value)(_OBEYED.sub("", value))
    return value


def _source(name: str) -> tuple[str, str, Callable[[], bool]]:
    """A template, the name that a traceback says, and that it does not change while the desk runs."""
    text = files("lowtide.page").joinpath("templates", name).read_text("utf-8")
    return text, f"lowtide/page/templates/{name}", lambda: True


def typed(text: str) -> Markup:
    """Backticks around what one types become code; everything else is escaped."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))


@cache
def static(name: str) -> bytes:
    """A file of `static/`. Raises FileNotFoundError if no file has this name."""
    if not re.fullmatch(r"[a-z]+\.[a-z]+", name):
        raise FileNotFoundError(name)
    return files("lowtide.page").joinpath("static", name).read_bytes()


@cache
def version() -> str:
    """A short hash of everything in `static/`, so that a browser takes the new ones after an upgrade."""
    whole = hashlib.sha256()
    for file in sorted(files("lowtide.page").joinpath("static").iterdir(), key=lambda one: one.name):
        if file.is_file():
            whole.update(file.read_bytes())
    return whole.hexdigest()[:8]
