"""One line an event, whoever says it; and nobody's secret in any of them."""

from __future__ import annotations

import json
import logging
import re
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import Consumer

import lowtide
from lowtide.desk.outflow import sender, ship
from lowtide.errors import BrokerError
from lowtide.operation import log
from lowtide.operation.secrets import hidden, hidden_text

SECRET = "hunter2/&@x"


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """Leaves logging as it was found."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    root.handlers, root.level = handlers, level
    logging.captureWarnings(False)


Stderr = pytest.CaptureFixture[str]


def lines(stderr: Stderr) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stderr.readouterr().err.splitlines()]


def test_an_event_is_a_line_of_json(capsys: Stderr) -> None:
    log.setup("json", process=3, pipeline="shop")
    log.logger("checkpoint").info("checkpoint", epoch=7, bytes=81_204, parts=("a", "b"))
    (line,) = lines(capsys)
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "checkpoint", "level": "info", "logger": "lowtide.checkpoint", "process": 3, "pipeline": "shop",
        "epoch": 7, "bytes": 81_204, "parts": ["a", "b"],
    }  # fmt: skip


def test_a_field_cannot_begin_a_line_or_clear_the_screen_of_a_person(capsys: Stderr) -> None:
    """A file name with a line end looked like an event of the process."""
    log.setup("console")
    forged = "a\x1b[2J\n2026-11-30T00:00:00.000Z [error    ] state_rebuilt\u202e\u2028x"
    log.logger("intake").warning("file_refused", file=forged, files=[forged], path=Path(forged), number=3)
    logging.getLogger("other").warning(forged)
    try:
        raise ValueError(forged)
    except ValueError:
        log.logger("intake").exception("request_failed")
    text = capsys.readouterr().err
    assert not set(text) & set("\x1b\u202e\u2028") and r"a\x1b[2J" in text and r"\u202e\u2028x" in text
    events = [line for line in text.splitlines() if re.match(r"\d{4}-", line)]
    assert len(events) == 3 and not any("state_rebuilt" in line.split("]")[1] for line in events[:1])
    assert all(
        line.startswith(("  ", "Traceback")) for line in text.splitlines() if line not in events and line
    )


def test_a_person_gets_text_without_colour_in_a_file(capsys: Stderr) -> None:
    log.setup("console")
    log.logger().warning("warehouse_away", waited_s=3)
    text = capsys.readouterr().err
    assert "warehouse_away" in text and "waited_s=3" in text and "\x1b" not in text


def test_auto_is_json_where_nobody_sits(capsys: Stderr) -> None:
    log.setup()
    log.logger().info("ready")
    assert lines(capsys)[0]["event"] == "ready"


def test_what_python_and_libraries_say_comes_out_the_same_way(capsys: Stderr) -> None:
    log.setup("json", process=1)
    logging.getLogger("lowtide.kafka").warning("the broker %s is away", "a:9092")
    warnings.warn("old", DeprecationWarning, stacklevel=1)
    logging.getLogger("urllib3").debug("nobody wants to know")
    first, second = lines(capsys)
    assert first["event"] == "the broker a:9092 is away" and first["logger"] == "lowtide.kafka"
    assert first["level"] == "warning" and first["process"] == 1
    assert "old" in second["event"] and second["logger"] == "py.warnings"


def test_librdkafka_speaks_through_it(capsys: Stderr) -> None:
    log.setup("json")
    consumer = Consumer(
        {"bootstrap.servers": "127.0.0.1:1", "group.id": "g", "debug": "conf"},
        logger=logging.getLogger("lowtide.librdkafka"),
    )
    logging.getLogger("lowtide.librdkafka").setLevel(logging.DEBUG)
    consumer.poll(0.2)
    consumer.close()
    said = lines(capsys)
    assert said and {line["logger"] for line in said} == {"lowtide.librdkafka"}


@pytest.mark.parametrize("form", ["json", "console"])
def test_no_secret_comes_out_wherever_it_is(capsys: Stderr, form: log.Style) -> None:
    """In a key, in a value, deep inside, in an object, in an exception, in an error that quotes an address."""
    log.setup(form)
    say = log.logger()
    say.info("started", **{"sasl.password": SECRET, "api_key": SECRET, "writer_token": SECRET})
    say.info("started", settings={"kafka": [{"ssl.key.pem": SECRET}, f"sasl.jaas.config={SECRET}"]})
    say.info("started", warehouse=f"http://writer:{SECRET}@store:8123/lowtide")
    say.info(f"cannot reach http://writer:{SECRET}@store:8123", error=BrokerError(f"password: '{SECRET}'"))
    say.info("started", header=f"Authorization: Bearer {SECRET}", raw=f'{{"password": "{SECRET}"}}'.encode())
    try:
        password = SECRET
        raise ValueError(f"sasl.password={password}")
    except ValueError:
        say.exception("stopped")
        logging.getLogger("other").exception("also http://u:%s@h", SECRET)
    text = capsys.readouterr().err
    assert "hunter2" not in text, [line for line in text.splitlines() if "hunter2" in line]
    assert text.count("***") >= 10 and text.count("ValueError") >= 2


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("http://writer:hunter2@store:8123/x", "http://writer:***@store:8123/x"),
        ("http://writer:hun/t@r2@store:8123", "http://writer:***@store:8123"),
        ("http://store:8123/lowtide?at=a@b", "http://store:8123/lowtide?at=a@b"),
        ("kafka://a:9092,b:9092/sales?start=latest", "kafka://a:9092,b:9092/sales?start=latest"),
        ("kafka://a/s?kafka.sasl.password=hunter2&format=json", "kafka://a/s?kafka.sasl.password=***&format=json"),
        ('{"sasl.username": "me", "rows": 3}', '{"sasl.username": ***, "rows": 3}'),
        ("LOWTIDE_WRITER_TOKEN=hunter2 lowtide run", "LOWTIDE_WRITER_TOKEN=*** lowtide run"),
        ("the token is missing; give --writer-token-file", "the token is missing; give --writer-token-file"),
        ("-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----\nand on", "***\nand on"),
        ("partition sales/3: 20 records, offset=7", "partition sales/3: 20 records, offset=7"),
    ],
)  # fmt: skip
def test_what_is_a_secret_and_what_is_not(text: str, shown: str) -> None:
    assert hidden_text(text) == shown
    assert hidden_text(shown) == shown, "twice is as once"


@pytest.mark.parametrize(
    "piece", ["a", "token", "sasl.", "://", "://a:", "bearer ", "password=", '"', "=", " "]
)
def test_a_text_of_four_times_the_length_takes_about_four_times_as_long(piece: str) -> None:
    """A long record in an error must not hold up the flow: a quadratic pattern would take sixteen times as long."""

    def work(characters: int) -> float:
        """The CPU time of this thread: other processes do not count. The least of some tries has the least noise."""
        text, tries = piece * (characters // len(piece)), []
        for _ in range(4):
            start = time.thread_time()
            hidden_text(text)
            tries.append(time.thread_time() - start)
        return min(tries)

    assert work(20_000) < 8 * work(5_000)


def test_without_setup_nothing_goes_to_standard_output() -> None:
    """There are ledgers in JSON, one a line; and a library says no more than warnings, unless it is asked."""
    code = """
from lowtide.operation.log import logger
logger("kafka").warning("broker_away", brokers="a:9092", why="100 % gone")
logger("kafka").info("broker_back")
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert (done.stdout, done.stderr) == ("", "broker_away brokers='a:9092' why='100 % gone'\n")


def test_what_json_cannot_hold_is_said_all_the_same(capsys: Stderr) -> None:
    log.setup("json")
    log.logger().info("started", file="caf\udce9", huge=10**30, share=float("nan"), when={1: {2}})
    (line,) = lines(capsys)
    assert line["event"] == "started" and line["when"] == {"1": [2]}


def test_every_event_is_listed_and_no_other() -> None:
    """`EVENTS` is what a person who searches the log may rely on; docs/operations.md is written from it."""
    source = "\n".join(file.read_text("utf-8") for file in Path(lowtide.__file__).parent.rglob("*.py"))
    said = re.findall(
        r"""(?:(?:logger\("\w+"\)|\b_?log(?:ger)?)\.(?:debug|info|warning|error|exception)|\.on_decision|self\._say)\(\s*"(\w+)\"""",
        source,
    )
    said += [*sender.EVENTS.values(), ship.REFUSED]
    assert set(said) == set(log.EVENTS), "list it in lowtide.operation.log.EVENTS, and in docs/operations.md"


def test_numbers_stay_numbers() -> None:
    assert hidden({"rows": 7, "share": 0.5, "first": True, "at": None, "names": ("a",)}) == {
        "rows": 7, "share": 0.5, "first": True, "at": None, "names": ["a"],
    }  # fmt: skip


def test_each_line_is_whole_though_many_threads_speak() -> None:
    code = """
import threading
from lowtide.operation import log
log.setup("json")
def say(n):
    for i in range(100): log.logger("t").info("checkpoint", n=n, i=i, fill="x" * 200)
threads = [threading.Thread(target=say, args=(n,)) for n in range(4)]
[t.start() for t in threads]; [t.join() for t in threads]
"""
    done = subprocess.run([sys.executable, "-c", code], stderr=subprocess.PIPE, timeout=60, check=True)
    said = [json.loads(line) for line in done.stderr.splitlines()]
    assert sorted((line["n"], line["i"]) for line in said) == [(n, i) for n in range(4) for i in range(100)]
