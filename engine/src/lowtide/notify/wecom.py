"""The robot of a WeCom group."""

from __future__ import annotations

from pathlib import Path

import orjson

from lowtide.notify.document import MARK, prefixed, written
from lowtide.notify.letter import Letter
from lowtide.notify.robot import Robot, Way, address
from lowtide.notify.target import Settings
from lowtide.notify.verdict import dead, wait

HOST = "qyapi.weixin.qq.com"
LARGEST = 4096
"""Bytes of the markdown of a robot's message."""
CODES = {
    -1: wait("WeCom is busy"),
    40058: dead(
        "WeCom says that the message is malformed or too long, which is a fault of this program: report it"
    ),
    45009: wait("WeCom allows 20 messages a minute to a robot", 60.0),
    45033: wait("WeCom allows fewer requests at a time", 60.0),
    93000: dead(
        "the key of the robot is not valid: create the robot anew and write its address into the file"
    ),
    93008: dead("the robot is no longer in the group"),
}
_COLOURS = {"critical": "warning", "warning": "warning", "watch": "comment"}
_ROOM = len(f"> {MARK}\n".encode())


class WeCom(Robot):
    """A robot of a WeCom group."""

    codes = CODES
    most = LARGEST - _ROOM
    rate = ((18, 60_000),)

    def __init__(self, name: str, settings: Settings, folder: Path, way: Way | None = None) -> None:
        place = address(name, settings, folder, {"wecom": HOST}, "/cgi-bin/webhook/send?key=")
        super().__init__(name, settings, place, way or Way.usual())

    def marked(self, body: bytes) -> bytes:
        return prefixed(body, "markdown", "content", gap="\n")

    def _drawn(self, letter: Letter, title: str) -> bytes:
        return markdown(letter, title)

    def _size(self, body: bytes) -> int:
        return content_size(body)


def markdown(letter: Letter, title: str) -> bytes:
    """The letter in the markdown that WeCom reads."""
    colour = _COLOURS.get(letter.severity)
    head = f'<font color="{colour}">{title}</font>' if colour else title
    lines = [f"**{head}**", *(f"> {line}" for line in letter.paragraphs)]
    if letter.link:
        lines += ["", f"[{letter.link_label}]({letter.link})"]
    return written({"msgtype": "markdown", "markdown": {"content": "\n".join(lines)}})


def content_size(body: bytes) -> int:
    """The bytes that WeCom counts: those of the text, not of the JSON around it."""
    return len(str(orjson.loads(body)["markdown"]["content"]).encode())
