"""The process that speaks to one service of apprise. It imports nothing of Lowtide and knows no secret but its own address.

One JSON object a line on standard input, one on standard output. `{"url": …}` asks what the service takes; with `title` and
`body` it sends. It ends when its input ends. Every look-up of a name that gives an inner address fails here, too.
"""

from __future__ import annotations

import ipaddress
import json
import logging
import re
import socket
import sys
from typing import Any

_NAMES = socket.getaddrinfo


def public_names(*args: Any, **kwargs: Any) -> Any:
    """The name service without inner addresses."""
    rows = [
        row
        for row in _NAMES(*args, **kwargs)
        if ipaddress.ip_address(str(row[4][0]).partition("%")[0]).is_global
    ]
    if not rows:
        raise OSError("the name has no public address")
    return rows


class Notes(logging.Handler):
    """What apprise logs while it sends: the only place where it says why it failed."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.texts.append(record.getMessage())


def hidden(text: str, url: str) -> str:
    """The text without any part of the address."""
    for part in sorted(set(re.split(r"[/?&=@:+,]+", url.partition("://")[2])), key=len, reverse=True):
        if len(part) > 3:
            text = text.replace(part, "***")
    return text[:300]


def service(url: str) -> Any:
    """The service of an address; None if apprise does not accept it."""
    from apprise import Apprise, AppriseAsset

    asset = AppriseAsset(storage_mode="memory", allow_templates=False, http_redirects=False, async_mode=False)
    return Apprise.instantiate(url, asset=asset, suppress_exceptions=True)


def described(known: Any) -> dict[str, Any]:
    """How long a title and a body may be, in characters, and how many receivers the address names."""
    if known is None:
        return {"accepted": False}
    sizes = {"title": int(known.title_maxlen), "body": int(known.body_maxlen)}
    return {"accepted": True, "receivers": len(known), **sizes}


def sent(known: Any, request: dict[str, Any], notes: Notes) -> dict[str, Any]:
    """Send, and say what apprise says."""
    notes.texts.clear()
    done = known is not None and known.notify(
        title=request["title"], body=request["body"], body_format="text", notify_type="info"
    )
    return {"sent": bool(done), "detail": hidden("; ".join(notes.texts), request["url"])}


def answered(line: str, known: dict[str, Any], notes: Notes) -> dict[str, Any]:
    """The answer to one request. A service is made once, so that its own limit of speed is kept."""
    request = json.loads(line)
    url = request["url"]
    if url not in known:
        known[url] = service(url)
    try:
        return sent(known[url], request, notes) if "body" in request else described(known[url])
    except Exception as error:
        return {"sent": False, "detail": hidden(f"{type(error).__name__}: {error}", url)}


def main() -> None:
    """Answer until the input ends."""
    socket.getaddrinfo = public_names
    notes, known = Notes(), dict[str, Any]()
    logger = logging.getLogger("apprise")
    logger.addHandler(notes)
    logger.propagate = False
    for line in sys.stdin:
        print(json.dumps(answered(line, known, notes)), flush=True)


if __name__ == "__main__":
    main()
