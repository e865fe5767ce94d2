"""What was typed becomes an intake: tokens, maps, folders and tables."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from lowtide.catalogue import load_files
from lowtide.core import Job
from lowtide.errors import SettingsError
from lowtide.intake.defaults import JOURNAL, LISTEN
from lowtide.intake.folder import FolderWatch, Inbox
from lowtide.intake.http.app import MAX_BODY, Access
from lowtide.intake.http.server import IntakeServer, Options, Watcher
from lowtide.intake.intake import Intake
from lowtide.intake.shelf import MapShelf
from lowtide.intake.tables import TablePolls, load_tables
from lowtide.intake.tokens import Tokens
from lowtide.operation.host import name
from lowtide.operation.proxy import Proxies
from lowtide.operation.serving import address_of
from lowtide.policy import load_policy, places_of
from lowtide.settings import Settings
from lowtide.strict.duration import milliseconds
from lowtide.words import Language


@dataclass(frozen=True)
class IntakeSettings:
    """The options of `lowtide intake`."""

    listen: str = LISTEN
    journal: Path = JOURNAL
    folders: tuple[str, ...] = ()
    """Watched folders, `IN=MAP` or `IN`."""
    databases: Path | None = None
    tokens: Path | None = None
    maps: Path | None = None
    map: str | None = None
    keep: str | None = None
    """How old a file of the journal becomes, such as 30d. None: all are kept."""
    max_body: int = MAX_BODY
    """Bytes."""
    hosts: tuple[str, ...] = ()
    log: bool = False
    behind_proxy: tuple[str, ...] = ()
    """Networks of the proxies that may say who sends."""


def intake_server(
    options: IntakeSettings, settings: Settings, language: Language, ready: Callable[[str], None]
) -> IntakeServer:
    """An intake that is set up and does not run yet. Raises SettingsError, PolicyError or MapError."""
    files = load_files(settings)
    locations, catalogue = files.get("location"), files.get("catalogue")
    policy = load_policy(settings.policy, places_of(locations))
    job = Job.of(policy, catalogue, pipeline=settings.pipeline, time_format=settings.time_format)
    shelf = MapShelf(options.maps, default=options.map, locations=locations, catalogue=catalogue)
    access = Access(
        Tokens(options.tokens), _hosts(options.listen, options.hosts), options.max_body, options.log,
        Proxies.of(options.behind_proxy),
    )  # fmt: skip
    keep_ms = _keep_ms(options.keep)
    watchers = _watchers(options, shelf, language)
    made = Options(options.journal, job, shelf, options.listen, access, watchers, keep_ms)
    return IntakeServer(made, ready)


def _watchers(
    options: IntakeSettings, shelf: MapShelf, language: Language
) -> list[Callable[[Intake], Watcher]]:
    """What makes the watchers of folders and tables. Raises SettingsError or MapError now, not when they begin."""
    makers: list[Callable[[Intake], Watcher]] = []
    if options.folders:
        inboxes = [_inbox(text, shelf) for text in options.folders]
        _check_folders([inbox.folder for inbox in inboxes], options.journal)
        makers.append(lambda intake: FolderWatch(inboxes, intake.snapshots, intake.job, language=language))
    if options.databases is not None:
        tables = [(table, shelf.map(table.map)) for table in load_tables(options.databases)]

        def polls(intake: Intake) -> Watcher:
            job = intake.job
            return TablePolls(
                tables, intake.snapshots, intake.journal, config=job.config, catalogue=job.catalogue
            )

        makers.append(polls)
    return makers


def _inbox(text: str, shelf: MapShelf) -> Inbox:
    folder, equals, name = text.rpartition("=")
    return Inbox(Path(folder), shelf.map(name)) if equals else Inbox(Path(text))


def _check_folders(folders: list[Path], journal: Path) -> None:
    """All files of a watched folder are moved away: so it must be named, once, and hold nothing of intake's own."""
    here, own = Path().resolve(), journal.resolve()
    known: set[Path] = set()
    for folder in folders:
        place = folder.resolve()
        what = ""
        if place in (here, *here.parents):
            what = "is the folder in which intake works, or lies above it"
        elif place == own or own in place.parents:
            what = "is the journal, or lies in it"
        elif place in known:
            what = "is named twice"
        if what:
            hint = "Files of a watched folder are moved away. Give a folder that holds nothing else, as `in/erp=MAP`."
            raise SettingsError(f"`--folder {folder}` {what}", hint)
        known.add(place)


def _hosts(listen: str, names: tuple[str, ...]) -> frozenset[str]:
    host, _ = address_of(listen)
    given = [name(each) for each in names]
    if None in given:
        raise SettingsError("`--host` needs the name of a host", "Give it as `--host intake.example.com`.")
    return frozenset({"localhost", host.lower(), *filter(None, given)})


def _keep_ms(text: str | None) -> int | None:
    if text is None:
        return None
    try:
        return milliseconds(text)
    except ValueError as error:
        raise SettingsError(f"`--keep {text}`: {error}", "Give a duration, as `30d`.") from None
