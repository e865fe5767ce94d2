"""Users, tokens and sessions, for admins; the audit; and everybody's own sessions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path as File
from typing import Annotated, Any

from fastapi import Path
from pydantic import Field

from lowtide.api.bodies import Body, Cursor, Id, Word
from lowtide.api.depends import Admin, Here, TheGate, Viewer, router
from lowtide.errors import SettingsError
from lowtide.service import Missing, NotAllowed, Role, audit
from lowtide.web import user_file
from lowtide.web.gate import Gate

ROUTER = router("accounts")


class NewToken(Body):
    """A token for a program."""

    name: Word
    role: Word = "viewer"
    """viewer, operator or admin."""
    days: Annotated[int, Field(ge=1, le=3_660)] = 365
    """For how many days it is good."""


class UserChange(Body):
    """What changes of a user. A password is set by its owner, or with `lowtide user passwd`."""

    role: Word | None = None
    person: Word | None = None
    """A key of the people file; empty: nobody."""


@ROUTER.get("/audit")
def audit_rows(
    here: Here, caller: Admin, actor: Word = "", what: Word = "", cursor: Cursor = None
) -> dict[str, Any]:
    """Who signed in, was refused, changed or approved; the newest first."""
    return audit.audit(here, caller, actor, what, cursor).to_dict()


@ROUTER.get("/sessions")
def sessions(gate: TheGate, caller: Viewer) -> dict[str, Any]:
    """The sessions of the caller; for an admin those of everybody."""
    login = "" if caller.role is Role.ADMIN else caller.login
    found = gate.asker.sessions.of(login, gate.asker.now()) if login or caller.role is Role.ADMIN else []
    return {"sessions": [{**one.to_dict(), "is_own": one.name == caller.session} for one in found]}


@ROUTER.post("/sessions/{name}/end")
def end_session(gate: TheGate, caller: Viewer, name: Annotated[Id, Path()]) -> dict[str, Any]:
    """End a session of the caller; an admin may end everybody's."""
    login = "" if caller.role is Role.ADMIN else caller.login
    if not gate.asker.sessions.end(name, login):
        raise Missing(f"there is no session `{name}`", "GET /api/v1/sessions lists them.")
    gate.audit.write(caller.actor, "session.end", name)
    return {"name": name, "ended": True}


@ROUTER.get("/tokens")
def tokens(gate: TheGate, caller: Admin) -> dict[str, Any]:
    """The tokens: name, role and end; never a token."""
    found = gate.asker.users.tokens
    rows = [
        {"name": name, "role": one.role.value, "ends": one.ends.isoformat()} for name, one in found.items()
    ]
    return {"tokens": rows}


@ROUTER.post("/tokens", status_code=201, openapi_extra={"x-secret": True})
def new_token(gate: TheGate, caller: Admin, wanted: NewToken) -> dict[str, Any]:
    """Make a token. It is in this answer and nowhere else, so the same Idempotency-Key does not show it again."""
    role = _role(wanted.role)
    ends = datetime.now(UTC).date() + timedelta(days=wanted.days)
    token = user_file.add_token(_file(gate), wanted.name, role, ends)
    gate.audit.write(
        caller.actor, "token.new", wanted.name, detail={"role": role.value, "ends": ends.isoformat()}
    )
    return {"name": wanted.name, "role": role.value, "ends": ends.isoformat(), "token": token}


@ROUTER.post("/tokens/{name}/end")
def end_token(gate: TheGate, caller: Admin, name: Annotated[Id, Path()]) -> dict[str, Any]:
    """Forget a token: requests with it are refused from now on."""
    if name not in gate.asker.users.tokens:
        raise Missing(f"there is no token `{name}`", "GET /api/v1/tokens lists them.")
    user_file.end_token(_file(gate), name)
    gate.audit.write(caller.actor, "token.end", name)
    return {"name": name, "ended": True}


@ROUTER.get("/users")
def users(gate: TheGate, caller: Admin) -> dict[str, Any]:
    """The users: login, role, person, and how each signs in."""
    rows = [
        {
            "login": login, "role": user.role.value, "person": user.person,
            "by": "password" if user.password else "provider",
        }
        for login, user in gate.asker.users.all.items()
    ]  # fmt: skip
    return {"users": rows}


@ROUTER.post("/users/{login}")
def change_user(
    here: Here, gate: TheGate, caller: Admin, login: Annotated[Id, Path()], wanted: UserChange
) -> dict[str, Any]:
    """Change role or person of a user. Nobody changes the own role."""
    if login not in gate.asker.users.all:
        raise Missing(f"nobody has the login `{login}`", "GET /api/v1/users lists them.")
    if caller.via == "token":  # whoever made it would change the own role or person
        raise NotAllowed("a token does not change users", "Sign in as an admin.")
    if login == caller.login and caller.via == "session":
        raise SettingsError("nobody changes the own role or person", "Ask another admin.")
    if wanted.person and wanted.person not in here.book().people:
        raise SettingsError(
            f"`person`: nobody is `{wanted.person}` in the people file", "GET /api/v1/people lists them."
        )
    role = None if wanted.role is None else _role(wanted.role)
    made = user_file.set_user(_file(gate), login, role=role, person=wanted.person)
    gate.audit.write(
        caller.actor, "user.change", login, detail={"role": made.role.value, "person": made.person}
    )
    return {"login": login, "role": made.role.value, "person": made.person}


@ROUTER.post("/users/{login}/remove")
def remove_user(gate: TheGate, caller: Admin, login: Annotated[Id, Path()]) -> dict[str, Any]:
    """Forget a user, whose sessions end."""
    if login not in gate.asker.users.all:
        raise Missing(f"nobody has the login `{login}`", "GET /api/v1/users lists them.")
    user_file.remove_user(_file(gate), login)
    gate.audit.write(caller.actor, "user.remove", login)
    return {"login": login, "removed": True}


def _role(text: str) -> Role:
    try:
        return Role(text)
    except ValueError:
        raise SettingsError(f"`role`: there is no `{text}`", "Write viewer, operator or admin.") from None


def _file(gate: Gate) -> File:
    path = gate.asker.users.path
    if path is None or not gate.signs_in:
        raise SettingsError(
            "this desk has no users",
            "Make the first with `lowtide user add LOGIN --role admin --users F`; F is its users.yaml.",
        )
    return path
