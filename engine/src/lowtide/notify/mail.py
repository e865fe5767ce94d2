"""A mail: plain text and HTML without anything from elsewhere, under a Message-ID that is the same at every try."""

from __future__ import annotations

import re
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import cache
from importlib.resources import files

from jinja2 import Environment, StrictUndefined, Template

from lowtide.errors import SettingsError
from lowtide.notify.answer import Answer
from lowtide.notify.guard import SECONDS
from lowtide.notify.letter import Letter, letter, most_lines
from lowtide.notify.message import Message
from lowtide.notify.smtp import Server
from lowtide.notify.target import Window, addressed
from lowtide.words import Language
from lowtide.words.visible import visible

ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@([A-Za-z0-9-]{1,63}\.)*[A-Za-z0-9-]{1,63}")
"""An address that stands in a header or a command of SMTP as it is."""
_ROWS = 200
"""The most rows of a table of a review."""
_COLOURS = {"critical": "#b3261e", "warning": "#b26a00", "watch": "#5f6368"}


class Mail:
    """One person's mailbox, reached by the mail server of the people file."""

    kind = "mail"
    personal = True
    can_tell_repeats = True
    rate: tuple[Window, ...] = ()
    deadline_s = SECONDS

    def __init__(self, name: str, to: str, server: Server) -> None:
        if not ADDRESS.fullmatch(to):
            raise SettingsError(
                f"target `{name}`: `{to}` is not a mail address", "Write it as `mail:name@example.com`."
            )
        if not ADDRESS.fullmatch(server.sender):
            raise SettingsError(
                f"target `{name}`: the sender `{visible(server.sender)}` is not a mail address",
                "Write it as `stock@example.com`, without a name.",
            )
        self.name, self.to, self.server = name, to, server

    def render(self, message: Message) -> bytes:
        told = addressed(message, personal=True)
        text = letter(told, most_lines(told), rows=_ROWS)
        mail = self._headed(told, text)
        footer = Language(told.lang).say("message.footer")
        mail.set_content(_plain(text, footer), cte="base64")
        mail.add_alternative(_html(told, text, footer), subtype="html", cte="base64")
        mail.set_boundary(f"=_{told.notification_id}")
        return mail.as_bytes()

    def _headed(self, message: Message, text: Letter) -> EmailMessage:
        """The headers: who, what, when, and that no person and no machine needs to answer by mail."""
        host = self.server.sender.rpartition("@")[2]
        mail = EmailMessage(SMTP)
        mail["From"] = f"Lowtide <{self.server.sender}>"
        mail["To"] = self.to
        mail["Subject"] = text.title
        mail["Date"] = format_datetime(message.at)
        mail["Message-ID"] = f"<{message.notification_id}@{host}>"
        mail["List-Id"] = f"{Language('en').say('message.list_name')} <lowtide.{host}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail["Content-Language"] = "zh-CN" if message.lang == "zh" else "en"
        return mail

    def marked(self, body: bytes) -> bytes:
        return body

    def send(self, body: bytes, notification_id: str, now: datetime) -> Answer:
        return self.server.send(self.to, body)

    def close(self) -> None:
        """It holds no connection."""


def _plain(text: Letter, footer: str) -> str:
    link = [f"{text.link_label}: {text.link}"] if text.link else []
    return "\n\n".join([text.title, *text.paragraphs, *link, footer]) + "\n"


def _html(message: Message, text: Letter, footer: str) -> str:
    colour = _COLOURS.get(message.severity, "#0b5fa5")
    return _template().render(letter=text, lang=message.lang, footer=footer, colour=colour)


@cache
def _template() -> Template:
    source = files("lowtide.notify").joinpath("mail.html").read_text("utf-8")
    return Environment(autoescape=True, undefined=StrictUndefined).from_string(source)
