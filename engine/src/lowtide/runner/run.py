"""One run, from sources to warehouse: what `lowtide run`, the demo and `dataflows/` share."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from lowtide.catalogue import load_files
from lowtide.core import Job
from lowtide.errors import JobError, LowtideError, SettingsError
from lowtide.inputs import load_inputs
from lowtide.operation.log import logger
from lowtide.policy import load_policy, places_of, policy_document
from lowtide.runner import flow
from lowtide.runner.cluster import Cluster
from lowtide.runner.coordinator import Coordinator
from lowtide.runner.logs import (
    await_topic,
    is_numbered,
    is_topic,
    log_name,
    must_not_be_a_trial,
    open_logs,
    total_bytes,
)
from lowtide.runner.maps import Maps
from lowtide.runner.meter import Meter
from lowtide.runner.observer import RunObserver, listen_address, patrol
from lowtide.runner.order import Sorting
from lowtide.runner.plan import Plan, unknown_log
from lowtide.runner.shared_positions import SharedPositions
from lowtide.runner.sink import WarehouseSink
from lowtide.runner.summary import Summary, first_reject, map_changes, order_of, unreadable_files
from lowtide.settings import Settings
from lowtide.state.opening import identity_of, open_state

LINGER_S = 0.1
"""How long rows of a run that follows may wait to become a batch."""


class Run:
    """A run that is set up: sources opened, state checked. Raises a LowtideError here, before the first record.

    `to_end` runs it; `dataflow` gives its dataflow to another driver.
    """

    def __init__(
        self,
        sources: list[str],
        settings: Settings,
        meter: Meter | None = None,
        *,
        follow: bool = False,
        cluster: Cluster | None = None,
    ) -> None:
        self.settings, self.follow, self.cluster = settings, follow, cluster or Cluster()
        _must_suit(settings, self.cluster)
        self.meter = meter or Meter(total_bytes(sources))
        self.files = load_files(settings)
        policy = load_policy(settings.policy, places_of(self.files.get("location")))
        self.learned = load_inputs(settings.inputs) if settings.inputs else None
        self.job = Job.of(
            policy,
            self.files.get("catalogue"),
            pipeline=settings.pipeline,
            partition=log_name(sources),
            time_format=settings.time_format,
            inputs=self.learned,
        )
        must_not_be_a_trial(sources, settings.map)
        self.observer = RunObserver(self.meter, self.job.policy_version)
        if follow and is_topic(*sources):
            self._await_broker(sources[0])
        feeds = open_logs(
            sources,
            settings.block_records,
            max_record_bytes=policy.max_record_bytes,
            encoding=settings.encoding,
            progress=self.meter.read,
            follow=follow,
            group=f"lowtide-{settings.pipeline}",
            order=settings.order,
            sorting=Sorting(
                self.job, Path(settings.state) if settings.state else None, settings.memory_bytes
            ),
            maps=Maps.of(settings, self.files),
            memory_bytes=settings.memory_bytes,
        )
        identity = identity_of(settings, self.job, len(feeds))
        self.state = open_state(settings, identity, is_numbered(*sources))
        identity = self.state.identity if self.state else identity
        if not is_numbered(*sources):  # the log of files keeps the name that it got in the first run
            (feed,) = feeds.values()
            feeds = {identity.source: feed}
        self._coordinator = Coordinator(self._common_folder, self.cluster.process, self.cluster.processes)
        linger = LINGER_S if follow else None
        self.sink = WarehouseSink(
            settings,
            self.job,
            policy_document(policy),
            self.files,
            self.learned,
            self.observer,
            self._coordinator,
            workers=settings.workers * self.cluster.processes,
            linger=linger,
        )
        self.plan = Plan.of(
            self.job, feeds, identity, self.sink, self.observer, self.state, settings, self.cluster, linger
        )
        self.observer.logs = list(self.plan.logs.values())
        self.sink.counts = self.plan.counts
        self._shared = SharedPositions(self.plan.logs.values(), self._common_folder, self.cluster.process)
        self._reads_files = any(feed.fingerprints for feed in feeds.values())
        self._grown = False

    def _await_broker(self, topic: str) -> None:
        """A broker that is away at the start is waited for; meanwhile the endpoint says why the run is not ready."""
        with ExitStack() as stack:

            def serve() -> None:
                listen = listen_address(self.settings.metrics, self.follow)
                stack.enter_context(self.observer.waits_for_broker(listen, self.cluster))

            await_topic(topic, serve)

    @property
    def _common_folder(self) -> Path | None:
        """Where the processes of a cluster leave files for each other; None for a single process."""
        return self.state.path if self.state and self.cluster.processes > 1 else None

    def dataflow(self) -> Any:
        """The dataflow for another driver, such as `bytewax.run`; the run ends with it. Call this in the main thread.

        It opens the warehouse, because an embedded one that a worker thread has opened cannot be closed again.
        """
        self.sink.open()
        return flow.build(self.plan, at_end=self.finish)

    def to_end(self) -> Summary:
        """Runs the flow over this run's worker threads; the summary of this process, in process 0 of all."""
        with self.meter, self._stopped_by_signals(), self._state_held(), self._on_duty():
            try:
                self._prepare_state()
                self.observer.health.reached("state")
                self.sink.open()
                flow.run(
                    self.plan,
                    self.settings.workers,
                    self.cluster.process,
                    list(self.cluster.addresses) or None,
                )
                if self.plan.too_many_rejects():
                    raise JobError(f"more than {self.settings.max_rejects:,} rejects", _SEE_REJECTS)
            except BaseException:
                self.sink.end("failed", self.plan.counts())
                raise
            return self.finish()

    def finish(self) -> Summary:
        """Ends a run whose flow has ended: all is stored when this returns. Returns what `to_end` returns."""
        shared = self._shared.look()
        self.sink.flush()
        for log in self.plan.logs.values():
            self.observer.note_clock(log)
        summary = self._coordinator.add_up(self._summary(shared))
        self.sink.end("failed" if self.plan.too_many_rejects() else summary.status, summary.counts)
        return summary

    def _summary(self, shared: list[dict[str, Any]]) -> Summary:
        return Summary(
            source=self.job.partition_name,
            counts=self.plan.counts() | ({"shared_positions": len(shared)} if shared else {}),
            positions=self.plan.positions(),
            silent=self.plan.silent(),
            entries=self.meter.entries,
            seconds=self.meter.seconds,
            policy_version=self.job.policy_version,
            run_id=self._coordinator.run_id if self.settings.warehouse.reveal() != "none" else None,
            rows=dict(sorted(self.sink.rows.items())),
            shared=shared,
            first_reject=first_reject(self.plan.logs.values()),
            unreadable_files=unreadable_files(self.plan.logs.values()),
            map_changed=map_changes(self.plan.logs.values()),
            order=order_of(self.plan.logs.values()),
            status=self._status(),
        ).compared(self.plan.logs.values(), self.job.catalogue)

    def _status(self) -> str:
        if self._grown:
            return "grown"
        return "stopped" if self.plan.stopping.is_set() else "finished"

    def _state_held(self) -> AbstractContextManager[None]:
        """Process 0 keeps other runs away from the state."""
        return self.state.held() if self.state and self.cluster.process == 0 else nullcontext()

    @contextmanager
    def _on_duty(self) -> Iterator[None]:
        listen = listen_address(self.settings.metrics, self.follow)
        state = self.state.path if self.state else None
        with ExitStack() as stack:
            if listen or not self._reads_files or self.cluster.processes > 1:
                explicit = self.settings.metrics is not None
                stack.enter_context(self.observer.on_duty(listen, self.cluster, state, explicit))
            if self.follow and not self._reads_files:
                first = next(iter(self.plan.logs.values()))
                stack.enter_context(patrol(self._shared, first.feed, self._restart, self._fail))
            yield

    def _restart(self) -> None:
        self._grown = True
        self.plan.stopping.set()

    def _fail(self, error: LowtideError) -> None:
        self.plan.failure = self.plan.failure or error

    def _prepare_state(self) -> None:
        """Process 0 checks and clears the state before the first worker reads it."""
        if self.state is None or self.cluster.process:
            return
        logs = [(log.feed, self.state.beginning(log.name)) for log in self.plan.logs.values()]
        for feed, beginning in logs:
            feed.must_be_same(beginning)
        afresh = all(feed.holds(beginning) for feed, beginning in logs)
        self.state.prepare(_log_rebuilt, drop=(flow.FENCE_STEP,), afresh=afresh)
        self._shared.forget()
        self._coordinator.begin(self.state.path)
        flow.make_store(self.state.epochs.folder)
        unknown = {manifest.log for manifest in self.state.epochs.manifests()} - set(self.plan.logs)
        if unknown:
            raise unknown_log(min(unknown))

    @contextmanager
    def _stopped_by_signals(self) -> Iterator[None]:
        """With a state, the first SIGTERM or SIGINT ends the run well; the second ends the process as usual."""
        if self.state is None or threading.current_thread() is not threading.main_thread():
            yield
            return

        def stop() -> None:
            self.plan.stopping.set()
            self.observer.health.ending()

        with _first_signal(stop):
            yield


@contextmanager
def _first_signal(stop: Callable[[], None]) -> Iterator[None]:
    def handle(number: int, _: object) -> None:
        stop()
        signal.signal(number, before[number])

    before: dict[int, Any] = {
        number: signal.signal(number, handle) for number in (signal.SIGTERM, signal.SIGINT)
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _must_suit(settings: Settings, cluster: Cluster) -> None:
    """Several processes need a warehouse and a state that all of them reach."""
    if cluster.processes == 1:
        return
    if not settings.warehouse.reveal().startswith(("http", "none")):
        raise SettingsError(
            "several processes cannot share an embedded warehouse",
            "Start `lowtide warehouse` and give its address: `--warehouse http://127.0.0.1:8123`.",
        )
    if settings.state is None:
        raise SettingsError(
            "several processes need a state", "Give a folder that all of them reach: `--state`."
        )


def _log_rebuilt(what: str, then: str) -> None:
    logger("state").warning("state_rebuilt", what=what, then=then)


_SEE_REJECTS = "See them with `lowtide rejects ls --counts`, or run without `--max-rejects`."


def run(
    sources: list[str],
    settings: Settings,
    meter: Meter | None = None,
    *,
    follow: bool = False,
    cluster: Cluster | None = None,
) -> Summary:
    """Runs sources to their end, or until they are stopped. Raises JobError when `max_rejects` is exceeded."""
    return Run(sources, settings, meter, follow=follow, cluster=cluster).to_end()
