"""A real Kafka broker on loopback, for tests and for a person to play with.

    python -m tests.kafka.broker up [FOLDER]       starts it, prints its address; its files lie in FOLDER
    python -m tests.kafka.broker down [FOLDER]     stops the one started there, and no other

Kafka 4 in KRaft mode, one node, from Maven Central. Java 17 and Maven are needed; without them nothing here is imported by
a test that does not say so.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Self

from lowtide.operation.tied import tied

FOLDER = Path(".lowtide/kafka")
POM = Path(__file__).with_name("pom.xml")
_JARS = Path(__file__).parents[2] / ".lowtide" / "kafka.classpath"
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
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=1
group.initial.rebalance.delay.ms=0
num.network.threads=2
num.io.threads=2
log.cleaner.dedupe.buffer.size=4194304
"""


_SECURED = """\
listeners=PLAINTEXT://127.0.0.1:{port},SASL_SSL://127.0.0.1:{secured},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port},SASL_SSL://127.0.0.1:{secured}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,SASL_SSL:SASL_SSL,CONTROLLER:PLAINTEXT
ssl.keystore.type=PEM
ssl.keystore.location={folder}/broker.pem
sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256
listener.name.sasl_ssl.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required \\
  user_{user}="{password}";
listener.name.sasl_ssl.scram-sha-256.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
"""
"""Beside the plain listener one with TLS and a password; the certificate signs itself."""
USER, PASSWORD = "till", "a-long-password"


class Missing(Exception):
    """Java or Maven is not there, or the jars cannot be had."""


def java() -> str:
    """The Java to run, 17 or newer. Raises Missing, with what to install."""
    found = shutil.which("java")
    if found is None or shutil.which("mvn") is None:
        raise Missing("Java 17 and Maven are needed (Debian: apt install openjdk-17-jre-headless maven)")
    said = subprocess.run([found, "-version"], capture_output=True, text=True, check=False).stderr
    digits = said.partition('version "')[2].partition(".")[0].strip('"')
    if not digits.isdigit() or int(digits) < 17:
        raise Missing(f"Java 17 is needed, this is {said.splitlines()[0] if said else 'none'}")
    return found


def classpath() -> str:
    """The jars of Kafka, fetched by Maven once and again when one is gone; it takes seconds even to look for them."""
    if not _JARS.exists() or _JARS.stat().st_mtime < POM.stat().st_mtime or not _all_there(_JARS.read_text()):
        _JARS.parent.mkdir(parents=True, exist_ok=True)
        new = _JARS.with_name(f"{_JARS.name}.{os.getpid()}")
        asked = ["dependency:build-classpath", f"-Dmdep.outputFile={new}"]
        done = subprocess.run(
            ["mvn", "-q", "-B", "-f", str(POM), *asked], capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise Missing(f"Maven could not fetch Kafka: {(done.stdout or done.stderr).strip()[-500:]}")
        new.replace(_JARS)
    return _JARS.read_text()


def _all_there(jars: str) -> bool:
    return all(Path(jar).exists() for jar in jars.split(os.pathsep))


def free_port() -> int:
    """A port of loopback that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def make_certificate(folder: Path) -> None:
    """A certificate of 127.0.0.1 that signs itself: `ca.pem`, and with its key `broker.pem`."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    public = made.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "ca.pem").write_bytes(public)
    (folder / "broker.pem").write_bytes(private + public)


@dataclass
class Broker:
    """One broker in a folder. `stop` and `kill` may be followed by `start`: its log is still there.

    It dies with the process that started it, unless that process leaves it behind on purpose.
    """

    folder: Path
    left_behind: bool = False
    process: subprocess.Popen[bytes] | None = None
    secured: bool = False
    """Whether it also listens with SASL_SSL: user `USER`, by PLAIN and SCRAM-SHA-256."""
    node: int = 1
    controllers: Sequence[int] = ()
    """Ports of the controllers of a cluster, in the order of its nodes; empty: this broker is alone."""
    more: str = ""
    """Further properties; of one that stands twice, the last one counts."""

    @property
    def secured_address(self) -> str:
        """What clients with TLS and a password connect to."""
        found = re.search(r"SASL_SSL://127\.0\.0\.1:(\d+)", self.settings.read_text())
        assert found is not None
        return f"127.0.0.1:{found[1]}"

    @property
    def certificate(self) -> Path:
        """Whom such clients have to trust."""
        return self.folder / "ca.pem"

    @property
    def settings(self) -> Path:
        """Its properties; made at the first start, with ports that were free then."""
        return self.folder / "server.properties"

    @property
    def port(self) -> int:
        """Where it listens, the same at every start."""
        found = re.search(r"PLAINTEXT://127\.0\.0\.1:(\d+)", self.settings.read_text())
        assert found is not None
        return int(found[1])

    @property
    def address(self) -> str:
        """What clients connect to."""
        return f"127.0.0.1:{self.port}"

    def start(self, timeout_s: float = 60) -> Broker:
        """Start it and wait until it answers."""
        self.launch()
        self.wait(timeout_s)
        return self

    def launch(self) -> None:
        """Start it. It dies with the thread that does this."""
        self.folder.mkdir(parents=True, exist_ok=True)
        command = [
            java(),
            "-Xmx512m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            classpath(),
        ]
        settings = str(self.settings)
        if not self.settings.exists():
            controllers = self.controllers or (free_port(),)
            voters = ",".join(f"{node}@127.0.0.1:{port}" for node, port in enumerate(controllers, start=1))
            names = {
                "port": free_port(), "controller": controllers[self.node - 1], "folder": self.folder.resolve(),
                "node": self.node, "voters": voters,
            }  # fmt: skip
            properties = _PROPERTIES.format(**names) + self.more
            formatted = ["kafka.tools.StorageTool", "format", "-t", "MkU3OEVBNTcwNTJENDM2Qg", "-c", settings]
            if self.secured:
                make_certificate(self.folder)
                more = {**names, "secured": free_port(), "user": USER, "password": PASSWORD}
                properties += _SECURED.format(**more)
                formatted += ["-S", f"SCRAM-SHA-256=[name={USER},password={PASSWORD}]"]
            self.settings.write_text(properties)
            subprocess.run([*command, *formatted], check=True, capture_output=True)
        command += ["kafka.Kafka", settings]
        with (self.folder / "broker.log").open("ab") as log:
            self.process = subprocess.Popen(
                command if self.left_behind else tied(command), stdout=log, stderr=log, start_new_session=True
            )
        (self.folder / "pid").write_text(str(self.process.pid))

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def wait(self, timeout_s: float) -> None:
        """Until it answers. librdkafka logs each refused connection, so the port is tried first."""
        until = time.monotonic() + timeout_s
        while time.monotonic() < until:
            if self.process is not None and self.process.poll() is not None:
                raise RuntimeError(f"the broker ended: see {self.folder / 'broker.log'}")
            with socket.socket() as probe:
                probe.settimeout(0.2)
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.1)
        raise RuntimeError(
            f"the broker did not answer in {timeout_s:.0f} s: see {self.folder / 'broker.log'}"
        )

    def kill(self) -> None:
        """As a machine that loses power, but for the page cache."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """As an administrator does it."""
        self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(60)
            self.process = None
            (self.folder / "pid").unlink(missing_ok=True)


def up(folder: Path) -> str:
    """Start a broker for a person; in a folder in which one ran before, at the same address."""
    down(folder)
    return Broker(folder, left_behind=True).start().address


def down(folder: Path) -> bool:
    """Stop the broker that was started in a folder; False if none runs there."""
    pid_file = folder / "pid"
    if not pid_file.exists():
        return False
    pid = int(pid_file.read_text())
    pid_file.unlink()
    command = Path(f"/proc/{pid}/cmdline")
    if not command.exists() or b"kafka.Kafka" not in command.read_bytes():
        return False
    os.kill(pid, signal.SIGTERM)
    while command.exists() and command.read_bytes():
        time.sleep(0.1)
    return True


if __name__ == "__main__":
    _folder = Path(sys.argv[2]) if len(sys.argv) > 2 else FOLDER
    try:
        if sys.argv[1:2] == ["up"]:
            print(up(_folder))
        elif sys.argv[1:2] == ["down"]:
            print("stopped" if down(_folder) else "none runs")
        else:
            sys.exit(__doc__)
    except Missing as missing:
        sys.exit(f"missing: {missing}")
