"""One run, from sources to warehouse: what `lowtide run`, the demo and `dataflows/` share."""

from __future__ import annotations

import signal
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from lowtide import flow
from lowtide.catalogue import load_catalogue
from lowtide.cluster import Cluster
from lowtide.core import Job, Log, shared_positions
from lowtide.deadletter import DeadLetters
from lowtide.errors import JobError, SettingsError
from lowtide.observing import Observer, listen_address, patrol
from lowtide.operation.log import logger
from lowtide.plan import Plan
from lowtide.policy import load_policy, policy_document
from lowtide.progress import Meter
from lowtide.settings import Settings
from lowtide.sources import Block, Feed, is_topic, open_logs, total_bytes
from lowtide.state import FORMAT, Belongs, StateFolder
from lowtide.warehouse import Warehouse, Writer, open_warehouse, retention

KEY_GROUPS = 16
LINGER_S = 0.1
"""How long rows of a run that follows may wait to become a batch."""


@dataclass
class Summary:
    """What a run did: counts by name, positions held, entries written, seconds, rows a table."""

    source: str
    counts: dict[str, int]
    positions: int
    entries: int
    seconds: float
    policy_version: str
    run_id: str | None = None
    rows: dict[str, int] = field(default_factory=dict)
    shared: list[dict[str, Any]] = field(default_factory=list)
    """Positions whose movements were in more than one log, with those logs: their stock is wrong."""
    status: str = "finished"
    """`finished`: the source has ended; `stopped`: somebody asked for it, and the state is kept; `grown`: the topic has more
    partitions than when the run began, and it should be started again."""


class Run:
    """A run that is set up: sources found, state checked. `plan` is what a flow needs, with the run as its sink.

    Raises InputError, SettingsError or JobError here, before the first record. Rows go to the warehouse, if there
    is one, and are counted; `close()` puts the last of them and the run's own row there.
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
        policy = load_policy(settings.policy)
        catalogue = load_catalogue(settings.catalogue) if settings.catalogue else None
        self.settings = settings
        self.cluster = cluster or Cluster()
        self.meter = meter or Meter(total_bytes(sources))
        self.rows: Counter[str] = Counter()
        self.shared: list[dict[str, Any]] = []
        self._ended = self._grown = False
        self.follow = follow
        if self.cluster.processes > 1 and not settings.warehouse.startswith(("http", "none")):
            raise SettingsError(
                "several processes cannot share an embedded warehouse",
                "Start `lowtide warehouse` and give its address: `--warehouse http://127.0.0.1:8123`.",
            )
        if self.cluster.processes > 1 and settings.state is None:
            raise SettingsError(
                "several processes need a state", "Give a folder that all of them reach: `--state`."
            )
        feeds = open_logs(
            sources,
            settings.block_records,
            max_record_bytes=policy.max_record_bytes,
            progress=self.meter.read,
            follow=follow,
            group=f"lowtide-{settings.pipeline}",
        )
        self.job = Job.of(policy, catalogue, pipeline=settings.pipeline, partition=" ".join(feeds))
        self.state = _state_of(settings, feeds, self.job, is_topic(sources)) if settings.state else None
        if self.state and not is_topic(sources):
            feeds = dict(zip([self.state.belongs.source], feeds.values(), strict=True))
        groups = self.state.belongs.key_groups if self.state else _key_groups(settings, feeds)
        logs = [Log(self.job.named(name), self._limited(feed), groups) for name, feed in feeds.items()]
        self.observer = Observer(self.meter, self.job.policy_version)
        self.plan = Plan(
            {log.name: log for log in logs},
            self,
            self.observer,
            state=self.state,
            stride=self.state.belongs.stride if self.state else _stride(feeds),
            checkpoint_every=settings.checkpoint_every,
            linger=LINGER_S if follow else None,
            process=self.cluster.process,
            processes=self.cluster.processes,
        )
        self.observer.logs = logs
        self._marked = any(log.feed.marks for log in logs)
        self._policy_text = policy_document(policy)
        self._warehouse: Warehouse | None = None
        self._writer: Writer | None = None
        self._dead_letters = DeadLetters(settings.dead_letter) if settings.dead_letter else None
        self._opening = threading.Lock()
        self.run_id: str | None = None

    def open(self) -> None:
        """Opens the warehouse, if it is not open yet. Raises WarehouseError."""
        with self._opening:
            if self._writer is not None or self._ended or self.settings.warehouse == "none":
                return
            job = self.job
            self._warehouse = open_warehouse(self.settings.warehouse, create=True)
            if self.settings.keep_days is not None:
                retention.keep(self._warehouse, self.settings.keep_days)
            writer = Writer(
                self._warehouse,
                pipeline=self.settings.pipeline,
                max_age_s=LINGER_S if self.follow else None,
                on_stored=lambda table, rows, seconds: self.observer.metrics.stored(seconds),
            )
            self.run_id = writer.run_started(
                job.partition_name, policy_version=job.policy_version, workers=self.settings.workers
            )
            writer.policy_version(job.policy_version, self._policy_text, self.run_id)
            if job.catalogue is not None:
                writer.catalogue(job.catalogue)
            self._writer = writer
            self.observer.metrics.watch(writer)
            self.observer.health.watch(lambda: "the warehouse" if writer.waiting else None)
            self.observer.health.reached("warehouse")

    def _limited(self, feed: Feed) -> Feed:
        return feed if self.settings.max_rejects is None else _Limited(feed, self._too_many_rejects)

    def _too_many_rejects(self) -> bool:
        most = self.settings.max_rejects
        return most is not None and self.counts()["rejects"] > most

    def counts(self) -> dict[str, int]:
        """What this run counted, without what a restored state had counted before it."""
        total: Counter[str] = Counter()
        for log in self.plan.logs.values():
            total.update(log.partition.counts())
            total.subtract(log.before)
        counts = {name: n for name, n in total.items() if n or not name.startswith("reject.")}
        return counts | ({"shared_positions": len(self.shared)} if self.shared else {})

    def write(self, table: str, batch: pa.RecordBatch) -> None:
        """Takes rows of a table from any worker."""
        self.rows[table] += batch.num_rows
        self.observer.metrics.wrote(table, batch.num_rows)
        if table == "ledger":
            self.meter.wrote(batch.num_rows)
        self.open()
        if self._writer is not None:
            self._writer.write(table, batch)
        if table == "reject" and self._dead_letters is not None:
            self._dead_letters.send(self.settings.pipeline, batch)

    def policy(self, version: str, document: str) -> None:
        """A policy that came in the log is kept with the others."""
        if self._writer is not None and self.run_id is not None:
            self._writer.policy_version(version, document, self.run_id)

    def flush(self) -> None:
        """Returns when all rows that were taken are stored."""
        if self._writer is not None:
            self._writer.flush()
        if self._dead_letters is not None:
            self._dead_letters.flush()

    def close(self) -> None:
        """The flow has come to its end: everything is on disk when this returns."""
        if not self._ended:
            self.shared = shared_positions(self.plan.logs.values())
        self.flush()
        self._end("failed" if self._too_many_rejects() else self._status())

    def _status(self) -> str:
        if self._grown:
            return "grown"
        return "stopped" if self.plan.stopping.is_set() else "finished"

    def _end(self, status: str) -> None:
        if self._ended:
            return
        self._ended = True
        writer, self._writer = self._writer, None
        warehouse, self._warehouse = self._warehouse, None
        if writer is not None and warehouse is not None and self.run_id is not None:
            try:
                writer.run_finished(self.run_id, status, self.counts())
            finally:
                writer.close()
                warehouse.close()

    def to_end(self) -> Summary:
        """Runs the flow over this run's worker threads and says what came of it."""
        with self.meter, self._stopped_by_signals(), self._on_duty():
            try:
                self._prepare_state()
                self.observer.health.reached("state")
                self.open()
                flow.run(
                    self.plan,
                    self.settings.workers,
                    self.cluster.process,
                    list(self.cluster.addresses) or None,
                )
                if self._too_many_rejects():
                    raise JobError(f"more than {self.settings.max_rejects:,} rejects", _SEE_REJECTS)
            except BaseException:
                self._end("failed")
                raise
            self.close()
            seconds = self.meter.seconds
        return Summary(
            source=self.job.partition_name,
            counts=self.counts(),
            positions=sum(len(group) for log in self.plan.logs.values() for group in log.groups.values()),
            entries=self.meter.entries,
            seconds=seconds,
            policy_version=self.job.policy_version,
            run_id=self.run_id,
            rows=dict(sorted(self.rows.items())),
            shared=self.shared,
            status=self._status(),
        )

    @contextmanager
    def _on_duty(self) -> Iterator[None]:
        listen = listen_address(self.settings.metrics, self.follow)
        cluster, state = self.cluster, self.state.path if self.state else None
        with ExitStack() as stack:
            if listen or cluster.processes > 1:
                explicit = self.settings.metrics is not None
                stack.enter_context(self.observer.on_duty(listen, cluster, state, explicit))
            if self.follow and not self._marked:
                logs = list(self.plan.logs.values())
                grown = getattr(logs[0].feed, "grown", lambda: 0)
                stack.enter_context(patrol(lambda: logs, grown, self._restart))
            yield

    def _restart(self) -> None:
        self._grown = True
        self.plan.stopping.set()

    def _prepare_state(self) -> None:
        if self.state is None or self.cluster.process:
            return
        self.state.prepare(_say_rebuilt, drop=(flow.FENCE_STEP,), afresh=not self._marked)
        flow.make_store(self.state.epochs.folder)
        known = {one.log for one in self.state.epochs.manifests()} - set(self.plan.logs)
        if known:
            raise JobError(
                f"the state knows the log `{min(known)}`, and the source has none of that name",
                "Give the same source, or an empty state folder.",
            )

    @contextmanager
    def _stopped_by_signals(self) -> Iterator[None]:
        """With a state, the first SIGTERM or SIGINT ends the run well; the second as usual."""
        if self.state is None or threading.current_thread() is not threading.main_thread():
            yield
            return

        def stop(number: int, _: object) -> None:
            self.plan.stopping.set()
            self.observer.health.ending()
            signal.signal(number, before[number])

        before: dict[int, Any] = {
            number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)
        }
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def _say_rebuilt(what: str, then: str) -> None:
    logger("state").warning("state_rebuilt", what=what, then=then)


class _Limited(Feed):
    """A feed that ends early when there are too many rejects."""

    def __init__(self, feed: Feed, enough: Any) -> None:
        super().__init__(())
        self._feed, self._enough = feed, enough
        self.place, self.marks, self.done = feed.place, feed.marks, feed.done  # type: ignore[method-assign]

    def begin(self, at: int | None = None, wait: bool = True) -> Iterator[Block | None]:
        for block in self._feed.begin(at, wait):
            if self._enough():
                return
            yield block

    @property
    def position(self) -> int:
        return self._feed.position

    @property
    def behind(self) -> int:
        return self._feed.behind


def _key_groups(settings: Settings, feeds: dict[str, Feed]) -> int:
    return settings.key_groups or max(1, KEY_GROUPS // len(feeds))


def _stride(feeds: dict[str, Feed]) -> int:
    return 1 << (len(feeds).bit_length() - 1)


def _state_of(settings: Settings, feeds: dict[str, Feed], job: Job, topic: bool) -> StateFolder:
    """The state folder, made at the first run. Raises SettingsError if it belongs to something else."""
    path = Path(str(settings.state))
    source = next(iter(feeds)).rpartition("/")[0] if topic else next(iter(feeds))
    fresh = Belongs(
        FORMAT, settings.pipeline, source, _key_groups(settings, feeds), _stride(feeds), job.policy_version
    )
    state = StateFolder.open(path, fresh)
    assert state is not None
    was = state.belongs
    if settings.key_groups not in (None, was.key_groups):
        raise SettingsError(
            f"`{path}` was written with {was.key_groups} key groups, not {settings.key_groups}",
            "Leave `key_groups` out, or start with an empty state folder.",
        )
    if was.pipeline != settings.pipeline or (topic and was.source != source):
        raise SettingsError(
            f"`{path}` holds the state of pipeline `{was.pipeline}` over `{was.source}`",
            "Give each pipeline and topic a state folder of its own.",
        )
    return state


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
