"""What the real receivers check: signatures, byte limits, forms and rates; each rule answers as the real one refuses."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

SECRET = b"SECa1b2c3"
KEY = "robot-key-0123456789"
USER = "ChenChen"
MARK = "可能重复 / may be a repeat"
PATHS = {
    "/cgi-bin/webhook/send": "wecom",
    "/cgi-bin/gettoken": "wecom-app",
    "/cgi-bin/message/send": "wecom-app",
    "/robot/send": "dingtalk",
    "/lowtide": "webhook",
}
URLS = {
    "wecom": f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={KEY}",
    "dingtalk": f"https://oapi.dingtalk.com/robot/send?access_token={KEY}",
    "feishu": f"https://open.feishu.cn/open-apis/bot/v2/hook/{KEY}",
    "lark": f"https://open.larksuite.com/open-apis/bot/v2/hook/{KEY}",
}
HOOK = "/open-apis/bot/v2/hook/"
_HOUR = 3600


@dataclass(frozen=True)
class Asked:
    """One request as a receiver reads it."""

    kind: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    at: float

    @property
    def document(self) -> Any:
        return json.loads(self.body)

    @property
    def key(self) -> str:
        """By what the same message is known again: its own key, or its text without signature and mark."""
        if "idempotency-key" in self.headers:
            return self.headers["idempotency-key"]
        document = self.document
        for name in ("timestamp", "sign"):
            document.pop(name, None)
        text = json.dumps(document, ensure_ascii=False, sort_keys=True)
        marked = {"tag": "div", "text": {"tag": "plain_text", "content": MARK}}
        text = text.replace(json.dumps(marked, ensure_ascii=False, sort_keys=True) + ", ", "")
        return hashlib.sha256(re.sub(re.escape(MARK) + r"(\\n)*\s?", "", text).encode()).hexdigest()[:20]


def kind_of(path: str) -> str:
    return "feishu" if path.startswith(HOOK) else PATHS.get(path, "")


@dataclass
class Window:
    """A rate that a receiver enforces: more than `most` in `seconds` is refused, and for how long."""

    most: int
    seconds: float
    cut_off: float = 0.0
    times: list[float] = field(default_factory=list)
    until: float = 0.0

    def refuses(self, now: float) -> bool:
        if now < self.until:
            return True
        self.times = [time for time in self.times if time > now - self.seconds]
        self.times.append(now)
        if len(self.times) <= self.most:
            return False
        self.until = now + self.cut_off
        return True


def windows() -> dict[str, tuple[tuple[Window, ...], int]]:
    """The rates of each kind, and the code of their refusal."""
    return {
        "wecom": ((Window(20, 60),), 45009),
        "dingtalk": ((Window(20, 60, cut_off=600),), 130101),
        "feishu": ((Window(100, 60), Window(5, 1)), 11232),
    }


def refusal(asked: Asked) -> int:
    """The code with which the real receiver refuses; 0: it takes the message."""
    return {
        "wecom": _wecom,
        "wecom-app": _app,
        "dingtalk": _dingtalk,
        "feishu": _feishu,
        "webhook": _webhook,
    }[asked.kind](asked)


def _content(asked: Asked, most: int) -> int:
    document = asked.document
    content = document.get("markdown", {}).get("content", "")
    is_right = document.get("msgtype") == "markdown" and content and len(content.encode()) <= most
    return 0 if is_right else 40058


def _wecom(asked: Asked) -> int:
    return _content(asked, 4096) if asked.query.get("key") == KEY else 93000


def _app(asked: Asked) -> int:
    if asked.path == "/cgi-bin/gettoken":
        return 0 if asked.query == {"corpid": "ww1", "corpsecret": SECRET.decode()} else 40001
    return _content(asked, 2048)


def _dingtalk(asked: Asked) -> int:
    if asked.query.get("access_token") != KEY:
        return 300001
    time_ms = asked.query.get("timestamp", "0")
    text = time_ms.encode() + b"\n" + SECRET
    wanted = base64.b64encode(hmac.new(SECRET, text, hashlib.sha256).digest()).decode()
    if asked.query.get("sign") != wanted or abs(int(time_ms) / 1000 - asked.at) > _HOUR:
        return 310000
    document = asked.document
    inner = document.get(document.get("msgtype"), {})
    return 0 if inner.get("title") and inner.get("text") and len(asked.body) <= 20_000 else 40035


def _feishu(asked: Asked) -> int:
    if asked.path != HOOK + KEY:
        return 19001
    document = asked.document
    stamp = str(document.get("timestamp", "0"))
    wanted = base64.b64encode(
        hmac.new(stamp.encode() + b"\n" + SECRET, b"", hashlib.sha256).digest()
    ).decode()
    if document.get("sign") != wanted or abs(int(stamp) - asked.at) > _HOUR:
        return 19021
    is_card = document.get("msg_type") == "interactive" and document["card"]["header"]["title"]["content"]
    return 0 if is_card and len(asked.body) <= 20_000 else 19002


def _webhook(asked: Asked) -> int:
    """401 for a signature that is wrong or more than five minutes away; 400 for another shape."""
    parts = [part.partition("=") for part in asked.headers.get("x-lowtide-signature", "").split(",")]
    stamp = next((value for name, _, value in parts if name == "t"), "0")
    wanted = hmac.new(SECRET, stamp.encode() + b"." + asked.body, hashlib.sha256).hexdigest()
    if wanted not in [value for name, _, value in parts if name == "v1"] or abs(int(stamp) - asked.at) > 300:
        return 401
    is_known = asked.document.get("version") == "4" or "document" in asked.document  # messages, and orders
    return 0 if is_known and "idempotency-key" in asked.headers else 400


def flat(query: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(query).items()}


def now() -> float:
    return time.time()
