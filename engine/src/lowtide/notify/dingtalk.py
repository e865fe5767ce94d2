"""The robot of a DingTalk group: markdown, or a card with a button where there is a link; signed in the address.

DingTalk cuts a robot off for ten minutes after 20 messages in one, so at most 18 are sent.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

import orjson

from lowtide.notify.document import MARK, prefixed, written
from lowtide.notify.endpoint import Endpoint
from lowtide.notify.letter import Letter
from lowtide.notify.robot import Robot, Way, address, own_secret
from lowtide.notify.target import Settings
from lowtide.notify.verdict import dead, wait
from lowtide.secret import Secret

HOST = "oapi.dingtalk.com"
LARGEST = 20_000
"""Bytes of the whole body."""
CUT_OFF_S = 600.0
CODES = {
    -1: wait("DingTalk is busy"),
    130101: wait("DingTalk has cut the robot off: too many messages in a minute", CUT_OFF_S),
    300001: dead("the access token of the robot is not valid"),
    310000: dead(
        "DingTalk refuses keyword, signature or address: compare them with the robot's security settings"
    ),
    400101: dead("the access token of the robot is not valid"),
    400102: dead("the robot is switched off"),
}
_ROOM = 2 * len(MARK.encode()) + 64


class DingTalk(Robot):
    """A robot of a DingTalk group."""

    codes = CODES
    most = LARGEST - _ROOM
    rate = ((18, 60_000),)

    def __init__(self, name: str, settings: Settings, folder: Path, way: Way | None = None) -> None:
        place = address(name, settings, folder, {"dingtalk": HOST}, "/robot/send?access_token=")
        super().__init__(name, settings, place, way or Way.usual())
        self._secret = own_secret(name, settings, folder)

    def marked(self, body: bytes) -> bytes:
        kind = str(orjson.loads(body)["msgtype"])
        return prefixed(prefixed(body, kind, "title", gap=" "), kind, "text", gap="\n\n")

    def _drawn(self, letter: Letter, title: str) -> bytes:
        return card(letter, title)

    def _request(self, now: datetime) -> Endpoint:
        if self._secret is None:
            return self._place
        time = int(now.timestamp() * 1000)
        signature = quote(sign(self._secret, time), safe="")
        return replace(self._place, path=f"{self._place.path}&timestamp={time}&sign={signature}")


def sign(secret: Secret[bytes], time: int) -> str:
    """The signature of a try at `time`, in ms since 1970: HMAC-SHA256 by the secret over `time` and the secret."""
    text = b"%d\n%b" % (time, secret.reveal())
    return base64.b64encode(hmac.new(secret.reveal(), text, hashlib.sha256).digest()).decode()


def card(letter: Letter, title: str) -> bytes:
    """The letter as a card with one button, or as markdown if it has no link."""
    text = "\n\n".join([f"### {title}", *letter.paragraphs])
    if not letter.link:
        return written({"msgtype": "markdown", "markdown": {"title": title, "text": text}})
    button = {"title": title, "text": text, "singleTitle": letter.link_label, "singleURL": letter.link}
    return written({"msgtype": "actionCard", "actionCard": button})
