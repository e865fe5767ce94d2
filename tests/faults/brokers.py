"""Three real brokers that keep each message three times: one may die, and nothing that was acknowledged is lost."""

from __future__ import annotations

from pathlib import Path

from tests.kafka.broker import Broker, free_port

_REPLICATED = """\
default.replication.factor=3
min.insync.replicas=2
offsets.topic.replication.factor=3
transaction.state.log.replication.factor=3
transaction.state.log.min.isr=2
broker.session.timeout.ms=3000
broker.heartbeat.interval.ms=500
replica.lag.time.max.ms=3000
"""


class Brokers:
    """Three brokers in folders of their own."""

    def __init__(self, folder: Path) -> None:
        controllers = [free_port() for _ in range(3)]
        self.nodes = [
            Broker(folder / str(node), node=node, controllers=controllers, more=_REPLICATED)
            for node in (1, 2, 3)
        ]

    def start(self) -> Brokers:
        """Start all; one alone does not answer, because two elect the controller."""
        for one in self.nodes:
            one.launch()
        for one in self.nodes:
            one.wait(120)
        return self

    def stop(self) -> None:
        """End all; asked in turn to stop, the last one would wait for the others."""
        for one in self.nodes:
            one.kill()

    @property
    def address(self) -> str:
        """What clients connect to."""
        return ",".join(one.address for one in self.nodes)
