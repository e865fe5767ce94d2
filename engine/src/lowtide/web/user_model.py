"""The words of `users.yaml`: logins, tokens, and the provider whose people may sign in.

users:
  wang: {person: wang, role: admin, password: "$argon2id$…"}
  li: {person: li, role: operator, subject: "00u9d"}
tokens:
  erp: {role: viewer, hash: "5e…", ends: 2027-01-01}
oidc: {issuer: https://id.example.com, client_id: lowtide, client_secret_file: secrets/oidc, groups: {stock-admins: admin}}
second_person: true
"""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, field_validator, model_validator

from lowtide.service import Role
from lowtide.strict.fields import Strict

Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._@-]{0,99}$")]
"""A login or the name of a token: letters, digits, dot, underscore, at, hyphen."""
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,99}")


class UserFile(Strict):
    """One login. It has a password or a subject of the provider."""

    role: Role
    person: str | None = None
    """A key of the people file; without it the login reads, and acts only as an admin."""
    password: str | None = None
    """Its argon2id hash; `lowtide user add` writes it."""
    subject: str | None = None
    """The `sub` by which the provider of `oidc` names this person."""

    @field_validator("password")
    @classmethod
    def _is_hash(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith("$argon2id$"):
            raise ValueError("write no password here, only the hash that `lowtide user passwd LOGIN` makes")
        return value

    @model_validator(mode="after")
    def _has_a_way_in(self) -> UserFile:
        if self.password is None and self.subject is None:
            raise ValueError("give it a `password` with `lowtide user passwd LOGIN`, or a `subject`")
        return self


class TokenFile(Strict):
    """One token of a program."""

    role: Role
    hash: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    """SHA-256 of the token, in hexadecimal digits."""
    ends: date
    """The first day (UTC) on which it is refused."""


class OidcFile(Strict):
    """The provider whose people may sign in."""

    issuer: str
    client_id: str
    client_secret_file: str
    """Path of a file, from the folder of users.yaml; the secret itself stands nowhere here."""
    groups: dict[str, Role] = Field(default_factory=dict)
    """The role of who is in a group of the provider and is not named under `users`; the highest counts."""
    groups_claim: str = "groups"
    scopes: str = "openid profile email"
    allow: list[str] = Field(default_factory=list)
    """Networks inside the company in which the provider may stand, such as 10.2.0.0/16."""

    @field_validator("issuer")
    @classmethod
    def _is_address(cls, value: str) -> str:
        if not re.fullmatch(r"https?://[!-~]+", value):
            raise ValueError("write it as https://id.example.com, exactly as the provider names itself")
        return value


class UsersFile(Strict):
    """The whole file."""

    users: dict[Name, UserFile] = Field(default_factory=dict)
    tokens: dict[Name, TokenFile] = Field(default_factory=dict)
    oidc: OidcFile | None = None
    second_person: Literal["true", "false"] = "true"
    """Whether a second person must approve a change of rules."""
