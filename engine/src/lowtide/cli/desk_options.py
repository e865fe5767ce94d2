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
FOLDER = Path(".lowtide/desk")
DATABASE = "desk.db"
