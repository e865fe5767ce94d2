"""Passwords: argon2id hashes, at most two checked at a time, and a login that nobody has takes as long as one that is there.

hashed("correct horse battery")      "$argon2id$v=19$m=65536,t=3,p=4$…"
"""

from __future__ import annotations

import threading
from functools import cache

from pwdlib import PasswordHash
from pwdlib.exceptions import PwdlibError
from pwdlib.hashers.argon2 import Argon2Hasher

from lowtide.errors import SettingsError

SHORTEST = 10
LONGEST = 200
"""Characters of a password."""
TIME_COST, MEMORY_KIB = 3, 64 * 1024
"""What one hash costs: passes, and KiB of memory."""
_AT_ONCE = threading.BoundedSemaphore(2)
"""Each check takes 64 MiB, so a flood of them must wait."""
_WAIT_S = 5.0


class Busy(Exception):
    """Too many passwords are being checked; who waits any longer keeps a thread from everybody else."""


def check_new(password: str) -> None:
    """Raises SettingsError if a password is too short or too long."""
    if len(password) < SHORTEST:
        raise SettingsError(f"the password has {len(password)} characters", f"It needs at least {SHORTEST}.")
    if len(password) > LONGEST:
        raise SettingsError(f"the password has {len(password)} characters", f"It may have at most {LONGEST}.")


def hashed(password: str) -> str:
    """The hash of a password, with a salt of its own. Raises SettingsError (see `check_new`)."""
    check_new(password)
    with _AT_ONCE:
        return _hashers().hash(password)


def is_right(password: str, known: str | None) -> bool:
    """Whether a password has this hash; without one it takes as long and is False. Raises Busy."""
    if not _AT_ONCE.acquire(timeout=_WAIT_S):
        raise Busy
    try:
        found = _hashers().verify(password[: LONGEST + 1], known or _nobody())
    except PwdlibError:
        return False
    finally:
        _AT_ONCE.release()
    return found and known is not None


@cache
def _hashers() -> PasswordHash:
    return PasswordHash((Argon2Hasher(time_cost=TIME_COST, memory_cost=MEMORY_KIB),))


@cache
def _nobody() -> str:
    return _hashers().hash("a password that nobody has")
