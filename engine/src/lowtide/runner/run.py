"""One run, from sources to warehouse: what `lowtide run`, the demo and `dataflows/` share."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from lowtide.catalogue import load_catalogue
from lowtide.core import Job, Log
from lowtide.errors import JobError, SettingsError
from lowtide.operation.log import logger
from lowtide.policy import load_policy, policy_document
from lowtide.runner import flow
from lowtide.runner.cluster import Cluster
from lowtide.runner.coordinator import Roll
from lowtide.runner.logs import is_topic, log_name, open_logs, total_bytes
from lowtide.runner.meter import Meter
from lowtide.runner.observer import Observer, listen_address, patrol
from lowtide.runner.plan import Plan
from lowtide.runner.shared_positions import Shared
from lowtide.runner.sink import Destination
from lowtide.runner.summary import Summary
from lowtide.settings import Settings
from lowtide.state.opening import key_groups_of, state_of, stride_of

LINGER_S = 0.1
"""How long rows of a run that follows may wait to become a batch."""


class Run:
    """A run that is set up: sources found, state checked. `plan` is what a flow needs.

    Raises InputError, SettingsError or JobError here, before the first record.
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
        self.shared: list[dict[str, Any]] = []
        self._grown = False
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
        self.job = Job.of(policy, catalogue, pipeline=settings.pipeline, partition=log_name(sources))
        self.state = state_of(settings, feeds, self.job, is_topic(*sources)) if settings.state else None
        if self.state and not is_topic(*sources):
            feeds = dict(zip([self.state.belongs.source], feeds.values(), strict=True))
        groups = self.state.belongs.key_groups if self.state else key_groups_of(settings, feeds)
        logs = [Log(self.job.named(name), feed, groups) for name, feed in feeds.items()]
        self.observer = Observer(self.meter, self.job.policy_version)
        together = self.state.path if self.state and self.cluster.processes > 1 else None
        self._roll = Roll(together, self.cluster.process, self.cluster.processes)
        linger = LINGER_S if follow else None
        self.destination = Destination(
            settings,
            self.job,
            policy_document(policy),
            self.observer,
            self._roll,
            workers=settings.workers * self.cluster.processes,
            linger=linger,
        )
        self.destination.on_close = self.finish
        self.plan = Plan(
            {log.name: log for log in logs},
            self.destination,
            self.observer,
            state=self.state,
            stride=self.state.belongs.stride if self.state else stride_of(feeds),
            checkpoint_every=settings.checkpoint_every,
            linger=linger,
            max_rejects=settings.max_rejects,
            process=self.cluster.process,
            processes=self.cluster.processes,
        )
        self.observer.logs = logs
        self._shared = Shared(logs, together, self.cluster.process)
        self._marked = any(log.feed.fingerprints for log in logs)

    def counts(self) -> dict[str, int]:
        """What this run counted, and in how many positions logs overlap."""
        return self.plan.counts() | ({"shared_positions": len(self.shared)} if self.shared else {})

    def finish(self) -> Summary:
        """The flow has come to its end: everything is on disk when this returns. What this process did; in the first all."""
        self.shared = self._shared.look()
        self.destination.flush()
        summary = self._roll.add_up(self._summary())
        self.destination.end("failed" if self.plan.too_many_rejects() else summary.status, summary.counts)
        return summary

    def _summary(self) -> Summary:
        return Summary(
            source=self.job.partition_name,
            counts=self.counts(),
            positions=sum(len(group) for log in self.plan.logs.values() for group in log.groups.values()),
            entries=self.meter.entries,
            seconds=self.meter.seconds,
            policy_version=self.job.policy_version,
            run_id=self._roll.run_id if self.settings.warehouse != "none" else None,
            rows=dict(sorted(self.destination.rows.items())),
            shared=self.shared,
            status=self._status(),
        )

    def _status(self) -> str:
        if self._grown:
            return "grown"
        return "stopped" if self.plan.stopping.is_set() else "finished"

    def to_end(self) -> Summary:
        """Runs the flow over this run's worker threads and says what came of it."""
        self.destination.on_close = None  # whether it ended well is known here
        with self.meter, self._stopped_by_signals(), self._on_duty():
            try:
                self._prepare_state()
                self.observer.health.reached("state")
                self.destination.open()
                flow.run(
                    self.plan,
                    self.settings.workers,
                    self.cluster.process,
                    list(self.cluster.addresses) or None,
                )
                if self.plan.too_many_rejects():
                    raise JobError(f"more than {self.settings.max_rejects:,} rejects", _SEE_REJECTS)
            except BaseException:
                self.destination.end("failed", self.counts())
                raise
            return self.finish()

    @contextmanager
    def _on_duty(self) -> Iterator[None]:
        listen = listen_address(self.settings.metrics, self.follow)
        cluster, state = self.cluster, self.state.path if self.state else None
        with ExitStack() as stack:
            if listen or not self._marked:  # files do not keep anybody waiting
                explicit = self.settings.metrics is not None
                stack.enter_context(self.observer.on_duty(listen, cluster, state, explicit))
            if self.follow and not self._marked:
                first = next(iter(self.plan.logs.values()))
                stack.enter_context(patrol(self._shared, first.feed.grown, self._restart))
            yield

    def _restart(self) -> None:
        self._grown = True
        self.plan.stopping.set()

    def _prepare_state(self) -> None:
        if self.state is None or self.cluster.process:
            return
        self.state.prepare(_say_rebuilt, drop=(flow.FENCE_STEP,), afresh=not self._marked)
        self._shared.forget()
        self._roll.begin()
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
