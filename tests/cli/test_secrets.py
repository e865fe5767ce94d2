"""A password that somebody typed, rightly or wrongly, is found nowhere: in no answer, error, log or child."""

from __future__ import annotations

import copy
import json
import logging
import os
import pickle
import subprocess
import sys
import time
import traceback
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import orjson
import pytest

from lowtide.cli.commands import COMMANDS
from lowtide.kafka import address as topic
from lowtide.operation import log as logs
from lowtide.operation.secrets import bare_environment, hidden
from lowtide.secret import Secret, SecretAddress, shown
from lowtide.settings import Settings
from lowtide.warehouse import address

CANARY = "hunter2-canary"
URLS = [
    f"http://u:{CANARY}@127.0.0.1:1/x", f"http://u:a/{CANARY}@127.0.0.1:1/x",
    f"http://u:{CANARY}@127.0.0.1:99999/x", f"http//u:{CANARY}@h/x", f"http:/u:{CANARY}@h/x", f"ftp://u:{CANARY}@h/x",
    f"htp://u:{CANARY}@h", f"http://u:{CANARY}@[::1/x", f"http://127.0.0.1:1/x?password={CANARY}&retry_s=a",
    f"http://127.0.0.1:1/not-a-name?password={CANARY}", f"kafka://u:{CANARY}@h/t", f"embedded:http://u:{CANARY}@h",
]  # fmt: skip
TOPICS = [
    f"kafka://u:{CANARY}@127.0.0.1:1/t", f"kafka://127.0.0.1:1/a/b?kafka.sasl.password={CANARY}",
    f"kafka://127.0.0.1:1/?kafka.sasl.password={CANARY}", f"kafka://127.0.0.1:1/t?sasl.password={CANARY}",
    f"kafka://127.0.0.1:1/t?kafka.sasl.pasword={CANARY}&start=never", f"kafka://127.0.0.1:1/t?pasword={CANARY}",
    f"kafka://127.0.0.1:1?pw={CANARY}", f"kafka://[127.0.0.1:1/t?x={CANARY}", f"kafka:/u:{CANARY}@127.0.0.1:1/t",
    f"kafka://127.0.0.1:1/t?format=avro&registry=http://u:{CANARY}@h", f"kafka://127.0.0.1:1/t?kafka.no.such={CANARY}",
    f"ftp://u:{CANARY}@h/x", f"http//u:{CANARY}@h/x", f"kafkaa://u:{CANARY}@h/t",
]  # fmt: skip
QUIET = {"demo", "shop", "warehouse", "intake", "desk", "generate"}
"""Commands that begin to work when they are given nothing."""


@pytest.mark.parametrize("url", URLS)
def test_an_address_of_a_warehouse_is_not_repeated(process, url: str) -> None:
    said = process("alerts", "--warehouse", url)
    assert said.code and CANARY not in said.out + said.err, said.err
    assert "Traceback" not in said.err


@pytest.mark.parametrize("spec", TOPICS)
def test_an_address_of_a_topic_is_not_repeated(typed, spec: str) -> None:
    for arguments in (
        ["heartbeat", spec],
        ["run", spec, "--warehouse", "none"],
        ["policy", "apply", "p.yaml", spec],
    ):
        if arguments[0] != "heartbeat" and "@" not in spec and "kafka.no.such" in spec:
            continue
        said = typed(*arguments)
        assert said.code and CANARY not in said.out + said.err, (arguments, said.err)


@pytest.mark.parametrize("command", sorted(set(COMMANDS) - QUIET))
def test_no_command_prints_what_stands_in_the_environment(typed, monkeypatch, command: str) -> None:
    monkeypatch.setenv("LOWTIDE_WAREHOUSE", f"ftp://u:{CANARY}@h/x")
    monkeypatch.setenv("LOWTIDE_DEAD_LETTER", f"kafka://h/t?kafka.sasl.password={CANARY}")
    monkeypatch.setenv("LOWTIDE_SMTP", f"smtp://u:{CANARY}@h")
    monkeypatch.setenv("KAFKA_SASL_PASSWORD", CANARY)
    monkeypatch.setenv("LOWTIDE_WRITER_TOKEN", CANARY)
    for arguments in ([], ["--json"], ["ls"], ["x"], ["x", "y", "z"], [f"--token=http://u:{CANARY}@h"]):
        said = typed(command, *arguments)
        assert CANARY not in said.out + said.err, (arguments, said)


def test_settings_show_where_something_is_and_no_secret(typed, monkeypatch, tmp_path: Path) -> None:
    (tmp_path / "lowtide.yaml").write_text(
        f"warehouse: http://writer:{CANARY}@store:8123/shop?access_token={CANARY}\n"
    )
    monkeypatch.setenv("LOWTIDE_DEAD_LETTER", f"kafka://h/t?kafka.sasl.password={CANARY}&start=latest")
    for arguments in (["settings"], ["settings", "--json"]):
        said = typed(*arguments)
        assert said.code == 0 and CANARY not in said.out and "***@store:8123/shop" in said.out
    (tmp_path / "lowtide.yaml").write_text(f"warehouse: [http://u:{CANARY}@h]\nlog: http://u:{CANARY}@h\n")
    said = typed("settings")
    assert said.code == 2 and CANARY not in said.err and "`warehouse`" in said.err and "`log`" in said.err


@dataclass
class Holder:
    """Something that has a secret in it."""

    name: str
    secret: Secret[str]


SECRETS = {
    "text": Secret(CANARY), "bytes": Secret(CANARY.encode()), "mapping": Secret({"password": CANARY}),
    "address": SecretAddress(f"http://u:{CANARY}@h?p={CANARY}"),
}  # fmt: skip


@pytest.mark.parametrize("secret", SECRETS.values(), ids=SECRETS)
def test_a_secret_cannot_print_itself(secret: Any, caplog) -> None:
    logs.logger("test").warning("tried", secret=secret, where={"in": [secret]})
    logging.getLogger("x").warning("%s %r %s", secret, secret, {"a": secret})
    try:
        raise ValueError(secret, f"{secret}", Holder("x", secret))
    except ValueError:
        trace = traceback.format_exc()
    told = [
        str(secret), repr(secret), f"{secret!s:>20}", "%s" % secret, "{}".format(secret), str([secret]),  # noqa: UP031, UP032
        str(Holder("x", secret)), str(asdict(Holder("x", secret))), str(copy.deepcopy(secret)), trace, caplog.text,
        json.dumps(hidden({"a": secret})), json.dumps({"a": secret}, default=str), orjson.dumps([secret], str).decode(),
        repr(vars(Holder("x", secret))),
    ]  # fmt: skip
    assert not [text for text in told if CANARY in text]
    for made in (json.dumps, orjson.dumps, pickle.dumps):
        with pytest.raises(TypeError) as caught:
            made(secret)
        assert CANARY not in str(caught.value)
    assert CANARY in str(secret.reveal())
    assert secret == copy.copy(secret) and secret != Secret("other")


def test_what_carries_a_secret_does_not_show_it() -> None:
    carriers = [
        topic.parse(f"kafka://h/t?kafka.sasl.password={CANARY}"), address.parse(f"http://u:{CANARY}@h:1/x"),
        Settings(warehouse=f"http://u:{CANARY}@h"), Settings(warehouse=f"http://u:{CANARY}@h").model_dump_json(),
    ]  # fmt: skip
    assert not [carrier for carrier in carriers if CANARY in repr(carrier)]


@pytest.mark.parametrize("text", [*URLS, *TOPICS])
def test_an_address_is_shown_without_what_is_secret(text: str) -> None:
    assert CANARY not in shown(text) and shown(text)[:4] == text[:4]


def test_a_mistake_in_lowtide_ends_in_a_traceback_without_secrets(process, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import lowtide.settings\n"
        f"def broken(*_, **__): raise RuntimeError('http://u:{CANARY}@h and password={CANARY}')\n"
        "lowtide.settings.list_settings = broken\n"
    )
    paths = os.pathsep.join([str(tmp_path), *filter(None, sys.path)])
    said = subprocess.run(
        [sys.executable, "-m", "lowtide", "settings"], capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": paths},
    )  # fmt: skip
    assert said.returncode == 1 and "RuntimeError" in said.stderr and CANARY not in said.stderr


def test_a_program_that_needs_no_secret_is_given_none(monkeypatch) -> None:
    for name in (
        "LOWTIDE_SMTP",
        "KAFKA_SASL_PASSWORD",
        "SCHEMA_REGISTRY_BEARER_AUTH_TOKEN",
        "ERP_PASSWORD",
        "API_KEY",
    ):
        monkeypatch.setenv(name, CANARY)
    assert CANARY not in str(bare_environment()) and "PATH" in bare_environment()


def test_a_child_sees_no_secret_of_its_parent(monkeypatch) -> None:
    """The child of an upload, and that of a dry run over a topic, which needs the topic's password and no other."""
    from lowtide.service.children.child import Work, _end, _start

    monkeypatch.setenv("LOWTIDE_WRITER_TOKEN", CANARY)
    monkeypatch.setenv("LOWTIDE_SMTP", f"smtp://u:{CANARY}@h")
    monkeypatch.setenv("KAFKA_SASL_PASSWORD", "of-the-topic")
    for network in (False, True):
        child = _start(Work("lowtide.service.tasks.people", {}, network=network))
        try:
            folder = Path(f"/proc/{child.pid}")
            seen = folder.joinpath("environ").read_bytes() + folder.joinpath("cmdline").read_bytes()
            for _ in range(100):  # between fork and exec it is still the parent
                if b"children.main" in seen:
                    break
                time.sleep(0.02)
                seen = folder.joinpath("environ").read_bytes() + folder.joinpath("cmdline").read_bytes()
            assert b"children.main" in seen and CANARY.encode() not in seen
            assert (b"of-the-topic" in seen) is network
        finally:
            _end(child)


def test_the_tokens_of_a_warehouse_do_not_show_themselves() -> None:
    from lowtide.warehouse.http.users import Tokens

    tokens = Tokens(Secret(CANARY), Secret(CANARY + "r"))
    assert CANARY not in repr(tokens)
    assert tokens.user({}, {"user": "writer", "password": CANARY})
