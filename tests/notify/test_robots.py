"""The code in the body decides: every refusal of a robot is recognised, and what is not understood is tried again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from lowtide.errors import SettingsError
from lowtide.notify import dingtalk, feishu, robot
from lowtide.notify.answer import Answer, Outcome
from lowtide.notify.dingtalk import DingTalk
from lowtide.notify.document import MARK
from lowtide.notify.feishu import Feishu
from lowtide.notify.guard import Guard
from lowtide.notify.robot import Way
from lowtide.notify.wecom import WeCom
from lowtide.notify.wecom_app import WeComApp
from lowtide.secret import Secret
from tests.notify import messages
from tests.notify.messages import ID, message, settings, way
from tests.notify.receivers import Act, Receiver, always
from tests.notify.receivers.rules import KEY, SECRET, URLS

MADE: dict[str, Any] = {
    "wecom": WeCom,
    "wecom-app": WeComApp,
    "dingtalk": DingTalk,
    "feishu": Feishu,
    "lark": Feishu,
}
KINDS = tuple(MADE)
WAIT, DEAD, SENT = Outcome.WAIT, Outcome.DEAD, Outcome.SENT


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return messages.secrets(tmp_path)


Try = Callable[..., Answer]


def tried(kind: str, folder: Path, act: Act | None = None, **other: Any) -> Answer:
    """The answer to one message, from a receiver that does `act`."""
    with Receiver(kind, always(act) if act else None) as receiver:
        target = MADE[kind](kind, settings(kind, **other), folder, way(receiver.host))
        return target.send(target.render(message(3)), ID, datetime.now(UTC))  # type: ignore[no-any-return]


@pytest.mark.parametrize("kind", KINDS)
def test_a_message_arrives_with_a_signature_that_the_receiver_accepts(folder: Path, kind: str) -> None:
    with Receiver(kind) as receiver:
        target = MADE[kind](kind, settings(kind), folder, way(receiver.host))
        body = target.render(message(3))
        assert target.send(body, ID, datetime.now(UTC)) == Answer(SENT, "0")
        assert target.send(target.marked(body), ID, datetime.now(UTC)).outcome is SENT
    first, again = receiver.accepted
    assert (first.key, first.number, again.number) == (again.key, 1, 2)
    assert MARK in again.text and MARK not in first.text


@pytest.mark.parametrize(
    ("kind", "code", "outcome", "wait_s"),
    [
        ("wecom", 45009, WAIT, 60), ("wecom", 40058, DEAD, None), ("wecom", 93000, DEAD, None),
        ("dingtalk", 310000, DEAD, None), ("dingtalk", 130101, WAIT, 600), ("dingtalk", 300001, DEAD, None),
        ("feishu", 11232, WAIT, 60), ("feishu", 19001, DEAD, None), ("feishu", 19002, DEAD, None),
        ("lark", 19021, DEAD, None), ("wecom", -1, WAIT, None),
        ("wecom-app", 45009, WAIT, 60), ("wecom-app", 81013, DEAD, None),
    ],
)  # fmt: skip
def test_each_refusal_is_recognised_behind_status_200(
    folder: Path, kind: str, code: int, outcome: Outcome, wait_s: float | None
) -> None:
    answer = tried(kind, folder, Act("code", code))
    assert (answer.outcome, answer.code, answer.retry_after_s) == (outcome, str(code), wait_s)
    assert answer.detail and not answer.may_have_arrived


@pytest.mark.parametrize("kind", KINDS)
def test_a_code_that_is_not_known_is_tried_again(folder: Path, kind: str) -> None:
    answer = tried(kind, folder, Act("code", 77777))
    assert (answer.outcome, answer.code, answer.may_have_arrived) == (WAIT, "77777", False)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["garbage", "half", "after", "before"])
def test_without_an_answer_that_is_understood_it_may_have_arrived(folder: Path, kind: str, name: str) -> None:
    answer = tried(kind, folder, Act(name))
    assert (answer.outcome, answer.may_have_arrived) == (WAIT, True)


@pytest.mark.parametrize(
    ("status", "wait_s", "maybe"),
    [(429, 7.0, False), (500, None, False), (503, None, False), (504, None, True)],
)
def test_a_status_without_a_body_is_tried_again(
    folder: Path, status: int, wait_s: float | None, maybe: bool
) -> None:
    answer = tried("feishu", folder, Act("status", status, wait_s or 0))
    assert (answer.outcome, answer.code, answer.retry_after_s) == (WAIT, str(status), wait_s)
    assert answer.may_have_arrived == maybe


def test_a_redirect_is_not_followed(folder: Path) -> None:
    answer = tried("wecom", folder, Act("redirect"))
    assert answer.outcome is WAIT and "not followed" in answer.detail


def test_a_slow_answer_ends_in_time(folder: Path) -> None:
    with Receiver("wecom", always(Act("slow", wait=1.0))) as receiver:
        short = Way(replace(messages.LOOPBACK, seconds=0.2), receiver.host)
        target = WeCom("x", settings("wecom"), folder, short)
        answer = target.send(target.render(message()), ID, datetime.now(UTC))
    assert (answer.outcome, answer.may_have_arrived) == (WAIT, True)


def test_the_signing_vectors_of_the_design() -> None:
    secret = Secret(b"SECa1b2c3")
    assert dingtalk.sign(secret, 1764316800000) == "Da1P2hmgHQ9K7+ln4xehuAzghSR4Ghnd5B9B+yrtCW8="
    assert feishu.sign(secret, 1764316800) == "AggDbFqC1a4VScJYkmdjO6q45Di3bAABnrMfz+NGyEE="


@pytest.mark.parametrize(("kind", "code"), [("dingtalk", "310000"), ("feishu", "19021")])
def test_another_secret_or_a_clock_that_is_wrong_is_dead(folder: Path, kind: str, code: str) -> None:
    with Receiver(kind) as receiver:
        target = MADE[kind](kind, settings(kind), folder, way(receiver.host))
        late = target.send(target.render(message()), ID, datetime.now(UTC) - timedelta(hours=2))
        (folder / "secret").write_text("another")
        other = MADE[kind](kind, settings(kind), folder, way(receiver.host))
        wrong = other.send(other.render(message()), ID, datetime.now(UTC))
    assert [(one.outcome, one.code) for one in (late, wrong)] == [(DEAD, code), (DEAD, code)]


@pytest.mark.parametrize(
    ("kind", "code", "wait_s", "most"),
    [("wecom", "45009", 60, 20), ("dingtalk", "130101", 600, 20), ("feishu", "11232", 60, 5)],
)
def test_who_sends_too_often_is_told_to_wait_and_the_rate_of_the_target_stays_below(
    folder: Path, kind: str, code: str, wait_s: float, most: int
) -> None:
    with Receiver(kind, clock=lambda: messages.NOW.timestamp()) as receiver:
        target = MADE[kind](kind, settings(kind), folder, way(receiver.host))
        body = target.render(message())
        answers = [target.send(body, ID, messages.NOW) for _ in range(most + 1)]
    assert [one.outcome for one in answers] == [SENT] * most + [WAIT]
    assert (answers[-1].code, answers[-1].retry_after_s) == (code, wait_s)
    assert all(count <= most for count, window in target.rate if window == (1_000 if most == 5 else 60_000))


def test_the_app_gets_one_new_token_when_its_own_has_ended(folder: Path) -> None:
    with Receiver("wecom-app") as receiver:
        target = WeComApp("x", settings("wecom-app"), folder, way(receiver.host))
        body = target.render(message())
        assert target.send(body, ID, datetime.now(UTC)).outcome is SENT
        receiver.token += 1
        assert target.send(body, ID, datetime.now(UTC)).outcome is SENT
    assert [one.code for one in receiver.received] == ["0", "42001", "0"]


def test_the_app_with_a_wrong_secret_is_dead_and_sends_nothing(folder: Path) -> None:
    (folder / "secret").write_text("another")
    with Receiver("wecom-app") as receiver:
        target = WeComApp("x", settings("wecom-app"), folder, way(receiver.host))
        answer = target.send(target.render(message()), ID, datetime.now(UTC))
    assert (answer.outcome, answer.code, receiver.received) == (DEAD, "40001", [])


def test_a_person_whom_the_company_does_not_know_is_dead() -> None:
    from lowtide.notify.guard import Reply
    from lowtide.notify.wecom_app import _named

    reply = Reply(200, {}, b'{"errcode":0,"invaliduser":"ChenChen"}')
    assert _named(Answer(SENT, "0"), reply).outcome is DEAD


@pytest.mark.parametrize("kind", ["wecom", "dingtalk", "feishu", "lark"])
@pytest.mark.parametrize(
    "spoilt",
    ["http", "169.254.169.254", "evil.example", "port", "path", ""],
)
def test_a_robots_address_is_of_the_robots_host_and_is_not_shown(
    folder: Path, kind: str, spoilt: str
) -> None:
    url = URLS[kind]
    host = url.split("/")[2]
    wrong = {
        "http": url.replace("https", "http"), "port": url.replace(host, f"{host}:8443"), "path": f"https://{host}/other?key={KEY}",
        "": "",
    }.get(spoilt, url.replace(host, spoilt))  # fmt: skip
    (folder / kind).write_text(wrong)
    with pytest.raises(SettingsError) as refused:
        MADE[kind]("chen", settings(kind), folder)
    assert "target `chen`" in str(refused.value) and KEY not in str(refused.value)


def test_a_file_that_is_not_there_is_named(folder: Path) -> None:
    (folder / "wecom").unlink()
    with pytest.raises(
        SettingsError, match=r"target `chen`: the file `.*wecom` cannot be read: No such file"
    ):
        WeCom("chen", settings("wecom"), folder)
    with pytest.raises(SettingsError, match="has no `url_file`"):
        WeCom("chen", settings("wecom", url_file=""), folder)


@pytest.mark.parametrize("host", ["10.0.0.1:80", "example.com:80", "localhost:80", "8.8.8.8:53"])
def test_the_host_for_tests_is_loopback_or_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    monkeypatch.setenv(robot.TEST_HOST, host)
    with pytest.raises(SettingsError, match="loopback"):
        WeCom("chen", settings("wecom"), folder)


def test_the_host_for_tests_stands_for_all_robots(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Receiver("robots") as receiver:
        monkeypatch.setenv(robot.TEST_HOST, receiver.host)
        for kind in KINDS:
            target = MADE[kind](kind, settings(kind), folder)
            assert target.send(target.render(message()), ID, datetime.now(UTC)).outcome is SENT
    assert [one.kind for one in receiver.accepted] == ["wecom", "wecom-app", "dingtalk", "feishu", "feishu"]


def test_no_secret_stands_in_an_object_or_an_answer(folder: Path) -> None:
    with Receiver("dingtalk", always(Act("code", 310000))) as receiver:
        target = DingTalk("x", settings("dingtalk"), folder, way(receiver.host))
        answer = target.send(target.render(message()), ID, datetime.now(UTC))
    shown = repr(vars(target)) + repr(target) + repr(answer) + str(target._secret)
    assert SECRET.decode() not in shown and KEY not in shown


def test_a_card_has_a_button_and_a_message_without_a_link_has_none(folder: Path) -> None:
    ding = DingTalk("x", settings("dingtalk"), folder, Way(Guard()))
    assert orjson.loads(ding.render(message()))["actionCard"]["singleTitle"] == "Open and answer"
    assert orjson.loads(ding.render(message(link=None)))["msgtype"] == "markdown"
    card = orjson.loads(Feishu("x", settings("feishu"), folder, Way(Guard())).render(message()))["card"]
    assert card["header"]["template"] == "red" and card["elements"][-1]["actions"][0]["url"] == messages.LINK
