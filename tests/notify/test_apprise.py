"""Services of apprise: only those whose host nobody else chooses, in a child that knows no secret but its own address."""

from __future__ import annotations

import ast
import importlib
import inspect
import json
import re
import textwrap
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from lowtide.errors import SettingsError
from lowtide.notify.answer import Outcome
from lowtide.notify.apprise import child
from lowtide.notify.apprise.schemas import PARAMETERS, SCHEMAS, checked
from lowtide.notify.apprise.service import Service
from lowtide.notify.apprise.worker import PROGRAM, Late, Worker
from tests.notify.messages import ID, message, settings

ADDRESS = "twilio://AC{sid}:{token}@15551230000/15551230001".format(sid="a" * 32, token="b" * 32)
_OF_A_CALLER = {"host", "port", "fullpath", "endpoint", "organization", "environment", "server", "proxy"}
_OPEN_HOST = re.compile(r"https?://(?:[^/]*[{%]|$)")

FAKE = """
    # The child, with the network of its service replaced: what would be sent is written to a file.
    import importlib.util, json, os, pathlib, sys, time
    import requests
    spec = importlib.util.spec_from_file_location("child", {child!r})
    child = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(child)
    record = pathlib.Path({record!r})

    def post(url, **other):
        seen = [json.loads(line) for line in record.read_text().splitlines()] if record.exists() else []
        request = dict(url=url, data=str(other.get("data")), environment=sorted(os.environ), arguments=sys.argv)
        with record.open("a") as file:
            file.write(json.dumps(request) + chr(10))
        act = {acts!r}[min(len(seen), len({acts!r}) - 1)]
        if act == "hang":
            time.sleep(30)
        if act == "end":
            os._exit(1)
        answer = requests.Response()
        answer.status_code, answer._content = act, b'{{"message": "no", "sid": "1"}}'
        return answer

    requests.post = post
    child.main()
"""


def fake(folder: Path, *acts: Any) -> Worker:
    program = folder / "fake_child.py"
    text = FAKE.format(child=str(PROGRAM), record=str(folder / "sent.jsonl"), acts=list(acts))
    program.write_text(textwrap.dedent(text))
    return Worker(program)


def sent(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "sent.jsonl").read_text().splitlines()]


def service(folder: Path, worker: Worker | None = None, address: str = ADDRESS) -> Service:
    (folder / "sms").write_text(address + "\n")
    return Service("sms-chen", settings("apprise", url_file="sms"), folder, worker)


def test_an_sms_goes_out_of_a_child_that_knows_only_its_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOWTIDE_SMTP", "smtp://user:hunter2@mail.example.com")
    target = service(tmp_path, fake(tmp_path, 201))
    try:
        answer = target.send(target.render(message(40, lang="zh")), ID, datetime.now(UTC))
        assert answer.outcome is Outcome.SENT
    finally:
        target.close()
    (request,) = sent(tmp_path)
    assert request["url"].startswith("https://api.twilio.com/") and "40 个告警" in request["data"]
    assert set(request["environment"]) <= {"LC_CTYPE"} and not any(
        "twilio" in word for word in request["arguments"]
    )


def test_what_the_service_answers_decides_and_its_address_stays_hidden(tmp_path: Path) -> None:
    target = service(tmp_path, fake(tmp_path, 401, 503, "hang"))
    target.deadline_s = 10.0
    body = target.render(message())
    try:
        refused, away = (target.send(body, ID, datetime.now(UTC)) for _ in range(2))
        assert (refused.outcome, refused.code) == (Outcome.DEAD, "401")
        assert (away.outcome, away.code, away.may_have_arrived) == (Outcome.WAIT, "503", False)
        assert not any(part * 32 in repr((refused, away)) for part in "ab")
        target.deadline_s = 0.5
        late = target.send(body, ID, datetime.now(UTC))
        assert (late.outcome, late.code, late.may_have_arrived) == (Outcome.WAIT, "late", True)
    finally:
        target.close()


@pytest.mark.parametrize(
    "address",
    ["json://169.254.169.254/x", "jsons://a.example", "xml://a.example", "form://a.example", "mailto://a:b@c.example",
     "ntfy://a.example/t", "gotify://a.example/t", "zulip://bot@org.evil.example/tok/x", "matrix://a.example", "syslog://",
     "wecombot://key", "dingtalk://token", "feishu://token", "workflows://h/w/s", "JSON://a.example", "bark://a.example/k"],
)  # fmt: skip
def test_a_service_with_a_host_of_the_caller_is_refused_with_a_way_out(tmp_path: Path, address: str) -> None:
    with pytest.raises(SettingsError, match="whose host is fixed") as refused:
        service(tmp_path, address=address)
    assert "Use `webhook`" in refused.value.hint and "evil" not in str(refused.value)


@pytest.mark.parametrize(
    "extra",
    ["verify=no", "template=/etc/passwd", "redirect=yes", "attach=http://10.0.0.1/", "callback=x", "rto"],
)
def test_a_parameter_that_opens_a_door_is_refused(tmp_path: Path, extra: str) -> None:
    with pytest.raises(SettingsError, match=extra.partition("=")[0]) as refused:
        service(tmp_path, address=f"{ADDRESS}?{extra}")
    assert "a" * 32 not in str(refused.value)


def test_an_address_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="does not begin with `SERVICE://`"):
        checked("15551230001", "x", "`sms`")
    with pytest.raises(SettingsError, match="has no `url_file`"):
        Service("x", settings("apprise"), tmp_path)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of apprise's own imports
def test_an_address_that_apprise_does_not_accept_is_refused_when_the_desk_starts(tmp_path: Path) -> None:
    described = child.described(child.service("twilio://AC12@15551230000"))
    assert described == {"accepted": False}
    worker = answering(tmp_path, described)
    with pytest.raises(SettingsError, match="apprise does not accept the address in `sms`"):
        service(tmp_path, worker)
    worker.close()


def answering(folder: Path, answer: dict[str, Any]) -> Worker:
    """A child that answers once, always the same, and ends."""
    program = folder / "answering.py"
    program.write_text(f"input()\nprint({json.dumps(json.dumps(answer))})\n")
    return Worker(program)


def test_a_child_that_ended_is_started_again_and_what_it_sent_is_in_doubt(tmp_path: Path) -> None:
    worker = answering(tmp_path, {"sent": True})
    for _ in range(2):
        assert worker.ask({"url": "x"}, 5.0) == {"sent": True}
        assert worker._child is not None
        worker._child.wait()
    (tmp_path / "answering.py").write_text("input()\n")
    worker.close()
    with pytest.raises(Late, match="has ended"):
        worker.ask({"url": "x"}, 5.0)


def test_the_child_looks_up_no_inner_address(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [(2, 1, 6, "", ("10.0.0.1", 443)), (2, 1, 6, "", ("8.8.8.8", 443))]
    monkeypatch.setattr(child, "_NAMES", lambda *given, **other: rows[: given[1]])
    assert child.public_names("a.example", 2) == rows[1:]
    with pytest.raises(OSError, match="no public address"):
        child.public_names("a.example", 1)


def test_a_worker_that_is_late_is_ended(tmp_path: Path) -> None:
    program = tmp_path / "slow.py"
    program.write_text("import time\ntime.sleep(30)\n")
    worker = Worker(program)
    with pytest.raises(Late):
        worker.ask({"url": "x"}, 0.2)
    assert worker._child is None


@pytest.fixture(scope="module")
def services() -> dict[str, dict[str, Any]]:
    """Every schema of apprise with what it says of itself."""
    apprise = importlib.import_module("apprise")
    known = apprise.Apprise().details()["schemas"]
    return {
        schema: one
        for one in known
        for schema in (*(one["protocols"] or ()), *(one["secure_protocols"] or ()))
    }


def test_every_allowed_service_has_its_host_in_apprises_code(services: dict[str, dict[str, Any]]) -> None:
    manager = importlib.import_module("apprise.manager_plugins").NotificationManager()
    for schema in SCHEMAS:
        assert not _OF_A_CALLER & set(services[schema]["details"]["tokens"]), schema
        module = inspect.getmodule(manager[schema])
        assert module is not None
        assert not open_hosts(inspect.getsource(module)), schema


def open_hosts(source: str) -> list[str]:
    """The addresses of a module whose host a caller chooses: a gap stands where the host ends."""
    texts = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.JoinedStr):
            texts.append(
                "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)
            )  # type: ignore[misc]
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and "\n" not in node.value:
            texts.append(node.value)
    return [
        text
        for text in texts
        if _OPEN_HOST.match(text) and not re.match(r"https://[\w{}.-]*\.amazonaws\.com", text)
    ]


def test_every_service_with_a_host_of_the_caller_is_refused(services: dict[str, dict[str, Any]]) -> None:
    own = {schema for schema, one in services.items() if _OF_A_CALLER & set(one["details"]["tokens"])}
    assert len(own) > 80 and not own & SCHEMAS
    for schema in sorted(own):
        with pytest.raises(SettingsError, match="refused"):
            checked(f"{schema}://a.example/", "x", "`sms`")


def test_no_allowed_parameter_names_a_file_an_address_or_a_proxy() -> None:
    assert not PARAMETERS & {
        "verify",
        "redirect",
        "template",
        "attach",
        "url",
        "callback",
        "proxy",
        "format",
        "overflow",
        "mode",
    }


def test_personal_wechat_and_sms_are_named_services() -> None:
    assert {"wxpusher", "pushplus", "schan", "twilio", "vonage", "sns"} <= SCHEMAS


@pytest.mark.parametrize("schema", sorted(SCHEMAS))
def test_no_service_sends_its_key_without_encryption(schema: str) -> None:
    from apprise.plugins import N_MGR

    plugin = N_MGR[schema]
    texts = [value for value in vars(plugin).values() if isinstance(value, str)]
    assert not [text for text in texts if text.startswith("http://")]
