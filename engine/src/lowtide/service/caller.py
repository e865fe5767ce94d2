"""Who asks: a person at this machine, a user who signed in, or a program with a token; and what the role may do.

>>> Role.ADMIN.includes(Role.OPERATOR), Role.VIEWER.includes(Role.OPERATOR)
(True, False)
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal


class Role(StrEnum):
    """One a user. Each includes the ones before it."""

    VIEWER = "viewer"
    """Reads."""
    OPERATOR = "operator"
    """Also acts on alerts of own teams, approves up to the own limit, runs dry runs, proposes changes of rules."""
    ADMIN = "admin"
    """Also people, targets, tokens, uploads, and approves changes of rules, never the own ones."""

    def includes(self, other: Role) -> bool:
        """Whether who has this role may do what `other` may do."""
        order = list(Role)
        return order.index(self) >= order.index(other)


@dataclass(frozen=True)
class Caller:
    """Who asks."""

    login: str
    """Name of the user, of the token, or of the account of this machine."""
    role: Role
    person: str | None = None
    """Key of the person in the people file; None: the login is nobody's there, or it is a token."""
    via: Literal["local", "session", "token"] = "local"
    """`local`: nobody has to sign in, because only this machine reaches the desk."""
    session: str = ""
    """Name of the session for limits; never the secret."""

    @property
    def actor(self) -> str:
        """The name under which it is recorded: the person's key, else the login; of a token `token:NAME`."""
        return f"token:{self.login}" if self.via == "token" else self.person or self.login
