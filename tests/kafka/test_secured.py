"""A broker with TLS and a password: the settings of librdkafka in the address or in the environment are enough."""

from __future__ import annotations

import json
import os
import subprocess
import time
from pathlib import Path

import pytest

from tests.launcher import python

from .broker import PASSWORD, USER, Broker
from .test_kafka_source import Make, lines, now

WRONG = "not-this-password"


def lowtide(broker: Broker, *arguments: object, **settings: str) -> subprocess.CompletedProcess[str]:
    """A command whose environment says how the broker is reached, as a unit file of systemd would."""
    kafka = {
        "KAFKA_SECURITY_PROTOCOL": "SASL_SSL", "KAFKA_SASL_MECHANISM": "PLAIN", "KAFKA_SASL_USERNAME": USER,
        "KAFKA_SASL_PASSWORD": PASSWORD, "KAFKA_SSL_CA_LOCATION": str(broker.certificate), **settings,
    }  # fmt: skip
    env = {**os.environ, **{name: value for name, value in kafka.items() if value}}
    command = [*python(), "-m", "lowtide", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, env=env)


@pytest.mark.parametrize("mechanism", ["PLAIN", "SCRAM-SHA-256"])
def test_a_topic_is_read_over_tls_with_a_password(broker: Broker, topic: Make, mechanism: str) -> None:
    log = lines(5, 20, 0)
    name = topic([(0, line, now(line)) for line in log], 1).rpartition("/")[2]
    address = f"kafka://{broker.secured_address}/{name}"
    done = lowtide(broker, "run", address, "--warehouse", "none", "--json", KAFKA_SASL_MECHANISM=mechanism)
    assert done.returncode == 0 and json.loads(done.stdout)["counts"]["records"] == len(log), done.stderr


def test_a_topic_is_made_and_filled_over_tls(broker: Broker, tmp_path: Path) -> None:
    (tmp_path / "log.jsonl").write_bytes(b"\n".join(lines(5, 20, 1)) + b"\n")
    address = f"kafka://{broker.secured_address}/secured"
    assert lowtide(broker, "topic", "create", address, "--partitions", 2).returncode == 0
    done = lowtide(broker, "topic", "load", tmp_path / "log.jsonl", address, "--json")
    assert done.returncode == 0 and json.loads(done.stdout)["records"] == len(lines(5, 20, 1)), done.stderr


@pytest.mark.parametrize(
    "settings",
    [{"KAFKA_SASL_PASSWORD": WRONG}, {"KAFKA_SASL_MECHANISM": "SCRAM-SHA-256", "KAFKA_SASL_PASSWORD": WRONG}],
    ids=["plain", "scram"],
)
def test_a_wrong_password_ends_a_run_also_one_that_would_wait(
    broker: Broker, topic: Make, tmp_path: Path, settings: dict[str, str]
) -> None:
    """Waiting for a broker that is away must not become waiting for a password to turn right."""
    name = topic([], 1).rpartition("/")[2]
    address, began = f"kafka://{broker.secured_address}/{name}", time.monotonic()
    options = ["--follow", "--state", tmp_path / "state", "--warehouse", "none", "--metrics", "off"]
    done = lowtide(broker, "run", address, *options, **settings)
    assert done.returncode == 4 and "uthentication" in done.stderr, done.stderr
    assert WRONG not in done.stderr + done.stdout and time.monotonic() - began < 100


def test_a_certificate_that_nobody_vouches_for_ends_a_run(
    broker: Broker, topic: Make, tmp_path: Path
) -> None:
    name = topic([], 1).rpartition("/")[2]
    address = f"kafka://{broker.secured_address}/{name}"
    options = ["--follow", "--state", tmp_path / "state", "--warehouse", "none", "--metrics", "off"]
    done = lowtide(broker, "run", address, *options, KAFKA_SSL_CA_LOCATION="")
    assert done.returncode == 4 and "certificate" in done.stderr.lower(), done.stderr
