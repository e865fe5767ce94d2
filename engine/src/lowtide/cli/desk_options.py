"""Options that the commands of the desk have in common."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

PeopleOption = Annotated[
    Path | None,
    typer.Option(
        "--people", metavar="F", envvar="LOWTIDE_PEOPLE", help="Who is told what (YAML, docs/people.md)."
    ),
]
DeskOption = Annotated[
    Path,
    typer.Option(
        "--desk",
        metavar="DIR",
        envvar="LOWTIDE_DESK",
        help="Folder of what the desk works with; made if it is not there.",
    ),
]
ClockOption = Annotated[
    Literal["wall", "log"],
    typer.Option(
        "--clock",
        help="`wall`: the time of this machine; `log`: the time of the pipeline's data, as for the demo.",
    ),
]
UsersFileOption = Annotated[
    Path | None,
    typer.Option(
        "--users",
        metavar="F",
        envvar="LOWTIDE_USERS",
        help="Who may sign in (`lowtide user`); else users.yaml in the folder of the desk, if it is there. Without it only "
        "this machine reaches the page.",
    ),
]
CertificateOption = Annotated[
    Path | None, typer.Option("--tls-cert", metavar="F", help="Certificate in PEM: the page speaks HTTPS.")
]
KeyOption = Annotated[
    Path | None, typer.Option("--tls-key", metavar="F", help="Private key of the certificate, in PEM.")
]
HistoryOption = Annotated[
    list[str] | None,
    typer.Option(
        "--history",
        metavar="SOURCE",
        help="Log that a dry run of a policy replays: files, `journal:DIR` or a topic; may be given several times.",
    ),
]
IntakeOption = Annotated[
    str,
    typer.Option(
        "--intake",
        metavar="WHERE",
        help="Where rows go that an admin adds on the page, and changes of the policy: `http://HOST:PORT` of `lowtide "
        "intake`, or `journal:DIR`.",
    ),
]
IntakeTokenOption = Annotated[
    Path | None,
    typer.Option(
        "--intake-token",
        metavar="F",
        help="File with the token for that intake; it needs `--rules` for changes of the policy.",
    ),
]
FOLDER = Path(".lowtide/desk")
DATABASE = "desk.db"
