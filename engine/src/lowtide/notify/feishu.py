"""The robot of a Feishu or Lark group: a card, signed in its body.

Its lines are plain text, so nothing in them can ring a person or become a link.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from lowtide.notify.document import MARK, written
from lowtide.notify.letter import Letter
from lowtide.notify.robot import Robot, Way, address, own_secret
from lowtide.notify.target import Settings
from lowtide.notify.verdict import dead, wait
from lowtide.secret import Secret

HOSTS = {"feishu": "open.feishu.cn", "lark": "open.larksuite.com"}
LARGEST = 20_000
"""Bytes of the whole body; the vendor says 20 KB."""
CODES = {
    9499: wait("Feishu asks for fewer messages", 5.0),
    11232: wait("Feishu is busy; it is so at full and half hours", 60.0),
    19001: dead("the address of the robot is not valid"),
    19002: dead("Feishu cannot read the message, which is a fault of this program: report it"),
    19021: dead("the signature is refused: compare the secret, and the clock of this machine"),
    19022: dead("Feishu does not accept the address of this machine: compare the robot's security settings"),
    19024: dead("the keyword is missing: set `keyword` of the target to one of the robot's"),
}
_COLOURS = {"critical": "red", "warning": "orange", "watch": "grey"}
_ROOM = 512
"""Bytes for the mark of a repeat and the signature."""


class Feishu(Robot):
    """A robot of a Feishu or Lark group."""

    field = "code"
    codes = CODES
    most = LARGEST - _ROOM
    rate = ((90, 60_000), (4, 1_000))

    def __init__(self, name: str, settings: Settings, folder: Path, way: Way | None = None) -> None:
        place = address(name, settings, folder, HOSTS, "/open-apis/bot/v2/hook/")
        super().__init__(name, settings, place, way or Way.usual())
        self._secret = own_secret(name, settings, folder)

    def marked(self, body: bytes) -> bytes:
        document = orjson.loads(body)
        elements = document["card"]["elements"]
        if elements[:1] != [_text(MARK)]:
            elements.insert(0, _text(MARK))
        return written(document)

    def _drawn(self, letter: Letter, title: str) -> bytes:
        return card(letter, title)

    def _signed(self, body: bytes, now: datetime) -> bytes:
        if self._secret is None:
            return body
        time = int(now.timestamp())
        return written({"timestamp": str(time), "sign": sign(self._secret, time), **orjson.loads(body)})


def sign(secret: Secret[bytes], time: int) -> str:
    """The signature of a try at `time`, in seconds since 1970: HMAC-SHA256 of nothing, by `time` and the secret as key."""
    key = b"%d\n%b" % (time, secret.reveal())
    return base64.b64encode(hmac.new(key, b"", hashlib.sha256).digest()).decode()


def card(letter: Letter, title: str) -> bytes:
    """The letter as a card."""
    elements = [_text(line) for line in letter.paragraphs]
    if letter.link:
        label = {"tag": "plain_text", "content": letter.link_label}
        button = {"tag": "button", "text": label, "type": "primary", "url": letter.link}
        elements.append({"tag": "action", "actions": [button]})
    header = {
        "title": {"tag": "plain_text", "content": title},
        "template": _COLOURS.get(letter.severity, "blue"),
    }
    card = {"config": {"wide_screen_mode": True}, "header": header, "elements": elements}
    return written({"msg_type": "interactive", "card": card})


def _text(line: str) -> dict[str, Any]:
    return {"tag": "div", "text": {"tag": "plain_text", "content": line}}
