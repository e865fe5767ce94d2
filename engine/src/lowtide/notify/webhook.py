"""A webhook: the JSON of Alertmanager's version 4 with an object `lowtide`, signed, under a key by which repeats are known.

    X-Lowtide-Signature: t=T,v1=H      H = hex of HMAC-SHA256(key, T in ASCII ‖ "." ‖ body), T = Unix seconds of this try
    Idempotency-Key: the notification_id

A repeat has a new T, the same body and the same key. With two keys, while one replaces the other, there are two `v1=`.
The labels `sku`, `location` and `supplier` are those of the data, for machines; every other text is made harmless.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from lowtide.errors import SettingsError
from lowtide.notify import secret
from lowtide.notify.answer import Answer, Outcome
from lowtide.notify.document import whole, written
from lowtide.notify.endpoint import Endpoint, endpoint
from lowtide.notify.foreign import harmless
from lowtide.notify.guard import SECONDS, Guard, Reply
from lowtide.notify.letter import letter, most_lines
from lowtide.notify.line import Pen
from lowtide.notify.message import Line, Message
from lowtide.notify.network import networks
from lowtide.notify.target import Settings, Window, addressed
from lowtide.notify.trust import authorities
from lowtide.notify.verdict import attempt, not_understood
from lowtide.rows import instant
from lowtide.secret import Secret

_DEAD = {401: "it does not accept the signature", 410: "it is no longer there"}
_NO_END = "0001-01-01T00:00:00Z"


class Webhook:
    """An address of the shop's own that takes JSON."""

    kind = "webhook"
    can_tell_repeats = True
    rate: tuple[Window, ...] = ()
    deadline_s = SECONDS

    def __init__(self, name: str, settings: Settings, folder: Path, guard: Guard | None = None) -> None:
        self.name, self.personal = name, settings.personal
        self._place = _place(name, settings, folder)
        self._secrets = tuple(secret.read(folder / file, name) for file in settings.secret_files)
        if len(self._secrets) > 2:
            raise SettingsError(
                f"target `{name}` has more than two secrets", "Two are enough while one replaces the other."
            )
        self._guard = guard or Guard(
            networks(settings.allow, name), authorities=authorities(name, settings, folder)
        )

    def render(self, message: Message) -> bytes:
        return written(document(addressed(message, personal=self.personal), self.name))

    def marked(self, body: bytes) -> bytes:
        return body

    def send(self, body: bytes, notification_id: str, now: datetime) -> Answer:
        headers = {"Content-Type": "application/json", "Idempotency-Key": notification_id}
        if self._secrets:
            headers["X-Lowtide-Signature"] = signature(self._secrets, int(now.timestamp()), body)
        return attempt(lambda: _answer(self._guard.post(self._place, body, headers), now))

    def close(self) -> None:
        """It holds no connection."""


def signature(secrets: tuple[Secret[bytes], ...], time: int, body: bytes) -> str:
    """The header that signs a body at `time`, in seconds since 1970, once for each secret."""
    text = b"%d.%b" % (time, body)
    signed = [hmac.new(key.reveal(), text, hashlib.sha256).hexdigest() for key in secrets]
    return ",".join([f"t={time}", *(f"v1={one}" for one in signed)])


def _place(name: str, settings: Settings, folder: Path) -> Endpoint:
    if bool(settings.url) == bool(settings.url_file):
        raise SettingsError(f"target `{name}` needs `url` or `url_file`", "Give one of the two.")
    if settings.url:
        return endpoint(settings.url, name)
    return endpoint(secret.read(folder / settings.url_file, name).text(), name, f"`{settings.url_file}`")


def _answer(reply: Reply, now: datetime) -> Answer:
    if 200 <= reply.status < 300:
        return Answer(Outcome.SENT, str(reply.status))
    if reply.status in _DEAD:
        return Answer(Outcome.DEAD, str(reply.status), _DEAD[reply.status])
    return not_understood(reply, now)


def document(message: Message, receiver: str) -> dict[str, Any]:
    """The message in Alertmanager's shape."""
    pen = Pen(message)
    labels = [_labels(line) for line in message.lines]
    front = (message.link or "").partition("/a/")[0]
    shared = {name: whole(value) for name, value in message.about}
    return {
        "version": "4",
        "groupKey": "{}:" + written(shared).decode(),
        "truncatedAlerts": max(message.count - len(message.lines), 0),
        "status": _status(message),
        "receiver": receiver,
        "groupLabels": shared,
        "commonLabels": _common(labels),
        "commonAnnotations": {},
        "externalURL": front,
        "alerts": [_alert(message, line, pen) for line in message.lines],
        "lowtide": _own(message),
    }


def _status(message: Message) -> str:
    return "resolved" if message.reason == "ALL_ENDED" else "firing"


def _labels(line: Line) -> dict[str, str]:
    own = {"alertname": line.type, "severity": line.severity, "location": line.location, "sku": line.sku}
    supplied = own | ({"supplier": line.supplier} if line.supplier else {})
    return {name: whole(text) for name, text in supplied.items()}


def _common(labels: list[dict[str, str]]) -> Mapping[str, str]:
    first = labels[0] if labels else {}
    return {name: value for name, value in first.items() if all(one.get(name) == value for one in labels)}


def _alert(message: Message, line: Line, pen: Pen) -> dict[str, Any]:
    annotations = {
        "summary": pen.line(line),
        "sku_name": harmless(line.sku_name),
        "location_name": harmless(line.location_name),
    }
    return {
        "status": _status(message),
        "labels": _labels(line),
        "annotations": {name: text for name, text in annotations.items() if text},
        "startsAt": _time(line.opened_at),
        "endsAt": _time(message.at) if message.reason == "ALL_ENDED" else _NO_END,
        "generatorURL": message.link or "",
        "fingerprint": hashlib.sha256(line.alert_id.encode()).hexdigest()[:16],
        "lowtide": _figures(line),
    }


def _figures(line: Line) -> dict[str, Any]:
    return {
        "alert_id": line.alert_id, "available": whole(line.available), "demand_per_day": whole(line.demand_per_day),
        "p_stockout": line.p_stockout, "stockout_day": line.stockout_day, "worth": line.worth,
        "due": _time(line.due) if line.due else None, "due_confirmed": line.due_confirmed,
    }  # fmt: skip


def _own(message: Message) -> dict[str, Any]:
    """What Alertmanager has no place for."""
    text = letter(message, most_lines(message))
    return {
        "notification_id": message.notification_id, "reason": message.reason, "severity": message.severity,
        "person": message.person, "title": text.title, "text": text.paragraphs, "count": message.count,
        "worth": message.worth, "currency": harmless(message.currency), "worth_in_units": message.worth_in_units,
        "step": message.step, "at": _time(message.at), "link": message.link,
        "sections": [
            {"name": harmless(section.name), "count": section.count, "worth": section.worth, "rows": chapter.rows,
             "alerts": [line.alert_id for line in section.lines]}
            for section, chapter in zip(message.sections, text.chapters, strict=True)
        ],
    }  # fmt: skip


def _time(time: datetime) -> str:
    return instant(time.astimezone(UTC))
