"""One document that was posted: who sent it, which map reads it, what of it is refused, its answer."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from lowtide.errors import JournalWriteError
from lowtide.intake.http.body import Body, Budget, Receive
from lowtide.intake.http.cloudevents import is_binary_event, structured
from lowtide.intake.http.media import OWN, charset_of, check_format, content_of
from lowtide.intake.http.request import PATH, Request
from lowtide.intake.http.signature import check_signature
from lowtide.intake.intake import Intake
from lowtide.intake.journal import LOG, document_hash
from lowtide.intake.refusal import Refusal
from lowtide.intake.rows import DocumentRows
from lowtide.intake.tokens import Token, Tokens
from lowtide.intake.unpack import unpacked
from lowtide.map import Map

_QUICK = 32_768
"""Bytes of a document in our own form that is read at once: a thread costs more than the check of a few movements."""
_LARGE = 4 << 20
_one_large = threading.Lock()
"""Documents above `_LARGE` bytes are unpacked and read one by one, so that several do not fill the memory together."""
Result = TypeVar("Result")


@dataclass(frozen=True)
class Post:
    """A request to `/movements`."""

    intake: Intake
    tokens: Tokens
    request: Request
    threads: Executor

    async def take(self, receive: Receive, most: int, budget: Budget) -> tuple[DocumentRows, dict[str, Any]]:
        """Take the document: its rows, and the answer. Raises Refusal or ClientLeft."""
        headers, strict = self.request.headers, self.request.flag("strict")
        map_ = self._map()
        token = self._token(map_)
        content = self._content(map_)
        body = Body(receive, headers.get("content-length", ""), most, budget)
        try:
            raw = await body.read()
            if token is None and map_ is not None and map_.model.verify is not None:
                verify = map_.model.verify
                check_signature(headers, raw, verify.header, verify.secret_env)
            is_quick = len(raw) <= _QUICK and "content-encoding" not in headers
            if map_ is None and is_quick and content in ("json", "ndjson", "event"):
                rows = self._rows(raw, content, None, token)
            else:
                rows = await self._in_thread(partial(self._rows, raw, content, map_, token))
            self._check(rows, token, strict)
            return rows, await self._write(rows, document_hash(raw), map_)
        finally:
            body.close()

    def _map(self) -> Map | None:
        name, asked = self.request.map_name, self.request.query.get("map", "")
        if name and asked and asked != name:
            raise Refusal("bad_request", "the path and `?map=` name two maps")
        shelf = self.intake.shelf
        return shelf.named(name or asked) if name or asked else shelf.default()

    def _token(self, map_: Map | None) -> Token | None:
        """Whose request it is. None: nobody's, where no token is needed or a signature takes its place. Raises Refusal."""
        token = self.tokens.holder(self.request.headers) if self.tokens.any else None
        if token is None:
            is_signed = map_ is not None and map_.model.verify is not None
            if self.tokens.any and not is_signed:
                hint = "send `Authorization: Bearer TOKEN`; `lowtide intake token add` makes one"
                raise Refusal("no_token", hint)
            return None
        token.check_map(map_.name if map_ is not None else "")
        self.tokens.spend(token)
        return token

    def _content(self, map_: Map | None) -> str:
        """What the body holds, as `media` calls it; `event` is a CloudEvent in binary mode."""
        content = content_of(self.request.headers.get("content-type", ""))
        is_event = is_binary_event(self.request.headers)
        if map_ is not None:
            check_format("json" if is_event else content, map_.reading.format, map_.name)
        if is_event:
            return "event"
        if map_ is not None:
            return content
        if content not in OWN:
            raise Refusal("unknown_map", f"{content} needs a map: post it to {PATH}/NAME")
        return content

    def _rows(self, raw: bytes, content: str, map_: Map | None, token: Token | None) -> DocumentRows:
        headers = self.request.headers
        encoding = headers.get("content-encoding", "")
        try:
            data = unpacked(raw, encoding, most=_LARGE)
        except Refusal as refusal:
            if refusal.code != "too_large":
                raise
        else:
            return self._read(data, content, map_, token)
        with _one_large:
            return self._read(unpacked(raw, encoding), content, map_, token)

    def _read(self, data: bytes, content: str, map_: Map | None, token: Token | None) -> DocumentRows:
        headers, type_ = self.request.headers, self.request.headers.get("content-type", "")
        if content == "event":
            data = structured(headers, data, content_of(type_) == "json")
            content = "event" if map_ is None else "json"
        name = map_.name if map_ is not None else "the body"
        with_sources = token is not None and bool(token.sources)
        return self.intake.rows(data, content, map_, name, charset_of(type_), with_sources=with_sources)

    def _check(self, rows: DocumentRows, token: Token | None, strict: bool) -> None:
        """Raises Refusal for what its sender may not send."""
        if token is not None:
            token.check_sources(rows.sources)
        if rows.changes_rules and self.tokens.any and (token is None or not token.rules):
            what = "a record changes the policy or the inputs: that needs a token with `--rules`"
            raise Refusal("not_allowed", what)
        if strict and rows.rejected:
            what = f"{rows.rejected} of {rows.records} records are bad; nothing was taken"
            raise Refusal("rejects", what, **rows.to_dict())

    async def _write(self, rows: DocumentRows, hash_: bytes, map_: Map | None) -> dict[str, Any]:
        answer: dict[str, Any] = {
            "log": LOG,
            "first": self.intake.journal.next,
            "places": 0,
            **rows.to_dict(),
        }
        if not rows.bodies and not rows.stock_list:
            return answer
        try:
            if rows.stock_list and map_ is not None:
                receipt, taken = await self._in_thread(partial(self.intake.write_list, rows, hash_, map_))
                answer |= {"zeros": taken.zeros, "notes": [str(sentence) for sentence in taken.sentences]}
            else:
                receipt = await asyncio.wrap_future(self.intake.write(rows, hash_))
        except JournalWriteError as error:
            raise Refusal("journal_unwritable", f"{error.message}; nothing of it was taken") from None
        return answer | {"first": receipt.first, "places": receipt.places}

    async def _in_thread(self, call: Callable[[], Result]) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self.threads, call)
