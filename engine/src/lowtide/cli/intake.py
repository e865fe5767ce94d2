"""`lowtide intake`: documents of tills, shops, folders and databases into a journal; tokens of their senders."""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from typing import Annotated

import orjson
import typer

from lowtide.cli.help import App
from lowtide.cli.options import (
    CatalogueOption,
    DatabasesOption,
    FolderOption,
    LangOption,
    LocationsOption,
    PolicyOption,
    ProxyOption,
    TokensOption,
    language_of,
)
from lowtide.errors import SettingsError
from lowtide.intake.defaults import JOURNAL, LISTEN, TOKENS
from lowtide.intake.tokens import Token, add_token, read_tokens, remove_token
from lowtide.operation.log import setup
from lowtide.operation.screen import Listing, Screen, echo
from lowtide.settings import load_settings

app = App(invoke_without_command=True, no_args_is_help=False)
token_app = App("Who may send documents.")
app.add_typer(token_app, name="token")

Json = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]


@app.callback()
def intake(
    context: typer.Context,
    listen: Annotated[
        str, typer.Option(metavar="HOST:PORT", help="Where to listen; port 0: a free one.")
    ] = LISTEN,
    journal: Annotated[
        Path, typer.Option(metavar="DIR", help="Folder of the journal; made if it is not there.")
    ] = JOURNAL,
    folder: FolderOption = None,
    databases: DatabasesOption = None,
    tokens: TokensOption = TOKENS,
    maps: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder of your own maps, beside the shipped ones.")
    ] = None,
    map_: Annotated[
        str | None,
        typer.Option(
            "--map",
            metavar="MAP",
            help="Map of documents that name none: a path or a name. Without it they are in our own form.",
        ),
    ] = None,
    policy: PolicyOption = None,
    catalogue: CatalogueOption = None,
    locations: LocationsOption = None,
    keep: Annotated[
        str | None,
        typer.Option(
            metavar="TIME",
            help="Remove files of the journal older than this, such as 30d, once every run has stored them.",
        ),
    ] = None,
    max_body: Annotated[
        int, typer.Option(metavar="MIB", min=1, max=64, help="A body has at most so many MiB.")
    ] = 16,
    host: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME", help="A name by which this intake is reached; may be given several times."
        ),
    ] = None,
    behind_proxy: ProxyOption = None,
    requests: Annotated[
        bool, typer.Option("--log-requests", help="A line on standard error for each request.")
    ] = False,
    log: Annotated[
        str | None, typer.Option(metavar="FORM", help="Log lines as `console`, `json`, or `auto`.")
    ] = None,
    lang: LangOption = None,
) -> None:
    """Take documents over HTTP, from folders and from databases into a journal, which a run reads like a topic.

    A document is in the journal, safe on disk, before its sender gets an answer. It ends with SIGTERM or Ctrl-C.

    Examples:

        lowtide intake

        curl --data-binary @sales.jsonl -H 'Content-Type: application/x-ndjson' http://127.0.0.1:8787/movements

        lowtide intake --folder in/erp=kingdee --maps maps --locations locations.csv

        lowtide run journal:.lowtide/journal --follow --state .lowtide/state
    """
    if context.invoked_subcommand is not None:
        return
    # The server takes half a second to load; `--help` need not wait for it.
    from lowtide.intake.setup import IntakeSettings, intake_server

    settings = load_settings(policy=policy, catalogue=catalogue, locations=locations, log=log, lang=lang)
    setup(settings.log, level=logging.INFO)
    language = language_of(settings.lang)
    options = IntakeSettings(
        listen=listen,
        journal=journal,
        folders=tuple(folder or ()),
        databases=databases,
        tokens=tokens,
        maps=maps,
        map=map_,
        keep=keep,
        max_body=max_body << 20,
        hosts=tuple(host or ()),
        log=requests,
        behind_proxy=tuple(behind_proxy or ()),
    )

    def ready(address: str) -> None:
        echo(language.say("intake.ready", address=address, journal=str(journal)))
        echo(language.say("intake.next", journal=str(journal)))

    intake_server(options, settings, language, ready).run()


@token_app.command("add")
def add(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the sender.")],
    map_: Annotated[
        list[str] | None,
        typer.Option(
            "--map",
            metavar="MAP",
            help="Map that it may use; may be given several times. Without it every map.",
        ),
    ] = None,
    source: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PATTERN",
            help="Pattern of the sources that it may send, such as `shopify*`; may be given several times.",
        ),
    ] = None,
    rate: Annotated[
        float | None, typer.Option(metavar="N", min=0.01, help="Requests a second at most.")
    ] = None,
    rules: Annotated[
        bool, typer.Option("--rules", help="It may send records that change the policy or the inputs.")
    ] = False,
    tokens: TokensOption = TOKENS,
) -> None:
    """Make a token for a sender, and print it once.

    Example:

        lowtide intake token add till-7 --map shopify-orders --source 'shopify*'
    """
    if not name.strip() or len(name) > 64:
        raise SettingsError("a sender needs a name of at most 64 characters", "Give NAME, as `till-7`.")
    token = Token(name, "", tuple(map_ or ()), tuple(source or ()), rate, rules)
    echo(add_token(tokens, token))


@token_app.command("ls")
def ls(tokens: TokensOption = TOKENS, json_: Json = False) -> None:
    """Show the tokens: names and rights, never the tokens themselves.

    Example:

        lowtide intake token ls
    """
    known = read_tokens(tokens)
    if json_:
        for one in known:
            row = {
                "name": one.name, "maps": one.maps, "sources": one.sources, "rate": one.rate, "rules": one.rules,
                "created": one.created,
            }  # fmt: skip
            sys.stdout.buffer.write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))
        return
    table = Listing("name", "maps", "sources", "rate", "rules", "created", box=None, pad_edge=False)
    for one in known:
        rate = "" if one.rate is None else f"{one.rate:g}/s"
        rules = "yes" if one.rules else ""
        table.add_row(one.name, " ".join(one.maps), " ".join(one.sources), rate, rules, one.created)
    Screen(soft_wrap=True).print(table)


@token_app.command("rm")
def rm(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the sender.")],
    tokens: TokensOption = TOKENS,
) -> None:
    """Forget a token: requests with it are refused from now on.

    Example:

        lowtide intake token rm till-7
    """
    remove_token(tokens, name)
