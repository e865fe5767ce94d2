"""Messages and settings for tests."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from lowtide.notify import link
from lowtide.notify.guard import Guard
from lowtide.notify.message import Line, Message, Section
from lowtide.notify.network import networks
from lowtide.notify.robot import Way
from lowtide.secret import Secret
from tests.notify.receivers.rules import SECRET, URLS, USER

NOW = datetime(2026, 11, 30, 2, 0, tzinfo=UTC)
SHANGHAI = ZoneInfo("Asia/Shanghai")
KEY = Secret(bytes(range(32)))
ID = "04HMASW9NF6YZDW5PRKH"
LINK = link.address("https://stock.example.com", link.make(KEY, ID, "chen", NOW + link.LIFE))
GROUP_LINK = link.address("https://stock.example.com", link.make(KEY, ID, "", NOW + link.LIFE))
LOOPBACK = Guard(networks(["127.0.0.0/8"], "test"), seconds=5.0)


@dataclass(frozen=True)
class Told:
    """A target as a people file says it."""

    kind: str
    personal: bool = True
    url: str = ""
    url_file: str = ""
    secret_files: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()
    keyword: str = ""
    ca_file: str = ""
    host: str = ""
    port: int = 0
    tls: str = "starttls"
    user: str = ""
    password_file: str = ""
    sender: str = ""
    corp_id: str = ""
    agent_id: int = 0
    path: str = ""


def line(number: int = 1, **other: Any) -> Line:
    known = Line(
        f"a{number:07d}", "projected_stockout", "critical", "330", "Center", f"690{number}", f"Banana {number}", "V002",
        "12", "7.5", 0.874, 3, 310.0 - number, NOW - timedelta(hours=1), NOW + timedelta(minutes=30),
    )  # fmt: skip
    return replace(known, **other)


def message(count: int = 1, **other: Any) -> Message:
    """A message of `count` alerts; at most ten of them have a line."""
    known = Message(
        ID, "FIRST", "critical", "chen", "陈晨", "en", NOW.astimezone(SHANGHAI),
        lines=tuple(line(number) for number in range(1, min(count, 10) + 1)), count=count, worth=300.0 * count,
        rest_worth=300.0 * (count - 10) if count > 10 else None, link=LINK, currency="¥",
    )  # fmt: skip
    return replace(known, **other)


def digest(**other: Any) -> Message:
    sections = (
        Section("waited_longest", 3, 900.0, tuple(line(number) for number in (1, 2, 3))),
        Section("below_cut", 35, 9000.0, tuple(line(number) for number in range(1, 11))),
        Section("by_team", 2, None, rows=(("team", "alerts"), ("dairy", "12"), ("bread", "4"))),
    )
    plain = replace(message(0), reason="DIGEST", severity="", lines=(), count=40, sections=sections)
    return replace(plain, **other)


def secrets(folder: Path) -> Path:
    """A folder with the secrets that the receivers know."""
    (folder / "secret").write_bytes(SECRET + b"\n")
    for kind, url in URLS.items():
        (folder / kind).write_text(url + "\n")
    return folder


def settings(kind: str, **other: Any) -> Told:
    robots = {"url_file": kind} if kind in URLS else {}
    signed = (
        {"secret_files": ("secret",)}
        if kind in ("dingtalk", "feishu", "lark", "webhook", "wecom-app")
        else {}
    )
    app = {"corp_id": "ww1", "agent_id": 7, "user": USER} if kind == "wecom-app" else {}
    return Told(kind, **{**robots, **signed, **app, **other})


def way(host: str) -> Way:
    return Way(LOOPBACK, host)
