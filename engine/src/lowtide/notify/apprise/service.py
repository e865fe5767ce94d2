"""A service of apprise as a target: SMS, personal WeChat by named services, Slack and the like."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from lowtide.errors import SettingsError
from lowtide.notify import secret
from lowtide.notify.answer import Answer, Outcome
from lowtide.notify.apprise.schemas import checked
from lowtide.notify.apprise.worker import Late, Worker
from lowtide.notify.document import MARK, prefixed, written
from lowtide.notify.fit import fitted
from lowtide.notify.letter import Letter
from lowtide.notify.message import Message
from lowtide.notify.target import Settings, addressed

_START_S = 30.0
"""The longest time in which the child loads apprise on a busy machine."""
_STATUS = re.compile(r"error=(\d{3})\b")
_DEAD = frozenset({"401", "403", "404", "410"})


class Service:
    """One address of apprise."""

    kind = "apprise"
    can_tell_repeats = False
    rate = ((1, 6_000),)
    """apprise itself sleeps until 5.5 s have passed since its last message; at this rate it need not."""
    deadline_s = 30.0

    def __init__(self, name: str, settings: Settings, folder: Path, worker: Worker | None = None) -> None:
        self.name, self.personal, self._worker = name, settings.personal, worker or Worker()
        if not settings.url_file:
            raise SettingsError(
                f"target `{name}` has no `url_file`", "Write the address of apprise into a file and name it."
            )
        self._url = secret.read(folder / settings.url_file, name)
        checked(self._url.text(), name, f"`{settings.url_file}`")
        self._sizes = self._described(settings.url_file)

    def _described(self, file: str) -> dict[str, Any]:
        """What the service takes. Raises SettingsError if apprise does not accept the address."""
        try:
            told = self._worker.ask({"url": self._url.text()}, _START_S)
        except Late as error:
            raise SettingsError(
                f"target `{self.name}`: {error}", "Start again; if it stays so, reinstall apprise."
            ) from None
        if not told.get("accepted"):
            raise SettingsError(
                f"target `{self.name}`: apprise does not accept the address in `{file}`",
                "Compare it with the page of the service in apprise's documentation.",
            )
        return told

    def render(self, message: Message) -> bytes:
        told = addressed(message, personal=self.personal)
        room = len(MARK) + 1
        body = fitted(told, int(self._sizes["body"]) - room, self._form, _length)
        return self.marked(body) if message.may_be_repeat else body

    def marked(self, body: bytes) -> bytes:
        return prefixed(body, "body", gap="\n")

    def _form(self, letter: Letter) -> bytes:
        """The title stands in the body where the service has no place for a title, or too small a one."""
        lines = [*letter.paragraphs, *filter(None, [letter.link])]
        has_title = len(letter.title) <= int(self._sizes["title"]) and bool(lines)
        title = letter.title if has_title else ""
        return written({"title": title, "body": "\n".join(lines if has_title else [letter.title, *lines])})

    def send(self, body: bytes, notification_id: str, now: datetime) -> Answer:
        try:
            told = self._worker.ask({"url": self._url.text(), **orjson.loads(body)}, self.deadline_s)
        except Late as error:
            return Answer(Outcome.WAIT, "late", str(error), may_have_arrived=True)
        return _answer(told, int(self._sizes.get("receivers", 1)))

    def close(self) -> None:
        self._worker.close()


def _answer(told: dict[str, Any], receivers: int) -> Answer:
    """apprise says only yes or no; the status in its log tells a refusal for good. One of several receivers may have it."""
    if told.get("sent") is True:
        return Answer(Outcome.SENT, "sent")
    said = str(told.get("detail", ""))
    status = _STATUS.search(said)
    code = status[1] if status else "refused"
    outcome = Outcome.DEAD if code in _DEAD and receivers == 1 else Outcome.WAIT
    detail = (
        f"the service did not take the message: {said}" if said else "the service did not take the message"
    )
    return Answer(outcome, code, detail, may_have_arrived=receivers > 1)


def _length(body: bytes) -> int:
    """The characters of the body, which is what services count."""
    return len(str(orjson.loads(body)["body"]))
