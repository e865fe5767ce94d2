"""`lowtide desk`: the one process that tells people about alerts and takes their answers."""

from __future__ import annotations

import getpass
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lowtide.cli.desk_messages import dead_app, explain, test
from lowtide.cli.desk_options import (
    FOLDER,
    CertificateOption,
    ClockOption,
    DeskOption,
    HistoryOption,
    IntakeOption,
    IntakeTokenOption,
    KeyOption,
    PeopleOption,
    UsersFileOption,
)
from lowtide.cli.desk_upkeep import rebuild, review
from lowtide.cli.help import App
from lowtide.cli.options import (
    LanesOption,
    LangOption,
    LocationsOption,
    ProxyOption,
    SuppliersOption,
    WarehouseOption,
    language_of,
)
from lowtide.errors import SettingsError
from lowtide.operation.log import setup
from lowtide.operation.proxy import Proxies
from lowtide.operation.screen import echo
from lowtide.settings import load_settings
from lowtide.words import Language

if TYPE_CHECKING:
    from lowtide.server.setup import InForce

app = App(invoke_without_command=True, no_args_is_help=False)
app.command("explain")(explain)
app.add_typer(dead_app, name="dead")
app.command("rebuild")(rebuild)
app.command("test")(test)
app.command("review")(review)
_LISTEN = "127.0.0.1:8080"


@app.callback()
def desk(
    context: typer.Context,
    people: PeopleOption = None,
    users: UsersFileOption = None,
    locations: LocationsOption = None,
    suppliers: SuppliersOption = None,
    lanes: LanesOption = None,
    history: HistoryOption = None,
    intake: IntakeOption = "",
    intake_token: IntakeTokenOption = None,
    listen: Annotated[
        str,
        typer.Option(
            metavar="HOST:PORT",
            help="Where the page, /healthz, /readyz and /metrics are; port 0: a free one. Not loopback: needs `public_url` "
            "in the people file, users, and TLS or a proxy.",
        ),
    ] = _LISTEN,
    behind_proxy: ProxyOption = None,
    tls_cert: CertificateOption = None,
    tls_key: KeyOption = None,
    clock: ClockOption = "wall",
    folder: DeskOption = FOLDER,
    warehouse: WarehouseOption = "embedded:",
    warehouse_listen: Annotated[
        str | None,
        typer.Option(metavar="HOST:PORT", help="Serve the embedded store over HTTP too, HOST:PORT."),
    ] = None,
    take_over: Annotated[
        bool,
        typer.Option("--take-over", help="End the desk that is at work, and take its place at once."),
    ] = False,
    once: Annotated[bool, typer.Option("--once", help="Tell what is due now, then end.")] = False,
    log: Annotated[
        str | None, typer.Option(metavar="FORM", help="Log lines as `console`, `json`, or `auto`.")
    ] = None,
    lang: LangOption = None,
) -> None:
    """Tell each alert to the one person who is accountable, once, and take the answer.

    It follows the ledger of a warehouse, decides by the people file who hears what and when, sends, and serves the page on
    which people answer. Start it beside a run, over the same warehouse. Killed at any moment, it goes on where it was.
    It ends with SIGTERM or Ctrl-C.

    Examples:

        lowtide desk --people people.yaml

        lowtide desk --people people.yaml --users users.yaml --listen 0.0.0.0:8443 --tls-cert cert.pem --tls-key key.pem

        lowtide desk --people people.yaml --clock log --once
    """
    if context.invoked_subcommand is not None:
        return
    # The server takes half a second to load; `--help` need not wait for it.
    from lowtide.server.server import DeskServer
    from lowtide.server.setup import Options

    settings = load_settings(
        locations=locations, suppliers=suppliers, lanes=lanes, warehouse=warehouse, log=log, lang=lang
    )
    setup(settings.log, level=logging.INFO)
    language = language_of(settings.lang)
    options = Options(
        people, listen, clock, folder, warehouse_listen, take_over, Proxies.of(behind_proxy or ()), users=users,
        tls=tls_of(tls_cert, tls_key), history=tuple(history or ()), intake=intake, intake_token=intake_token,
    )  # fmt: skip
    server = DeskServer(options, settings, getpass.getuser())

    def ready(address: str, in_force: InForce) -> None:
        _echo(_welcome(address, in_force, people, language))

    if once:
        done = server.once(lambda in_force: _echo(_differs(in_force, people, language)))
        said = {name: language.count(getattr(done, name), "message") for name in ("sent", "dead")}
        quiet = language.count(done.quiet, "alert")
        echo(language.say("desk.once", told=said["sent"], dead=said["dead"], quiet=quiet))
        if done.waiting:
            echo(language.say("desk.once_waits", messages=language.count(done.waiting, "message")))
        return
    server.run(ready)


def tls_of(cert: Path | None, key: Path | None) -> tuple[Path, Path] | None:
    """Certificate and key. Raises SettingsError if one of them is missing."""
    if cert is None and key is None:
        return None
    if cert is None or key is None:
        raise SettingsError(
            "a certificate and its key belong together", "Give both `--tls-cert F` and `--tls-key F`."
        )
    for file in (cert, key):
        if not file.is_file():
            raise SettingsError(f"there is no file `{file}`", "Give the PEM files of certificate and key.")
    return cert, key


def _echo(lines: list[str]) -> None:
    for line in lines:
        echo(line)


def _differs(in_force: InForce, file: Path | None, tell: Language) -> list[str]:
    """That another version than the file's is in force, if it is so."""
    if not in_force.differs:
        return []
    return [tell.say("desk.differs", file=str(file), here=in_force.differs, there=in_force.book.version)]


def _welcome(address: str, in_force: InForce, file: Path | None, tell: Language) -> list[str]:
    book, said = in_force.book, _differs(in_force, file, tell)
    people = tell.count(len(book.people), "person")
    targets = sorted({contact for person in book.people.values() for contact in person.contacts})
    key = "desk.ready" if targets else "desk.ready_alone"
    said.append(
        tell.say(key, people=people, address=address, **({"targets": ", ".join(targets)} if targets else {}))
    )
    return said
