"""The process of a desk: it opens what the desk needs, starts it in a thread, serves its page, and ends on a signal.

    main thread     the page (one event loop)
    thread desk     reads, decides, sends (see `desk.desk`)

If the desk ends by itself, because another one took over or a mistake stopped it, the page ends too, with its error.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from typing import Any

from lowtide.desk import review, worth
from lowtide.desk.clock import Clock, LogClock, WallClock, aware
from lowtide.desk.desk import Desk
from lowtide.desk.metrics import DeskMetrics
from lowtide.desk.outflow.ship import REFUSED
from lowtide.desk.proposing.reference import reference
from lowtide.desk.store import Store
from lowtide.errors import LowtideError, SettingsError, StateAccessError
from lowtide.notify import link
from lowtide.operation import Health
from lowtide.operation.log import logger
from lowtide.operation.serving import Server, address_of, listening, shown
from lowtide.page.app import App
from lowtide.page.door import Door
from lowtide.server.app import Site, gate_of, made
from lowtide.server.current_targets import CurrentTargets
from lowtide.server.setup import KEY, InForce, Options, check_access, check_address, people_in_force
from lowtide.service import Context
from lowtide.service.warm import stay_warm
from lowtide.settings import Settings
from lowtide.warehouse import Warehouse, open_warehouse
from lowtide.web.place import Place
from lowtide.web.probe import Probe
from lowtide.web.users import Users

_FINISH_S = 5
"""After a signal, requests have so many seconds to end."""
_LOOK_S = 0.5
_JOIN_S = 30.0
"""After a signal, a message that is on its way has so many seconds to end."""


class DeskServer:
    """One desk with its page. `run` serves until a signal or until the desk ends."""

    def __init__(self, options: Options, settings: Settings, actor: str) -> None:
        self._options, self._settings, self._actor = options, settings, actor
        self._server: Server | None = None
        self._site: Site | None = None
        self._stop = threading.Event()
        self._warm = threading.Thread()

    def run(self, ready: Callable[[str, InForce], None]) -> None:
        """Serve. `ready` gets the address of the page and the people in force.

        Raises SettingsError, PeopleError, WarehouseError, StateInUseError, SupersededError or what stopped the desk.
        """
        with ExitStack() as stack:
            people, desk, store, warehouse = self._open(stack)
            host, port = address_of(self._options.listen)
            made = stack.enter_context(listening(host, port, _in_use))
            address = shown(made, is_tls=self._options.tls is not None)
            desk.public_url = people.book.public_url or address
            metrics = DeskMetrics(store, desk, desk.now)
            desk.on_sent, desk.on_attempt, desk.on_decision = metrics.sent, metrics.tried, _log
            links = App(
                self._door(desk, store), Probe(_health(desk), metrics.text, lambda: _note(store)),
                public_url=people.book.public_url, proxies=self._options.proxies,
            )  # fmt: skip
            self._site = self._made(desk, store, warehouse, links, people.book.public_url or address)
            self._server = Server(
                self._site.asgi, finish_s=_FINISH_S, ready=lambda: ready(address, people), leave=self._ended,
                tls=self._options.tls,
            )  # fmt: skip
            logger("desk").info("desk_started", page=address, people=people.book.version)
            failed = self._serve(desk, made)
        logger("desk").info("desk_ended")
        if failed is not None:
            raise failed

    def once(self, ready: Callable[[InForce], None] = lambda _: None) -> Any:
        """Tell what is due now, and end; returns what was done. `ready` gets the people in force.

        Raises what `run` raises, and StateInUseError if another desk is at work for this warehouse.
        """
        with ExitStack() as stack:
            people, desk, *_ = self._open(stack)
            desk.public_url = people.book.public_url or f"http://{self._options.listen}"
            desk.on_decision = _log
            ready(people)
            return desk.once()

    def leave(self) -> None:
        """End, from another thread."""
        if self._server is not None:
            self._server.leave()

    def _open(self, stack: ExitStack) -> tuple[InForce, Desk, Store, Warehouse]:
        options = self._options
        check_access(options)
        warehouse = open_warehouse(self._settings.warehouse.reveal(), create=True)
        stack.callback(warehouse.close)
        self._share(stack, warehouse)
        people = people_in_force(
            options.people, self._settings, warehouse, self._actor, store=True,
            check=lambda book: check_address(options.listen, options.proxies, book),
        )  # fmt: skip
        reference(self._settings, warehouse)
        store = Store.open(options.database)
        stack.callback(store.close)
        worth.note(store, warehouse)
        keys = link.keys(options.folder / KEY)
        targets = CurrentTargets(people.book, options.files)
        stack.callback(targets.close)
        clock: Clock = LogClock.of(warehouse) if options.clock == "log" else WallClock()
        desk = Desk(
            store, warehouse, people.book, targets, clock, link_keys=keys, take_over=options.take_over
        )
        targets.follow(lambda: desk.book)
        desk.reviews = lambda person, start, end: review.sections(
            warehouse, desk.book, person, aware(start), aware(end)
        )
        return people, desk, store, warehouse

    def _made(self, desk: Desk, store: Store, warehouse: Warehouse, links: App, address: str) -> Site:
        """Pages, API and links as one application."""
        options = self._options
        users = Users(options.users_place, may_come=options.users is None)
        place = Place(desk.book.public_url, options.proxies, options.tls is not None)
        context = Context(
            store, warehouse, lambda: desk.book, desk.now, self._settings, desk.wake, options.history, options.folder,
            options.people, options.clock, time.monotonic, options.intake, options.intake_token,
            lambda: users.second_person, options.inbox, options.put, lambda: desk.warehouse_away, lambda: desk.standby,
        )  # fmt: skip
        gate = gate_of(context, users, place, WallClock().now, self._actor)
        self._warm = threading.Thread(
            target=stay_warm, args=(context, self._stop), name="lowtide-figures", daemon=True
        )
        return made(context, gate, links, lambda: address, WallClock().now)

    def _ended(self) -> None:
        """A signal has come, or somebody said `leave`: the desk stops, and who looks on is let go."""
        self._stop.set()
        if self._site is not None:
            self._site.live.close()

    def _share(self, stack: ExitStack, warehouse: Warehouse) -> None:
        """Serve an embedded store over TCP, if that was asked for."""
        if self._options.warehouse_listen is not None:
            from lowtide.warehouse.http import share

            shared = share(warehouse, self._options.warehouse_listen)
            stack.callback(shared.close)

    def _door(self, desk: Desk, store: Store) -> Door:
        return Door(store, lambda: desk.book, desk.link_keys, desk.now)

    def _serve(self, desk: Desk, made: Any) -> BaseException | None:
        """Serve until the end; returns what stopped the desk, if something did."""
        failed: list[BaseException] = []

        def work() -> None:
            try:
                desk.run(self._stop)
            except BaseException as error:
                failed.append(error)
            self.leave()

        thread = threading.Thread(target=work, name="lowtide-desk", daemon=True)
        thread.start()
        threading.Thread(target=self._watch, args=(desk,), name="lowtide-standby", daemon=True).start()
        self._warm.start()
        assert self._server is not None
        asyncio.run(self._served(made))
        self._stop.set()
        self._warm.join(_FINISH_S)
        thread.join(_JOIN_S)
        return failed[0] if failed else None

    async def _served(self, made: Any) -> None:
        assert self._server is not None and self._site is not None
        async with self._site.live.running():
            await self._server.serve([made])

    def _watch(self, desk: Desk) -> None:
        """Say once when this desk stands by for another one, and when it takes over."""
        holder: str | None = None
        while not self._stop.wait(_LOOK_S):
            before, holder = holder, desk.standby
            if holder is not None and before is None:
                logger("desk").warning("desk_stands_by", holder=holder)
            elif holder is None and before is not None:
                logger("desk").info("desk_took_over", generation=desk.generation)


def _health(desk: Desk) -> Health:
    """The signs of life of a desk: ready once everything was compared, unless it stands by or waits."""
    health = Health(needs=())

    def waits() -> str | None:
        if desk.standby is not None:
            return f"stands by: a desk is at work on {desk.standby}"
        if desk.warehouse_away is not None:
            return f"the warehouse is away: {desk.warehouse_away}"
        if not desk.ready:
            return "the open alerts are being compared"
        return (
            f"the desk is {desk.behind_s:.0f} s behind the warehouse" if desk.behind_s > _BEHIND_S else None
        )

    health.watch(waits)
    return health


_BEHIND_S = 60.0
"""A desk that has not read the new rows for so many seconds is not ready."""


def _note(store: Store) -> str | None:
    """That the warehouse refuses rows, if it does."""
    refused = 0
    with suppress(StateAccessError), store.read() as rows:
        refused = rows.value("SELECT count(*) FROM ship_refused")
    return (
        f"the warehouse refuses rows: {refused}; `lowtide desk dead ls --rows` lists them"
        if refused
        else None
    )


def _log(event: str, facts: dict[str, Any]) -> None:
    """A line for a decision; a warning if a person must look at it."""
    log = logger("desk")
    (log.warning if event == REFUSED else log.info)(event, **facts)


def _in_use(message: str) -> LowtideError:
    return SettingsError(message, "Another desk may be there: use it, or give another `--listen`.")
