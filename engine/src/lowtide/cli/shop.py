"""`lowtide shop DIR`: files in, alerts, messages and the page, in one process over one embedded store."""

from __future__ import annotations

import getpass
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from lowtide.cli.desk import tls_of
from lowtide.cli.desk_options import CertificateOption, KeyOption
from lowtide.cli.options import LangOption, ProxyOption, language_of
from lowtide.errors import SettingsError
from lowtide.operation.log import setup
from lowtide.operation.proxy import Proxies
from lowtide.operation.screen import echo
from lowtide.settings import Settings, load_settings
from lowtide.strict.duration import milliseconds

if TYPE_CHECKING:
    from lowtide.server.setup import InForce
    from lowtide.shop.places import Places
    from lowtide.words import Language


def shop(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="Folder of the shop; made if it is not there.")
    ],
    listen: Annotated[
        str,
        typer.Option(
            metavar="HOST:PORT",
            help="Where the page is; port 0: a free one. Not loopback: needs `users.yaml` or `--users`.",
        ),
    ] = "127.0.0.1:8080",
    users: Annotated[
        Path | None,
        typer.Option(metavar="F", help="Who may sign in (YAML); without it DIR/users.yaml, if it is there."),
    ] = None,
    behind_proxy: ProxyOption = None,
    tls_cert: CertificateOption = None,
    tls_key: KeyOption = None,
    zone: Annotated[
        str | None,
        typer.Option(
            metavar="ZONE",
            help="Time zone of the shop, for the files that the first start makes; without it that of this machine.",
        ),
    ] = None,
    clock: Annotated[
        Literal["wall", "log"],
        typer.Option(
            help="`wall`: the time of this machine; `log`: the time of the data, for files of the past."
        ),
    ] = "wall",
    behind: Annotated[
        str,
        typer.Option(
            metavar="TIME",
            help="How far the clock stays behind the wall's while no file comes, so that yesterday's sales are not late.",
        ),
    ] = "26h",
    keep: Annotated[
        str | None,
        typer.Option(
            metavar="TIME",
            help="Remove files of the journal older than this, such as 30d, once every run has stored them.",
        ),
    ] = None,
    metrics: Annotated[
        str,
        typer.Option(
            metavar="HOST:PORT",
            help="Serve /metrics of the run there, HOST:PORT; without it, nowhere. The desk has its own on the page's "
            "address.",
        ),
    ] = "off",
    log: Annotated[
        str | None, typer.Option(metavar="FORM", help="Log lines as `console`, `json`, or `auto`.")
    ] = None,
    lang: LangOption = None,
) -> None:
    """Run a small shop in one process: files from a folder, alerts, messages and the page, with no server.

    DIR holds the files of the shop: `in/MAP/` for each map of `maps/`, `policy.yaml`, `people.yaml`, and `items.csv`,
    `locations.csv`, `suppliers.csv`, `lanes.csv` as far as there are such files. The first start makes what is missing.
    Files that are put into DIR become alerts within seconds. It ends with SIGTERM or Ctrl-C, and goes on where it was.

    Examples:

        lowtide shop myshop

        lowtide shop myshop --lang zh --zone Asia/Shanghai

        lowtide shop myshop --listen 0.0.0.0:8080 --users users.yaml --behind-proxy 127.0.0.1
    """
    # The server takes half a second to load; `--help` need not wait for it.
    from lowtide.shop.first import make
    from lowtide.shop.places import SETTINGS, Places
    from lowtide.shop.shop import Shop, ShopOptions, desk_options

    places = Places(folder)
    file = folder / SETTINGS
    tell = language_of(load_settings(file=file, lang=lang).lang)
    made = make(places, _zone(zone), tell)
    settings = _settings(places, file, metrics, log, lang)
    setup(settings.log, level=logging.INFO)
    options = ShopOptions(
        listen, clock, _ms("--behind", behind), None if keep is None else _ms("--keep", keep)
    )
    desk = desk_options(places, options, users, Proxies.of(behind_proxy or ()), tls_of(tls_cert, tls_key))
    _say_what_is_there(places, made, tell)

    def ready(address: str, in_force: InForce) -> None:
        contacts = any(person.contacts for person in in_force.book.people.values())
        echo(tell.say("shop.ready" if contacts else "shop.ready_alone", address=address))

    Shop(places, options, desk, settings, getpass.getuser(), tell).run(ready)
    echo(tell.say("shop.ended"))


def _settings(places: Places, file: Path, metrics: str, log: str | None, lang: str | None) -> Settings:
    """The settings of the shop: its own `lowtide.yaml`, and the files that were found. Raises SettingsError."""
    found = {setting: str(path) for setting, path in places.tables().items() if path is not None}
    policy = places.named("policy.yaml")
    return load_settings(
        file=file, policy=None if policy is None else str(policy), warehouse=str(places.warehouse),
        state=str(places.state), maps=str(places.maps), metrics=metrics, log=log, lang=lang, **found,
    )  # fmt: skip


def _say_what_is_there(places: Places, made: list[Path], tell: Language) -> None:
    """What was made, what was found, what is not known without a file, and where files belong."""
    from lowtide.map import map_files, map_name
    from lowtide.shop.first import CONFIRMED

    if made:
        echo(tell.say("shop.made", paths=" ".join(map(str, made))))
    tables = places.tables()
    if found := [str(path) for path in tables.values() if path is not None]:
        echo(tell.say("shop.found", files=" ".join(found)))
    for setting in ("catalogue", "suppliers"):
        if tables[setting] is None:
            echo(tell.say(f"shop.missing.{setting}", folder=places.folder))
    names = [map_name(path) for path in map_files(places.maps)]
    if set(names) - {CONFIRMED}:
        echo(tell.say("shop.inboxes", folders=" ".join(str(places.inbox / name) for name in names)))
    else:
        echo(tell.say("shop.no_map", maps=places.maps, inbox=places.inbox))


def _zone(zone: str | None) -> str | None:
    from lowtide.map.value import time_zone

    if zone is not None:
        try:
            time_zone(zone)
        except ValueError as error:
            raise SettingsError(f"not a time zone: `{zone}`", f"{str(error).capitalize()}.") from None
    return zone


def _ms(option: str, text: str) -> int:
    try:
        return milliseconds(text)
    except ValueError as error:
        raise SettingsError(f"`{option} {text}`: {error}", "Give a duration, as `26h` or `30d`.") from None
