"""Three real brokers that keep each message three times: one may die, and nothing that was acknowledged is lost."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.kafka.broker import Broker, classpath, free_port, java

_CLUSTER = "MkU3OEVBNTcwNTJENDM2Qg"
_PROPERTIES = """\
process.roles=broker,controller
node.id={node}
controller.quorum.voters={voters}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
controller.listener.names=CONTROLLER
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs={folder}/data
auto.create.topics.enable=false
default.replication.factor=3
min.insync.replicas=2
offsets.topic.replication.factor=3
transaction.state.log.replication.factor=3
transaction.state.log.min.isr=2
broker.session.timeout.ms=3000
broker.heartbeat.interval.ms=500
replica.lag.time.max.ms=3000
group.initial.rebalance.delay.ms=0
num.network.threads=2
num.io.threads=2
log.cleaner.dedupe.buffer.size=4194304
"""


class Brokers:
    """Three brokers in folders of their own."""

    def __init__(self, folder: Path) -> None:
        self.nodes = [Broker(folder / str(node)) for node in (1, 2, 3)]
        ports, controllers = ([free_port() for _ in self.nodes] for _ in range(2))
        voters = ",".join(f"{node}@127.0.0.1:{port}" for node, port in enumerate(controllers, start=1))
        for node, one in enumerate(self.nodes, start=1):
            one.folder.mkdir(parents=True)
            one.settings.write_text(
                _PROPERTIES.format(
                    node=node, voters=voters, port=ports[node - 1], controller=controllers[node - 1],
                    folder=one.folder.resolve(),
                )
            )  # fmt: skip
            formatted = [
                "kafka.tools.StorageTool", "format", "-t", _CLUSTER, "-c", str(one.settings),
            ]  # fmt: skip
            subprocess.run([java(), "-cp", classpath(), *formatted], check=True, capture_output=True)

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
