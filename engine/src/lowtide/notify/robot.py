"""What the robots of chat tools share: a host that is fixed in code, an address from a file, one JSON body a message."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from ipaddress import ip_address
from pathlib import Path

from lowtide.errors import SettingsError
from lowtide.notify import secret
from lowtide.notify.answer import Answer
from lowtide.notify.endpoint import Endpoint, endpoint
from lowtide.notify.fit import fitted
from lowtide.notify.guard import SECONDS, Guard
from lowtide.notify.letter import Letter
from lowtide.notify.message import Message
from lowtide.notify.network import networks
from lowtide.notify.target import Settings, Window, addressed
from lowtide.notify.verdict import Refusal, attempt, judged
from lowtide.secret import Secret

TEST_HOST = "LOWTIDE_TEST_ROBOT_HOST"
"""Names a loopback `host:port` that stands for all robots' hosts in tests across processes."""
JSON = {"Content-Type": "application/json; charset=utf-8"}


@dataclass(frozen=True)
class Way:
    """Where a robot is reached, and by which client."""

    guard: Guard
    host: str | None = None
    """Another `host:port` over http, for tests only; None: the host that is fixed in code."""

    @classmethod
    def usual(cls) -> Way:
        """The fixed host; or that of the variable for tests, which must be loopback."""
        host = os.environ.get(TEST_HOST)
        if not host:
            return cls(Guard())
        name = host.rpartition(":")[0].strip("[]")
        try:
            is_loopback = ip_address(name).is_loopback
        except ValueError:
            is_loopback = False
        if not is_loopback:
            raise SettingsError(
                f"`{TEST_HOST}` must be a loopback address and a port", "It is for tests only: unset it."
            )
        return cls(Guard(allow=networks(["127.0.0.0/8", "::1/128"], TEST_HOST)), host)

    def to(self, place: Endpoint) -> Endpoint:
        """The place itself, or the one that stands for it in a test."""
        if self.host is None:
            return place
        host, _, port = self.host.rpartition(":")
        return replace(place, scheme="http", host=host.strip("[]"), port=int(port))


def address(name: str, settings: Settings, folder: Path, hosts: Mapping[str, str], begin: str) -> Endpoint:
    """The address that `url_file` holds. Raises SettingsError if it is not one of the robot's hosts and paths."""
    if not settings.url_file:
        raise SettingsError(
            f"target `{name}` has no `url_file`",
            f"Write the address that {settings.kind} shows for the robot into a file, and name the file as `url_file`.",
        )
    place = endpoint(secret.read(folder / settings.url_file, name).text(), name, f"`{settings.url_file}`")
    if (
        place.scheme != "https"
        or place.port != 443
        or place.host != hosts[settings.kind]
        or not place.path.startswith(begin)
    ):
        raise SettingsError(
            f"target `{name}`: the address in `{settings.url_file}` is not that of a {settings.kind} robot",
            f"It begins with `https://{hosts[settings.kind]}{begin}`.",
        )
    return place


def own_secret(name: str, settings: Settings, folder: Path) -> Secret[bytes] | None:
    """The secret of a robot, if it signs."""
    if len(settings.secret_files) > 1:
        raise SettingsError(
            f"target `{name}`: a {settings.kind} robot has one secret", "Name one file as `secret_file`."
        )
    return secret.read(folder / settings.secret_files[0], name) if settings.secret_files else None


class Robot(ABC):
    """A chat tool's robot. A kind of its own says how a letter looks and what its codes mean."""

    kind: str
    field = "errcode"
    codes: Mapping[int, Refusal]
    most: int
    """Bytes that a body may have before it is marked and signed."""
    rate: tuple[Window, ...]
    can_tell_repeats = False
    deadline_s = SECONDS

    def __init__(self, name: str, settings: Settings, place: Endpoint, way: Way) -> None:
        self.name, self.personal, self.keyword = name, settings.personal, settings.keyword
        self.kind, self._place, self._guard = settings.kind, way.to(place), way.guard

    def render(self, message: Message) -> bytes:
        told = addressed(message, personal=self.personal)
        body = fitted(told, self.most, lambda letter: self._drawn(letter, self.titled(letter)), self._size)
        return self.marked(body) if message.may_be_repeat else body

    @abstractmethod
    def marked(self, body: bytes) -> bytes:
        """The body with the mark of a possible repeat."""

    def titled(self, letter: Letter) -> str:
        """The title, with the keyword without which the robot refuses."""
        everything = "\n".join([letter.title, *letter.paragraphs])
        return letter.title if self.keyword in everything else f"{self.keyword} {letter.title}"

    def send(self, body: bytes, notification_id: str, now: datetime) -> Answer:
        return attempt(lambda: self._judged(self._request(now), self._signed(body, now), now))

    def close(self) -> None:  # noqa: B027 - a robot holds no connection
        """It holds no connection."""

    def _judged(self, place: Endpoint, body: bytes, now: datetime) -> Answer:
        return judged(self._guard.post(place, body, JSON), self.field, self.codes, now)

    @abstractmethod
    def _drawn(self, letter: Letter, title: str) -> bytes:
        """The body that a letter becomes under this title."""

    def _size(self, body: bytes) -> int:
        """The bytes that the tool counts."""
        return len(body)

    def _request(self, now: datetime) -> Endpoint:
        """Where this try goes; a kind that signs in the address adds it here."""
        return self._place

    def _signed(self, body: bytes, now: datetime) -> bytes:
        """What this try sends; a kind that signs in the body adds it here."""
        return body
