"""Templates: everything that is not markup of a template is escaped, and a name that has no value is an error.

Characters that nobody sees, and those that turn the direction of a text, are written out.
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

from lowtide.words.visible import visible_text

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
    made.filters["typed"], made.filters["exact"] = typed, exact
    return made


class Exact(Markup):
    """The value of a field of a form, which comes back to us: as it is, because another text would name something else."""


def exact(value: Any) -> Exact:
    """A value for the attribute `value` of a field."""
    return Exact(escape(value))


def _finalize(value: Any) -> Any:
    """A value as it is written: two names that differ look different, and none turns round what stands after it."""
    if isinstance(value, str) and not isinstance(value, Exact):
        shown = visible_text(str(value))
        return value if shown == value else type(value)(shown)
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
