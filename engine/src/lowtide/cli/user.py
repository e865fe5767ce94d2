"""`lowtide user`: who may sign in to the desk, as which person, with which role."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from lowtide.cli.help import App
from lowtide.cli.options import LangOption, language_of
from lowtide.errors import SettingsError
from lowtide.operation.screen import Listing, echo, screen
from lowtide.rows import as_json
from lowtide.service import Role

app = App("Who may sign in to the desk.")
USERS = Path(".lowtide/desk/users.yaml")

UsersOption = Annotated[
    Path,
    typer.Option(
        "--users", metavar="F", envvar="LOWTIDE_USERS", help="File of users; made if it is not there."
    ),
]
LoginArgument = Annotated[str, typer.Argument(metavar="LOGIN", help="Name with which the user signs in.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]


@app.command("add")
def add(
    login: LoginArgument,
    role: Annotated[
        Role | None,
        typer.Option(
            "--role", help="What the user may do; each includes the ones before it. Needed for a new user."
        ),
    ] = None,
    person: Annotated[
        str | None, typer.Option("--person", metavar="KEY", help="Who that is in the people file.")
    ] = None,
    subject: Annotated[
        str | None,
        typer.Option("--subject", metavar="SUB", help="The `sub` of the provider, in place of a password."),
    ] = None,
    users: UsersOption = USERS,
    lang: LangOption = None,
) -> None:
    """Make a user, or change role and person of one. The password is asked for, or read from standard input.

    A desk that runs reads the file again by itself.

    Examples:

        lowtide user add wang --role admin --person wang

        echo "$PASSWORD" | lowtide user add li --role operator --person li

        lowtide user add zhao --role viewer --subject 00u9d
    """
    from lowtide.web import user_file
    from lowtide.web.users import read_users

    language = language_of(lang)
    known = read_users(users).users if users.exists() else {}
    needs = subject is None and (
        login not in known or (known[login].password is None and known[login].subject is None)
    )
    password = _password(language.say("user.ask"), language.say("user.ask_again")) if needs else None
    made = user_file.set_user(users, login, role=role, person=person, password=password, subject=subject)
    who = language.say("user.is_person", person=made.person) if made.person else language.say("user.nobody")
    echo(language.say("user.kept", login=login, role=made.role.value, who=who, file=users))


@app.command("passwd")
def passwd(login: LoginArgument, users: UsersOption = USERS, lang: LangOption = None) -> None:
    """Give a user another password. All sessions of the user end.

    Example:

        lowtide user passwd wang
    """
    from lowtide.web import user_file

    language = language_of(lang)
    user_file.set_user(
        users, login, password=_password(language.say("user.ask"), language.say("user.ask_again"))
    )
    echo(language.say("user.changed", login=login))


@app.command("ls")
def ls(users: UsersOption = USERS, json_: Json = False, lang: LangOption = None) -> None:
    """List the users: login, role, person, and how each signs in; never a password.

    Example:

        lowtide user ls
    """
    from lowtide.web.users import read_users

    language = language_of(lang)
    rows = [
        {
            "login": login, "role": user.role.value, "person": user.person or "",
            "by": "password" if user.password else "provider",
        }
        for login, user in read_users(users).users.items()
    ]  # fmt: skip
    if json_:
        for row in rows:
            print(as_json(row))
        return
    table = Listing(box=None, pad_edge=False)
    for head in ("login", "role", "person", "by"):
        table.add_column(language.say(f"user.{head}"), overflow="fold")
    for row in rows:
        table.add_row(
            *(
                Text(language.word("user.by", text)) if head == "by" else Text(text)
                for head, text in row.items()
            )
        )
    screen().print(table)


@app.command("rm")
def rm(login: LoginArgument, users: UsersOption = USERS, lang: LangOption = None) -> None:
    """Forget a user: with the next request all sessions of the user end.

    Example:

        lowtide user rm li
    """
    from lowtide.web import user_file

    user_file.remove_user(users, login)
    echo(language_of(lang).say("user.removed", login=login))


def _password(ask: str, again: str) -> str:
    """A password: from a terminal twice and unseen, else the first line of standard input. Raises SettingsError."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    first = str(typer.prompt(ask, hide_input=True))
    if first != str(typer.prompt(again, hide_input=True)):
        raise SettingsError("the password was typed in two ways", "Type the same one twice.")
    return first
