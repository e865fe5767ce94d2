"""The process: it opens the journal, listens, starts what watches folders and tables, and ends on a signal."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from lowtide.core import Job
from lowtide.errors import LowtideError, SettingsError
from lowtide.intake.folder import FolderWatch
from lowtide.intake.http.app import Access, App
from lowtide.intake.intake import Intake
from lowtide.intake.journal import Journal
from lowtide.intake.keeping import Keeping
from lowtide.intake.shelf import MapShelf
from lowtide.intake.tables import TablePolls
from lowtide.operation.log import logger
from lowtide.operation.serving import Server, address_of, is_loopback, listening, shown


class Watcher(Protocol):
    """Something beside HTTP that brings documents: a folder, the tables of a database. It has one thread."""

    def start(self, journal: Journal, stop: threading.Event) -> None:
        """Begin; end soon after `stop` is set."""

    def join(self) -> None:
        """Return when it has ended."""


@dataclass(frozen=True)
class Options:
    """What one intake does. `listen` is HOST:PORT; port 0 is any free one."""

    journal: Path
    job: Job
    shelf: MapShelf
    listen: str = "127.0.0.1:8787"
    access: Access = field(default_factory=Access)
    watchers: Sequence[Callable[[Intake], Watcher]] = ()
    """What makes the watchers of folders and tables, once the journal is open."""
    keep_ms: int | None = None
    """Files of the journal older than this are removed when every run has read them. None: never."""
    finish_s: int = 10
    """After a signal, requests have so many seconds to end."""


class IntakeServer:
    """One intake. `run` serves until a signal or `leave`."""

    def __init__(self, options: Options, ready: Callable[[str], None]) -> None:
        self._options = options
        self._ready = ready
        self._server: Server | None = None

    def run(self) -> None:
        """Serve until a signal comes. Raises SettingsError, JournalInUseError, InputError or JournalWriteError."""
        options = self._options
        host, port = address_of(options.listen)
        _check_access(host, options.access)
        stop = threading.Event()
        with ExitStack() as stack:
            made = stack.enter_context(listening(host, port, _in_use))
            journal = stack.enter_context(Journal.open(options.journal))
            intake = Intake(journal, options.shelf, options.job)
            app = App(intake, options.access)
            stack.callback(app.close)
            watchers = [make(intake) for make in options.watchers]
            if options.keep_ms is not None:
                watchers.append(Keeping(options.keep_ms))
            for watcher in watchers:
                if isinstance(watcher, TablePolls):
                    app.metrics.registry.register(watcher)
                if isinstance(watcher, TablePolls | FolderWatch):
                    watcher.count = app.metrics.count
                watcher.start(journal, stop)
                stack.callback(watcher.join)
            stack.callback(stop.set)

            def leave() -> None:
                app.leaving = True
                stop.set()

            self._server = Server(
                app, finish_s=options.finish_s, ready=lambda: self._ready(shown(made)), leave=leave
            )
            asyncio.run(self._server.serve([made]))
        logger("intake").info("intake_ended", next=journal.next)

    def leave(self) -> None:
        """End, from another thread."""
        if self._server is not None:
            self._server.leave()


def _check_access(host: str, access: Access) -> None:
    """Raises SettingsError if other machines can send and nobody needs a token."""
    if access.tokens.any or (is_loopback(host) and not access.proxies):
        return
    how = "through the proxy" if access.proxies else f"on `{host}`"
    raise SettingsError(
        f"other machines can reach intake {how}, and there is no token",
        "Make one with `lowtide intake token add NAME`, or listen on `127.0.0.1` without a proxy.",
    )


def _in_use(message: str) -> LowtideError:
    return SettingsError(
        message, "Another `lowtide intake` may be there: use it, or give another `--listen`."
    )
