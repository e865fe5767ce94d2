"""The users of a file: who may sign in with what, which tokens there are; read again when the file changes.

A file that cannot be read any more is logged, and what was read before stays. Once there was a user it stays so: a file
that disappears opens no door.
"""

from __future__ import annotations

import hashlib
import hmac
import threading
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from pydantic import ValidationError

from lowtide import strict
from lowtide.errors import SettingsError
from lowtide.operation.log import logger
from lowtide.strict import YamlFault
from lowtide.web.sentences import sentence
from lowtide.web.user_model import OidcFile, TokenFile, UserFile, UsersFile

_ROOT = "a file of users is a mapping, such as `users:` and `tokens:`"
_HINT = "`lowtide user` and `lowtide token` write that file; docs/desk-access.md has every word of it."
PREFIX = "lt_"
"""How a token begins, so that a search for lost secrets finds it."""


class Users:
    """The users of a file; without a file nobody signs in. Any thread may ask."""

    def __init__(self, path: Path | None, *, may_come: bool = False) -> None:
        """`may_come`: the file need not be there yet; nobody signs in until it is.

        Raises SettingsError if the file cannot be used.
        """
        self.path = path
        self._lock = threading.Lock()
        self._seen: tuple[int, int, int] | None = None
        self._file = UsersFile()
        self._is_open = False
        self._needed = path is not None and not (may_come and _stamp(path) is None)
        if self._needed:
            self._read()
        self._is_open = True

    @property
    def any(self) -> bool:
        """Whether people sign in here."""
        if not self._needed:
            self._read()
        return self._needed

    def user(self, login: str) -> UserFile | None:
        """A user by login."""
        return self._read().users.get(login)

    def of_subject(self, subject: str) -> str | None:
        """The login with this subject of the provider."""
        users = self._read().users
        return next((login for login, user in users.items() if user.subject == subject), None)

    @property
    def all(self) -> Mapping[str, UserFile]:
        """The users by login."""
        return self._read().users

    @property
    def tokens(self) -> Mapping[str, TokenFile]:
        """The tokens by name."""
        return self._read().tokens

    @property
    def oidc(self) -> OidcFile | None:
        """The provider whose people may sign in."""
        return self._read().oidc

    @property
    def second_person(self) -> bool:
        """Whether a second person must approve a change of rules; without users there is only one person."""
        return self.any and self._read().second_person == "true"

    def holder(self, token: str, today: date) -> tuple[str, TokenFile] | None:
        """Name and rights of a token; None: nobody has it, or it has ended."""
        given, found = hash_of(token), None
        for name, one in self._read().tokens.items():
            if hmac.compare_digest(given, one.hash) and today < one.ends:
                found = (name, one)
        return found

    def _read(self) -> UsersFile:
        if self.path is None:
            return self._file
        with self._lock:
            seen = _stamp(self.path)
            if self._is_open and (seen == self._seen or seen is None):
                return self._file
            self._seen, self._needed = seen, True  # from the first moment, even if the file cannot be read
            try:
                self._file = read_users(self.path)
            except SettingsError as error:
                if not self._is_open:
                    raise
                logger("web").error("users_unreadable", file=str(self.path), why=error.message)
            return self._file


def read_users(path: Path) -> UsersFile:
    """The users of a file. Raises SettingsError, which lists every mistake with line and column."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        others = path.stat().st_mode & 0o077
    except FileNotFoundError as error:
        raise SettingsError(
            f"there is no file of users `{path}`", "`lowtide user add LOGIN --role admin` makes it."
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"`{path}` cannot be read: {error}", "It is a YAML file in UTF-8.") from error
    if others:
        raise SettingsError(f"others may read `{path}`, which holds secrets", f"Type `chmod 600 {path}`.")
    return users_of(text, str(path))


def users_of(text: str, name: str) -> UsersFile:
    """The users in a text; messages contain `name`. Raises SettingsError."""
    try:
        document = strict.document(text, _ROOT, lambda path: True)
        return UsersFile.model_validate(document.value)
    except YamlFault as fault:
        line, column = fault.place
        raise SettingsError(f"{name}:{line}:{column}: {fault.message}", _HINT) from None
    except ValidationError as error:
        faults = set()
        for detail in error.errors():
            where, said = sentence(detail)
            faults.add((*document.place(where), said))
        lines = [f"{name}:{line}:{column}: {said}" for line, column, said in sorted(faults)]
        raise SettingsError("\n".join(lines), _HINT) from None


def hash_of(token: str) -> str:
    """What is kept of a token: it has 256 random bits, so one SHA-256 of it is enough."""
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_ino, stat.st_size
