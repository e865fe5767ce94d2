"""The targets `file` and `console`: one JSON a line, for a demo, a test or a dry run.

A line names its `notification_id`, so that a reader recognises a message that was written twice.
"""

from __future__ import annotations

import os
import sys
from datetime import datetime
from pathlib import Path

from lowtide.errors import SettingsError
from lowtide.notify.answer import Answer, Outcome
from lowtide.notify.document import written
from lowtide.notify.letter import letter, most_lines
from lowtide.notify.message import Message
from lowtide.notify.target import Window


def _private(path: str, flags: int) -> int:
    """A new file is for its owner only: a message holds a link with which its person answers."""
    return os.open(path, flags, 0o600)


def record(message: Message) -> bytes:
    """A message as one line of JSON, with its words and the ids of the alerts that it names."""
    text = letter(message, most_lines(message))
    document = {
        "notification_id": message.notification_id,
        "person": message.person,
        "reason": message.reason,
        "severity": message.severity,
        "at": message.at.isoformat(),
        "title": text.title,
        "lines": text.paragraphs,
        "count": message.count,
        "worth": message.worth,
        "alerts": [line.alert_id for line in message.lines],
        "link": text.link,
    }
    return written(document) + b"\n"


class Lines:
    """What the two targets share: a message is one line of JSON, and its id tells a repeat."""

    can_tell_repeats = True
    rate: tuple[Window, ...] = ()
    deadline_s = 10.0

    def render(self, message: Message) -> bytes:
        return record(message)

    def marked(self, body: bytes) -> bytes:
        return body


class Console(Lines):
    """Writes each message to standard output."""

    kind = "console"
    personal = True

    def __init__(self, name: str) -> None:
        self.name = name

    def send(self, body: bytes, notification_id: str, now: datetime) -> Answer:
        try:
            sys.stdout.write(body.decode())
            sys.stdout.flush()
        except (OSError, ValueError) as error:
            return Answer(Outcome.WAIT, "write", f"standard output cannot be written: {error}")
        return Answer(Outcome.SENT, "written")

    def close(self) -> None:
        """Standard output is not its own."""


class File(Lines):
    """Appends each message to a file, and waits until the disk has it."""

    kind = "file"

    def __init__(self, name: str, path: Path, *, personal: bool = True) -> None:
        self.name, self.path, self.personal = name, path, personal
        if path.is_dir() or not path.parent.is_dir():
            raise SettingsError(
                f"target `{name}`: `{path}` is not a file in a folder that exists",
                "Make the folder, or name another file.",
            )

    def send(self, body: bytes, notification_id: str, now: datetime) -> Answer:
        try:
            self._append(body)
        except OSError as error:
            return Answer(
                Outcome.WAIT, "write", f"`{self.path}` cannot be written: {error.strerror or error}"
            )
        return Answer(Outcome.SENT, "written")

    def _append(self, body: bytes) -> None:
        """Write one line; a half line that a kill left is ended first. A new file is private: it holds links that answer."""
        with open(self.path, "ab+", opener=_private) as file:
            end = file.seek(0, os.SEEK_END)
            if end:
                file.seek(end - 1)
                body = body if file.read(1) == b"\n" else b"\n" + body
            file.write(body)
            file.flush()
            os.fsync(file.fileno())

    def close(self) -> None:
        """The file is open only while a line is written."""
