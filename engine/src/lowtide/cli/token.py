"""`lowtide token`: tokens with which programs ask the API of the desk."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Annotated

import typer
from rich.text import Text

from lowtide.cli.help import App
from lowtide.cli.options import LangOption, language_of
from lowtide.cli.user import USERS, Json, UsersOption
from lowtide.errors import SettingsError
from lowtide.operation.screen import Listing, echo, screen
from lowtide.rows import as_json
from lowtide.service import Role

app = App("Tokens with which programs ask the API of the desk.")
NameArgument = Annotated[
    str, typer.Argument(metavar="NAME", help="What the token is for; its acts bear this name.")
]
_MOST_DAYS = 3_660


@app.command("new")
def new(
    name: NameArgument,
    role: Annotated[
        Role, typer.Option("--role", help="What its holder may do; each includes the ones before it.")
    ] = Role.VIEWER,
    days: Annotated[int, typer.Option("--days", metavar="N", help="For how many days it is good.")] = 365,
    users: UsersOption = USERS,
    lang: LangOption = None,
) -> None:
    """Make a token, and print it once: only its hash is kept.

    Examples:

        lowtide token new erp --role operator --days 90

        curl -H "Authorization: Bearer $TOKEN" http://127.0.0.1:8080/api/v1/me
    """
    from lowtide.web import user_file

    if not 1 <= days <= _MOST_DAYS:
        raise SettingsError(
            f"`--days {days}` is not a number from 1 to {_MOST_DAYS}", "Give such as `--days 90`."
        )
    language = language_of(lang)
    ends = datetime.now(UTC).date() + timedelta(days=days)
    echo(user_file.add_token(users, name, role, ends))
    echo(language.say("token.kept", name=name, role=role.value, day=language.day(ends)), err=True)


@app.command("ls")
def ls(users: UsersOption = USERS, json_: Json = False, lang: LangOption = None) -> None:
    """List the tokens: name, role and end; never a token.

    Example:

        lowtide token ls
    """
    from lowtide.web.users import read_users

    language, today = language_of(lang), datetime.now(UTC).date()
    tokens = read_users(users).tokens
    if json_:
        for name, one in tokens.items():
            echo(
                as_json({"name": name, "role": one.role.value, "ends": one.ends, "ended": one.ends <= today})
            )
        return
    table = Listing(box=None, pad_edge=False)
    for head in ("name", "role", "ends"):
        table.add_column(language.say(f"token.{head}"), overflow="fold")
    for name, one in tokens.items():
        table.add_row(
            Text(name), Text(one.role.value), Text(_end(one.ends, today, language.say("token.ended")))
        )
    screen().print(table)


@app.command("end")
def end(name: NameArgument, users: UsersOption = USERS, lang: LangOption = None) -> None:
    """Forget a token: requests with it are refused from now on.

    Example:

        lowtide token end erp
    """
    from lowtide.web import user_file

    user_file.end_token(users, name)
    echo(language_of(lang).say("token.removed", name=name))


def _end(ends: date, today: date, ended: str) -> str:
    return f"{ends.isoformat()} ({ended})" if ends <= today else ends.isoformat()
