"""The address of a topic: which brokers, which topic, where to start, and what its messages hold.

kafka://broker:9092/sales                       what is there now, from the earliest message
kafka://a:9092,b:9092/sales?start=2026-11-01T00:00:00Z&format=ndjson

start     earliest (default), latest, or a time: the first message at or after it
format    auto (default), json, ndjson, array, arrow: how many movements a message holds, and how;
          cloudevents, connect, debezium: in which envelope each of them is;
          avro, protobuf, jsonschema: by the schema that it names in the registry
registry  http://host:8081, a schema registry; also LOWTIDE_REGISTRY in the environment
kafka.*   any setting of librdkafka, `kafka.security.protocol=SASL_SSL`; also KAFKA_SECURITY_PROTOCOL and so on in
          the environment, where secrets belong
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlsplit

from confluent_kafka import KafkaError, KafkaException

from lowtide.errors import BrokerError, InputError
from lowtide.rows import moment
from lowtide.secret import Secret, shown

Answer = TypeVar("Answer")
Client = TypeVar("Client")
FRAMED_LAYOUTS = ("avro", "protobuf", "jsonschema")
"""Layouts of messages that name a schema in a registry."""
LAYOUTS = ("auto", "json", "ndjson", "array", "arrow", "cloudevents", "connect", "debezium", *FRAMED_LAYOUTS)
"""How movements lie in a message; cloudevents, connect, debezium: each in that envelope, and what is not is rejected."""
_LEADERLESS = frozenset(
    {
        KafkaError.NOT_LEADER_FOR_PARTITION,
        KafkaError.LEADER_NOT_AVAILABLE,
        KafkaError.UNKNOWN_TOPIC_OR_PART,
        KafkaError._UNKNOWN_PARTITION,
    }
)
"""Errors of a partition that was just created, or whose broker just went away. It soon has a leader."""


@dataclass(frozen=True)
class Address:
    """A topic and how to read it."""

    brokers: str
    topic: str
    start: str = "earliest"
    layout: str = "auto"
    """How movements lie in a message: one of `LAYOUTS`."""
    settings: Secret[Mapping[str, str]] = field(default_factory=lambda: Secret({}))
    """Settings of librdkafka by name."""
    registry: str | None = None
    """The address of the schema registry that messages name schemas of."""


def parse(spec: str) -> Address:
    """Read `kafka://…`. Raises InputError that shows how an address is written.

    >>> parse("kafka://a:9092,b/sales?format=ndjson").brokers
    'a:9092,b:9092'
    """
    hint = "Write `kafka://host:port/topic`, for instance `kafka://127.0.0.1:9092/sales`."
    try:
        url = urlsplit(spec)
    except ValueError:
        raise InputError(f"`{shown(spec)}`: this cannot be read", hint) from None
    if "@" in url.netloc or "@" in url.path:
        raise InputError(
            f"`{shown(spec)}`: the address of a topic takes no user and no password before `@`",
            "Put them into the environment: `KAFKA_SASL_USERNAME` and `KAFKA_SASL_PASSWORD`.",
        )
    topic = url.path.strip("/")
    if not url.netloc or not re.fullmatch(r"[A-Za-z0-9._-]{1,249}", topic):
        raise InputError(f"`{shown(spec)}`: no broker or no topic", hint)
    brokers = ",".join(host if ":" in host else f"{host}:9092" for host in url.netloc.split(","))
    settings = {
        name.removeprefix("KAFKA_").lower().replace("_", "."): value
        for name, value in os.environ.items()
        if name.startswith("KAFKA_") and value
    }
    start, layout, registry = "earliest", "auto", os.environ.get("LOWTIDE_REGISTRY") or None
    for name, value in parse_qsl(url.query, keep_blank_values=True):
        if name == "start":
            start = value
        elif name == "format" and value in LAYOUTS:
            layout = value
        elif name == "registry" and value:
            registry = value
        elif name.startswith("kafka."):
            settings[name.removeprefix("kafka.")] = value
        else:
            told = f"{name}={value}" if name == "format" else name
            raise InputError(
                f"`{told}` is not understood in the address of a topic",
                f"There are `start`, `format` ({', '.join(LAYOUTS)}), `registry` and `kafka.…`.",
            )
    if layout in FRAMED_LAYOUTS and registry is None:
        raise InputError(
            f"`format={layout}` needs the registry that its schemas are in",
            "Add `registry=http://host:8081`, or set LOWTIDE_REGISTRY.",
        )
    if start not in ("earliest", "latest"):
        epoch_ms(start)
    return Address(brokers, topic, start, layout, Secret(settings), registry)


def epoch_ms(text: str) -> int:
    """A typed time as a message's timestamp, in milliseconds since 1970."""
    return int(moment(text).timestamp() * 1000)


def answered(ask: Callable[[], Answer], patience_s: float = 10.0) -> Answer:
    """Ask a broker, again and again while the partition has no leader. Raises KafkaException."""
    until = time.monotonic() + patience_s
    while True:
        try:
            return ask()
        except KafkaException as error:
            if error.args[0].code() not in _LEADERLESS or time.monotonic() >= until:
                raise
        time.sleep(0.2)


def client_settings(address: Address, ours: Mapping[str, Any]) -> dict[str, Any]:
    """What a client of librdkafka is given: the brokers, our settings, and those of the address, which come before ours."""
    return {"bootstrap.servers": address.brokers, **ours, **address.settings.reveal()}


def made(kind: Callable[[dict[str, Any]], Client], address: Address, settings: Mapping[str, Any]) -> Client:
    """A client of librdkafka for an address. Raises BrokerError for a setting that it does not take."""
    try:
        return kind(client_settings(address, settings))
    except KafkaException as error:
        raise broken(address, error.args[0], "Correct the `kafka.…` setting.") from None


def broken(address: Address, error: Any, hint: str = "") -> BrokerError:
    """Turn what a broker says, a KafkaError or text, into an error with a hint on what to do.

    librdkafka repeats the value of a setting that it does not take, which may be a password at the wrong place.
    """
    reason = error.str() if isinstance(error, KafkaError) else str(error)
    reason = re.sub(r'Invalid value ".*" for', "Invalid value for", reason, flags=re.DOTALL)
    return BrokerError(
        f"the broker {address.brokers}, topic `{address.topic}`: {reason}",
        hint or "Check that the broker runs, its address, and `kafka.…` settings for its security.",
    )
