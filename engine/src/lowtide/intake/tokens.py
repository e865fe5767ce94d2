"""Tokens of senders: what each may do, kept in a file that knows only their hashes.

    {"format": 1, "tokens": [{"name": "till-7", "hash": "…", "maps": ["shopify"], "sources": ["shopify*"], "rate": 20,
                              "rules": false, "created": "2026-11-29T10:00:00Z"}]}

A token has 256 random bits, so one SHA-256 of it is enough. The file is read again when it changes.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from pathlib import Path

import orjson

from lowtide.errors import SettingsError
from lowtide.intake.refusal import Refusal
from lowtide.operation.durable import make_folder
from lowtide.operation.durable import replace as replace_file
from lowtide.operation.log import logger

_PREFIX = "lt_"


@dataclass(frozen=True)
class Token:
    """What the holder of a token may do."""

    name: str
    hash: str
    """SHA-256 of the token, in hexadecimal digits."""
    maps: tuple[str, ...] = ()
    """Names of the maps that it may use; empty: every map, and our own form."""
    sources: tuple[str, ...] = ()
    """Patterns of the sources of its movements, such as `shopify*`; empty: every source."""
    rate: float | None = None
    """Requests a second. None: as many as the disk takes."""
    rules: bool = False
    """Whether it may send records that change the policy or the inputs."""
    created: str = ""

    def check_map(self, name: str) -> None:
        """Raises Refusal if it may not use this map; an empty name is our own form."""
        if self.maps and name not in self.maps:
            raise Refusal(
                "not_allowed",
                f"the token `{self.name}` may not use {f'the map `{name}`' if name else 'our own form'}",
            )

    def check_sources(self, sources: Iterable[str]) -> None:
        """Raises Refusal if it may not send movements of these sources."""
        for source in sorted(sources):
            if self.sources and not any(fnmatchcase(source, pattern) for pattern in self.sources):
                raise Refusal(
                    "not_allowed",
                    f"the token `{self.name}` may not send movements of the source `{source[:100]}`",
                )


class Tokens:
    """The tokens of a file. A file that is missing or empty has no tokens."""

    def __init__(self, path: Path | None) -> None:
        """Raises SettingsError if the file cannot be used."""
        self._path = path
        self._lock = threading.Lock()
        self._seen: tuple[int, int] | None = None
        self._by_hash: dict[str, Token] = {}
        self._buckets: dict[str, tuple[float, float]] = {}
        self._needed = False
        self._is_open = False
        self._read()
        self._is_open = True

    @property
    def any(self) -> bool:
        """Whether a sender needs a token. Once there was one it stays so: a removed token opens no door."""
        self._read()
        return self._needed

    def holder(self, headers: Mapping[str, str]) -> Token | None:
        """Whose token a request has. None: it has none. Raises Refusal if nobody has that token."""
        scheme, _, value = headers.get("authorization", "").partition(" ")
        given = value.strip() if scheme.lower() == "bearer" else headers.get("x-lowtide-token", "")
        if not given:
            return None
        hash_ = _hash(given)
        for known, token in self._by_hash.items():
            if hmac.compare_digest(hash_, known):
                return token
        raise Refusal("no_token", "nobody has this token: `lowtide intake token ls` shows who has one")

    def spend(self, token: Token, now: float | None = None) -> None:
        """Count one request of a token. Raises Refusal when its rate is over."""
        if token.rate is None:
            return
        now = time.monotonic() if now is None else now
        most = max(1.0, token.rate)
        with self._lock:
            left, at = self._buckets.get(token.name, (most, now))
            left = min(most, left + (now - at) * token.rate)
            self._buckets[token.name] = (left - 1 if left >= 1 else left, now)
        if left < 1:
            raise Refusal("rate", f"the token `{token.name}` may send {token.rate:g} requests a second")

    def _read(self) -> None:
        if self._path is None:
            return
        try:
            stat = self._path.stat()
            seen = (stat.st_mtime_ns, stat.st_ino)
        except FileNotFoundError:
            seen = None
        if self._is_open and seen == self._seen:
            return
        self._seen = seen
        try:
            self._by_hash = {token.hash: token for token in read_tokens(self._path)}
        except SettingsError as error:
            if not self._is_open:
                raise
            logger("intake").warning("tokens_unreadable", file=str(self._path), why=error.message)
        self._needed = self._needed or bool(self._by_hash)


def read_tokens(path: Path) -> list[Token]:
    """The tokens of a file; none if there is no file. Raises SettingsError."""
    try:
        values = orjson.loads(path.read_bytes())
        if values["format"] != 1:
            raise ValueError(f"it has format {values['format']}")
        return [
            Token(**{**each, "maps": tuple(each["maps"]), "sources": tuple(each["sources"])})
            for each in values["tokens"]
        ]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise SettingsError(
            f"the tokens in `{path}` cannot be read: {error}", "`lowtide intake token` writes that file."
        ) from error


def add_token(path: Path, token: Token) -> str:
    """Keep a new token; returns it, which nobody can do a second time. Raises SettingsError."""
    tokens = read_tokens(path)
    if any(known.name == token.name for known in tokens):
        raise SettingsError(
            f"there is a token `{token.name}` already",
            f"Remove it first: `lowtide intake token rm {token.name}`.",
        )
    plain = _PREFIX + secrets.token_urlsafe(32)
    made = replace(token, hash=_hash(plain), created=datetime.now(UTC).isoformat(timespec="seconds"))
    _write(path, [*tokens, made])
    return plain


def remove_token(path: Path, name: str) -> None:
    """Forget a token; requests with it are refused from now on. Raises SettingsError."""
    tokens = read_tokens(path)
    if all(token.name != name for token in tokens):
        raise SettingsError(f"there is no token `{name}`", "`lowtide intake token ls` shows them.")
    _write(path, [token for token in tokens if token.name != name])


def _write(path: Path, tokens: list[Token]) -> None:
    try:
        make_folder(path.parent)
        before = os.umask(0o077)
        try:
            data = {"format": 1, "tokens": [asdict(token) for token in tokens]}
            replace_file(path, orjson.dumps(data, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
        finally:
            os.umask(before)
    except OSError as error:
        raise SettingsError(
            f"`{path}` cannot be written: {error.strerror}", "Give another `--tokens`."
        ) from error


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()
