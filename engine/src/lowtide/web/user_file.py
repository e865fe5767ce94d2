"""Write `users.yaml`: as a whole, readable by its owner alone, one writer at a time; a desk that runs reads it again.

set_user(path, "wang", role=Role.ADMIN, person="wang", password="…")
token = add_token(path, "erp", Role.VIEWER, date(2027, 1, 1))       the only time that it is seen
"""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from lowtide.errors import SettingsError
from lowtide.operation.durable import make_folder, replace
from lowtide.service import Role
from lowtide.web.passwords import hashed
from lowtide.web.user_model import NAME, TokenFile, UserFile, UsersFile
from lowtide.web.users import PREFIX, hash_of, read_users

_HEAD = "# Users and tokens of the desk: `lowtide user` and `lowtide token` write this file. Comments are not kept.\n"


def set_user(
    path: Path,
    login: str,
    *,
    role: Role | None = None,
    person: str | None = None,
    password: str | None = None,
    subject: str | None = None,
) -> UserFile:
    """Make a user, or change what is given of one. Raises SettingsError."""
    _check_name(login, "login")
    new_hash = None if password is None else hashed(password)
    with _changing(path) as file:
        before = file.users.get(login)
        if before is None and role is None:
            raise SettingsError(
                f"nobody has the login `{login}`", "`lowtide user add LOGIN --role ROLE` makes one."
            )
        values = before.model_dump() if before else {}
        given = {"role": role, "person": person, "password": new_hash, "subject": subject}
        values |= {name: value for name, value in given.items() if value is not None}
        values["person"] = values.get("person") or None
        if not values.get("password") and not values.get("subject"):
            raise SettingsError(
                f"`{login}` has no way in", "Give a password, or `--subject` of the provider."
            )
        if subject and any(one.subject == subject for name, one in file.users.items() if name != login):
            raise SettingsError(
                f"another login has the subject `{subject}`", "A subject belongs to one login."
            )
        file.users[login] = UserFile.model_validate(values)
        return file.users[login]


def remove_user(path: Path, login: str) -> None:
    """Forget a user; its sessions end with the next request. Raises SettingsError, also for the last admin."""
    with _changing(path) as file:
        if login not in file.users:
            raise SettingsError(f"nobody has the login `{login}`", "`lowtide user ls` lists them.")
        role = file.users.pop(login).role
        if role is Role.ADMIN and not any(one.role is Role.ADMIN for one in file.users.values()):
            raise SettingsError(f"`{login}` is the last admin", "Make another one first: `lowtide user add`.")


def add_token(path: Path, name: str, role: Role, ends: date) -> str:
    """Keep a new token; returns it, which nobody can do a second time. Raises SettingsError."""
    _check_name(name, "token")
    token = PREFIX + secrets.token_urlsafe(32)
    with _changing(path) as file:
        if name in file.tokens:
            raise SettingsError(
                f"there is a token `{name}` already", f"End it first: `lowtide token end {name}`."
            )
        file.tokens[name] = TokenFile(role=role, hash=hash_of(token), ends=ends)
    return token


def end_token(path: Path, name: str) -> None:
    """Forget a token; requests with it are refused from now on. Raises SettingsError."""
    with _changing(path) as file:
        if name not in file.tokens:
            raise SettingsError(f"there is no token `{name}`", "`lowtide token ls` lists them.")
        del file.tokens[name]


def _check_name(name: str, what: str) -> None:
    if not NAME.fullmatch(name):
        raise SettingsError(
            f"`{name[:100]}` cannot be a {what}", "Use letters, digits, `.`, `_`, `@` and `-`, at most 100."
        )


@contextmanager
def _changing(path: Path) -> Iterator[UsersFile]:
    """The file to change; it is written at the end, unless something was wrong."""
    try:
        make_folder(path.parent)
        handle = os.open(path.with_name(f".{path.name}.lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise SettingsError(
            f"`{path}` cannot be written: {error.strerror}", "Give another `--users`."
        ) from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        file = read_users(path) if path.exists() else UsersFile()
        yield file
        _write(path, file)
    finally:
        os.close(handle)


def _write(path: Path, file: UsersFile) -> None:
    before = os.umask(0o077)
    try:
        replace(path, (_HEAD + yaml.safe_dump(_plain(file), allow_unicode=True, sort_keys=False)).encode())
    except OSError as error:
        raise SettingsError(
            f"`{path}` cannot be written: {error.strerror}", "Give another `--users`."
        ) from error
    finally:
        os.umask(before)


def _plain(file: UsersFile) -> dict[str, Any]:
    values = file.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
    return {name: values[name] for name in ("users", "tokens", "oidc", "second_person") if name in values}
