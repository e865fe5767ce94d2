"""The mail server: one message a connection, by the guarded client, and the code of each step decides."""

from __future__ import annotations

import os
import smtplib
import time
from dataclasses import dataclass, field
from pathlib import Path
from socket import socket
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from lowtide.errors import SettingsError
from lowtide.notify import secret
from lowtide.notify.answer import Answer, Outcome
from lowtide.notify.guard import SECONDS, Guard, Tls
from lowtide.notify.network import networks
from lowtide.notify.target import Settings
from lowtide.notify.trust import authorities
from lowtide.notify.verdict import attempt
from lowtide.secret import Secret

ENVIRONMENT = "LOWTIDE_SMTP"
"""The mail server where the people file has no target of kind `mail`."""
_PORTS: dict[Tls, int] = {"starttls": 587, "tls": 465, "none": 25}
_FORM = "smtp://user:password@mail.example.com:587?from=stock@example.com"


@dataclass(frozen=True)
class Server:
    """A mail server, and as whom it is used."""

    host: str
    port: int
    tls: Tls
    sender: str
    guard: Guard = field(repr=False)
    user: str = ""
    password: Secret[bytes] | None = None

    def send(self, to: str, body: bytes) -> Answer:
        """One try."""
        return attempt(lambda: self._exchange(to, body))

    def _exchange(self, to: str, body: bytes) -> Answer:
        end = time.monotonic() + self.guard.seconds
        with self.guard.connection(self.host, self.port, self.tls, end) as line:
            return self._spoken(line, to, body)

    def _spoken(self, line: socket, to: str, body: bytes) -> Answer:
        steps = _Steps()
        try:
            return steps.deliver(self, line, to, body)
        except smtplib.SMTPNotSupportedError as error:
            return Answer(Outcome.DEAD, steps.name, f"the mail server cannot do what is asked: {error}")
        except smtplib.SMTPResponseException as error:
            return _answer(error.smtp_code, error.smtp_error, steps.name)
        except (smtplib.SMTPException, OSError, ValueError) as error:
            why = f"the connection to the mail server ended during `{steps.name}`: {type(error).__name__}"
            return Answer(Outcome.WAIT, steps.name, why, may_have_arrived=steps.name == "DATA")


class _Client(smtplib.SMTP):
    """The client of the standard library over a connection that the guard made."""

    def __init__(self, line: socket, host: str, port: int, own_name: str) -> None:
        self._line = line
        super().__init__(host, port, local_hostname=own_name, timeout=SECONDS)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket:
        return self._line


class _Steps:
    """The steps of one delivery; `name` is the one that is under way."""

    def __init__(self) -> None:
        self.name = "CONNECT"

    def deliver(self, server: Server, line: socket, to: str, body: bytes) -> Answer:
        client = _Client(line, server.host, server.port, server.sender.rpartition("@")[2])
        self._greeted(client, server)
        self.name = "MAIL"
        code, said = client.mail(server.sender)
        if code < 300:
            self.name = "RCPT"
            code, said = client.rcpt(to)
        if code < 300:
            self.name = "DATA"
            code, said = client.data(body)
        return _answer(code, said, self.name)

    def _greeted(self, client: _Client, server: Server) -> None:
        if server.tls == "starttls":
            self.name = "STARTTLS"
            client.starttls(context=server.guard.context())
        if server.user and server.password is not None:
            self.name = "AUTH"
            client.login(server.user, server.password.text())
        client.ehlo_or_helo_if_needed()


def _answer(code: int, said: bytes | str, step: str) -> Answer:
    """2xx after the text of the mail: it is sent. 4xx: later. Everything else: refused for good."""
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    detail = f"the mail server answers {code} to `{step}`: {text[:200]}"
    if code == 250 and step == "DATA":
        return Answer(Outcome.SENT, "250")
    if not 200 <= code < 600:
        return Answer(
            Outcome.WAIT, step, f"the answer to `{step}` cannot be read", may_have_arrived=step == "DATA"
        )
    return Answer(Outcome.DEAD if code >= 500 else Outcome.WAIT, str(code), detail)


def of_settings(name: str, settings: Settings, folder: Path) -> Server:
    """The server of a target of kind `mail`. Raises SettingsError if something is missing."""
    if not (settings.host and settings.sender):
        raise SettingsError(
            f"target `{name}` needs `host` and `from`",
            "Give the name of the mail server, and the address that sends.",
        )
    if bool(settings.user) != bool(settings.password_file):
        raise SettingsError(
            f"target `{name}` needs both `user` and `password_file`, or neither", "Add the other one."
        )
    tls = _tls(settings.tls, name)
    guard = Guard(networks(settings.allow, name), authorities=authorities(name, settings, folder))
    password = secret.read(folder / settings.password_file, name) if settings.password_file else None
    return Server(
        settings.host, settings.port or _PORTS[tls], tls, settings.sender, guard, settings.user, password
    )


def _tls(text: str, name: str) -> Tls:
    for tls in _PORTS:
        if tls == text:
            return tls
    raise SettingsError(f"target `{name}`: `tls: {text}` is not known", f"Write one of: {', '.join(_PORTS)}.")


def of_environment(name: str) -> Server:
    """The server of `LOWTIDE_SMTP`: `smtp://` upgrades to encryption, `smtps://` begins with it. Raises SettingsError."""
    text = os.environ.get(ENVIRONMENT, "")
    if not text:
        raise SettingsError(
            f"`{name}` needs a mail server, and there is none",
            f"Add a target of kind `mail` to the people file, or set `{ENVIRONMENT}={_FORM}`.",
        )
    parts, port = _parts(text)
    query = dict(parse_qsl(parts.query))
    tls: Tls = "tls" if parts.scheme == "smtps" else "starttls"
    password = Secret(unquote(parts.password).encode()) if parts.password else None
    user = unquote(parts.username or "")
    return Server(parts.hostname or "", port or _PORTS[tls], tls, query["from"], Guard(), user, password)


def _parts(text: str) -> tuple[SplitResult, int | None]:
    """The address of a mail server, and its port. Raises SettingsError, in which no part of the text stands."""
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError:
        parts, host, port = SplitResult("", "", "", "", ""), None, None
    is_plain = (
        parts.path in ("", "/") and not parts.fragment
    )  # a password with `/` or `#` ends the host too early
    is_whole = parts.scheme in ("smtp", "smtps") and host and "from" in dict(parse_qsl(parts.query))
    if not (is_plain and is_whole):
        raise SettingsError(
            f"`{ENVIRONMENT}` cannot be read",
            f"Write it as `{_FORM}`, or with `smtps://`. In a user or password `/` is written `%2F`, `#` `%23`, `?` `%3F`.",
        )
    return parts, port
