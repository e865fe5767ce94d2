"""One request of a person to a page, and the three answers that a page can give.

    def queue(ask: Ask) -> Answer:                       # a view: a plain function, run in a thread
        found = lowtide.service.queue.queue(ask.context, ask.caller, …)
        return Html("queue", {"rows": [_row(row, ask.language) for row in found.rows]})

    PAGES = (Page("/queue", "queue", queue, post=act),)  # `post` answers a form; it ends with Redirect

The site around it (`page.site`) knows who asks, refuses what the role may not do or what another origin sends, renders the
template in the frame, and sets the headers. A view never reads a header, a clock, or desk.db: it asks `lowtide.service`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from lowtide.service import Caller, Context, Role
from lowtide.words import Language


@dataclass(frozen=True)
class Upload:
    """A file that a person chose in a form."""

    name: str
    """As the browser says it: text of a stranger, never a path."""
    body: bytes


@dataclass(frozen=True)
class Ask:
    """What a page is asked."""

    context: Context
    caller: Caller
    language: Language
    """Language, currency and zone of the reader."""
    path: Mapping[str, str] = field(default_factory=dict)
    """Holes of the path, such as `alert_id`."""
    query: Mapping[str, list[str]] = field(default_factory=dict)
    form: Mapping[str, list[str]] = field(default_factory=dict)
    """Fields of a POST; empty for a GET."""
    files: Mapping[str, Upload] = field(default_factory=dict)
    """Files of a POST of a page with `most_bytes`."""
    at: str = ""
    """Path and query of this address, for a form that leads back to it."""

    @property
    def raw(self) -> bool:
        """Whether a file is for a program: `raw=1`."""
        return self.first("raw") == "1"

    def first(self, name: str, usual: str = "") -> str:
        """The first value of a field of the form, else of the query."""
        found = self.form.get(name) or self.query.get(name) or [usual]
        return found[0]

    def all(self, name: str) -> list[str]:
        """All values of a field of the form, else of the query."""
        return list(self.form.get(name) or self.query.get(name) or ())


@dataclass(frozen=True)
class Html:
    """A template (`templates/NAME.html`) with its values; a fragment is a template that does not extend the frame."""

    template: str
    values: Mapping[str, Any] = field(default_factory=dict)
    status: int = 200


@dataclass(frozen=True)
class Redirect:
    """After a form: the browser loads another page, so that `reload` sends nothing twice. A path of this site."""

    to: str


def after(back: str, done: str) -> Redirect:
    """To the page on which a button stood, which then says word `done.KEY`."""
    path, _, query = back.partition("?")
    kept = [part for part in query.split("&") if part and not part.startswith("done=")]
    return Redirect(f"{path}?{'&'.join([*kept, 'done=' + done])}")


@dataclass(frozen=True)
class Download:
    """A file for the person."""

    name: str
    media_type: str
    body: bytes


Answer = Html | Redirect | Download
View = Callable[[Ask], Answer]


@dataclass(frozen=True)
class Page:
    """One address of the site."""

    path: str
    name: str
    """Its name: of the template, the word `page.NAME`, the entry of the menu."""
    view: View
    post: View | None = None
    role: Role = Role.VIEWER
    """The least role that may read it."""
    post_role: Role = Role.OPERATOR
    """The least role that may send its form."""
    most_bytes: int = 256 << 10
    """The largest form that it takes, with its files. A form with files is `multipart/form-data`."""
