"""The audit: who signed in, was refused, changed people, silences or tokens, approved. Rows are only ever added.

A row goes to desk.db at once and from there to table `audit` of the warehouse, so that it is kept while that is away. A
refusal is kept at most 30 times a minute for one address, so that a stranger does not fill the disk.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any

import orjson

from lowtide.desk.store import Store
from lowtide.operation.crowd import client
from lowtide.operation.log import logger
from lowtide.web.limits import Limit
from lowtide.words.visible import visible

_REFUSALS = 30


@dataclass
class Audit:
    """Where it is written down who did what. Any thread may use it."""

    store: Store
    now: Callable[[], int]
    """The wall clock: milliseconds since 1970 UTC."""
    seconds: Callable[[], float] = time.monotonic
    _refusals: Limit = field(default_factory=lambda: Limit(_REFUSALS))
    _numbers: count[int] = field(default_factory=count)

    def write(
        self,
        actor: str,
        what: str,
        subject: str,
        result: str = "done",
        detail: Mapping[str, Any] | None = None,
    ) -> None:
        """Keep one row. `what` is a code such as `sign_in` or `token.new`; no value of `detail` is a secret."""
        row = {
            "at": datetime.fromtimestamp(self.now() / 1000, UTC), "actor": visible(actor)[:100], "what": what,
            "subject": visible(subject)[:300], "detail": orjson.dumps(dict(detail or {})).decode(),
            "result": visible(result)[:300],
        }  # fmt: skip
        text = f"{row['at']}|{row['actor']}|{what}|{row['subject']}|{row['result']}|{next(self._numbers)}"
        with self.store.transaction() as tx:
            tx.ship("audit", hashlib.sha256(text.encode()).hexdigest()[:26], row)

    def refused(self, address: str, actor: str, path: str, why: str) -> None:
        """Keep that a request was refused. `actor` is empty for a stranger."""
        if not self._refusals.take(actor or client(address), self.seconds()):
            return
        who = actor.replace(":", " ")  # what stands behind `token:` is hidden in the log
        logger("web").warning("request_refused", client=address, actor=who, path=_shown(path), why=why)
        self.write(actor or "stranger", "refused", _shown(path), why, {"address": address})


def _shown(path: str) -> str:
    """A path without the token of a link."""
    return "/a/…" if path.startswith("/a/") else path[:200]
