"""The process of a shop: files, run and desk over one embedded store, and one end for all three.

    start   store ─▶ journal ─▶ run is set up ─▶ desk answers ─▶ files are taken ─▶ run
    end     first signal: the run saves its state ─▶ files are taken no more ─▶ the desk ends ─▶ the store is closed

Whichever ends by itself ends the others, and its error is the error of the process: a supervisor starts it again, and it
goes on where it was. Killed at any moment it does the same: the journal is synced before a file is moved away, the run
goes on from its checkpoint, the desk from desk.db.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from queue import Queue

from lowtide.intake.journal import Journal
from lowtide.intake.shelf import MapShelf
from lowtide.operation.log import logger
from lowtide.operation.proxy import Proxies
from lowtide.runner.logs import JOURNAL
from lowtide.runner.meter import Meter
from lowtide.runner.run import Run
from lowtide.server.server import DeskServer
from lowtide.server.setup import Clock, InForce
from lowtide.server.setup import Options as DeskOptions
from lowtide.settings import Settings
from lowtide.shop.places import PEOPLE, USERS, Places
from lowtide.shop.quiet import BEHIND_MS
from lowtide.shop.taking import Taking
from lowtide.warehouse import Warehouse, open_warehouse
from lowtide.warehouse.desk_record import newest_movement
from lowtide.words import Language


@dataclass(frozen=True)
class ShopOptions:
    """How a shop works, beside what its files say."""

    listen: str
    clock: Clock = "wall"
    behind_ms: int = BEHIND_MS
    """How far the clock stays behind the wall's while nothing comes."""
    keep_ms: int | None = None
    """Files of the journal older than this are removed when the run has stored them. None: never."""


Ready = Callable[[str, InForce], None]


class Shop:
    """One shop. `run` works until a signal comes, or until one of its parts ends."""

    def __init__(
        self,
        places: Places,
        options: ShopOptions,
        desk: DeskOptions,
        settings: Settings,
        actor: str,
        tell: Language,
    ) -> None:
        self._places, self._options, self._settings, self._tell = places, options, settings, tell
        self._desk, self._actor = desk, actor

    def run(self, ready: Ready) -> None:
        """Work. `ready` gets the address of the page and the people in force. Call this in the main thread.

        Raises what stopped a part: SettingsError, PolicyError, PeopleError, JournalInUseError, JobError and others.
        """
        with ExitStack() as stack:
            # The main thread has the store open longer than all others: a thread could not close it.
            warehouse = stack.enter_context(open_warehouse(self._settings.warehouse.reveal(), create=True))
            journal = stack.enter_context(Journal.open(self._places.journal))
            run = Run([f"{JOURNAL}{self._places.journal}"], self._settings, Meter(None), follow=True)
            taking = self._taking(stack, warehouse, journal, run)
            desk = DeskBeside(replace(self._desk, put=taking.put), self._settings, self._actor)
            desk.start(ready, run.plan.stopping.set)
            stack.callback(desk.close)
            taking.start()
            stack.callback(taking.close)
            logger("shop").info("shop_started", folder=str(self._places.folder))
            run.to_end()
        logger("shop").info("shop_ended")
        if desk.failure is not None:
            raise desk.failure

    def _taking(self, stack: ExitStack, warehouse: Warehouse, journal: Journal, run: Run) -> Taking:
        """What takes files: it checks them by the policy of the run, and reads maps with its tables."""
        newest = None
        if self._options.clock == "wall":
            newest = partial(
                newest_movement, stack.enter_context(warehouse.reader()), self._settings.pipeline
            )
        tables = {"locations": run.files.get("location"), "catalogue": run.files.get("catalogue")}
        return Taking(
            self._places, journal, run.job, MapShelf(self._places.maps, **tables), self._tell,
            newest=newest, behind_ms=self._options.behind_ms, keep_ms=self._options.keep_ms,
        )  # fmt: skip


class DeskBeside:
    """A desk with its page in a thread, beside what the main thread does."""

    def __init__(self, options: DeskOptions, settings: Settings, actor: str) -> None:
        self._server = DeskServer(options, settings, actor)
        self._thread: threading.Thread | None = None
        self._closing = False
        self.failure: BaseException | None = None
        """What stopped the desk by itself."""

    def start(self, ready: Ready, ended: Callable[[], None]) -> None:
        """Begin; returns when the page answers. `ended` is called if the desk ends by itself later.

        Raises what `DeskServer.run` raises before the page answers.
        """
        begun: Queue[BaseException | None] = Queue()

        def answers(address: str, in_force: InForce) -> None:
            ready(address, in_force)
            begun.put(None)

        def work() -> None:
            try:
                self._server.run(answers)
            except BaseException as error:
                self.failure = error
            begun.put(self.failure)
            if not self._closing:
                ended()

        self._thread = threading.Thread(target=work, name="lowtide-desk-server")
        self._thread.start()
        failure = begun.get()
        if failure is not None:
            self._thread.join()
            self.failure = None
            raise failure

    def close(self) -> None:
        """End, and wait for the end: what is on its way to a target is sent."""
        self._closing = True
        if self._thread is not None:
            self._server.leave()
            self._thread.join()


def desk_options(
    places: Places, options: ShopOptions, users: Path | None, proxies: Proxies, tls: tuple[Path, Path] | None
) -> DeskOptions:
    """The desk of a shop: its people, users and folder; what an admin adds goes into `in`, dry runs read the journal."""
    return DeskOptions(
        places.named(PEOPLE), options.listen, options.clock, places.desk, proxies=proxies, tls=tls,
        users=users or places.named(USERS), users_usual=places.folder / USERS,
        history=(f"{JOURNAL}{places.journal}",), inbox=places.inbox,
    )  # fmt: skip
