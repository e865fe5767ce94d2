"""From a reply to an answer: the code in the body decides whether a message was sent, not the status of HTTP.

A body that is not understood means that the message may have arrived, and is tried again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime

import orjson

from lowtide.notify.answer import Answer, Outcome
from lowtide.notify.guard import Reply, Unreachable
from lowtide.notify.network import Forbidden
from lowtide.operation.secrets import hidden_text

_LONGEST_WAIT_S = 3600.0
_GATEWAY = frozenset({502, 504})
"""The server before the target answered, so the target itself may have taken the message."""


@dataclass(frozen=True)
class Refusal:
    """What a code of a target means, for people."""

    outcome: Outcome
    sentence: str
    wait_s: float | None = None


def dead(sentence: str) -> Refusal:
    """A refusal that no later try mends."""
    return Refusal(Outcome.DEAD, sentence)


def wait(sentence: str, wait_s: float | None = None) -> Refusal:
    """A refusal that a later try may mend."""
    return Refusal(Outcome.WAIT, sentence, wait_s)


def attempt(exchange: Callable[[], Answer]) -> Answer:
    """The answer of an exchange, also where there is no reply."""
    try:
        return exchange()
    except Forbidden as error:
        return Answer(Outcome.DEAD, "forbidden", str(error))
    except Unreachable as error:
        return Answer(Outcome.WAIT, "unreachable", str(error), may_have_arrived=error.may_have_arrived)


def judged(reply: Reply, field: str, codes: Mapping[int, Refusal], now: datetime) -> Answer:
    """The answer of a robot: `field` of its JSON is 0, or a code that `codes` may know."""
    document = _document(reply.body)
    code = document.get(field)
    if not isinstance(code, int) or isinstance(code, bool):
        return not_understood(reply, now)
    if code == 0:
        return Answer(Outcome.SENT, "0")
    known = codes.get(code, wait("the target refuses with a code that is not known here"))
    said = str(document.get("errmsg") or document.get("msg") or "")
    detail = f"{known.sentence}; it says: {hidden_text(said[:200])}" if said else known.sentence
    return Answer(known.outcome, str(code), detail, known.wait_s or retry_after(reply, now))


def not_understood(reply: Reply, now: datetime) -> Answer:
    """The answer where the body does not say what became of the message."""
    status, pause = reply.status, retry_after(reply, now)
    if 300 <= status < 400:
        return Answer(
            Outcome.WAIT, str(status), "it redirects; a redirect is not followed, so mend the address"
        )
    if status == 429:
        return Answer(Outcome.WAIT, "429", "it asks for fewer messages", pause)
    if status >= 400:
        detail = f"it answers with status {status}"
        return Answer(Outcome.WAIT, str(status), detail, pause, may_have_arrived=status in _GATEWAY)
    detail = "its answer does not say whether the message was taken"
    return Answer(Outcome.WAIT, str(status), detail, pause, may_have_arrived=True)


def retry_after(reply: Reply, now: datetime) -> float | None:
    """The seconds of the header `Retry-After`, which is a number or a date; at most an hour. None: it does not say."""
    text = reply.headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:9]), _LONGEST_WAIT_S)
    try:
        seconds = (parsedate_to_datetime(text) - now).total_seconds()
    except (ValueError, TypeError):
        return None
    return min(max(seconds, 0.0), _LONGEST_WAIT_S)


def _document(body: bytes) -> dict[str, object]:
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    return document if isinstance(document, dict) else {}
