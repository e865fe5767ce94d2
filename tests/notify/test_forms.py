"""In every form of every kind the limit holds, and nothing that a product is called rings a person or leads away."""

from __future__ import annotations

import email
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from lowtide.desk.reasons import SENT
from lowtide.notify import targets
from lowtide.notify.apprise.service import Service
from lowtide.notify.document import MARK
from lowtide.notify.message import Message, Section
from lowtide.notify.target import Target
from lowtide.words import LANGUAGES
from tests.notify import messages
from tests.notify.messages import GROUP_LINK, LINK, digest, line, message
from tests.notify.test_foreign import HOSTILE, is_harmless

LIMITS = {
    "wecom": 4096,
    "wecom-app": 2048,
    "dingtalk": 20_000,
    "feishu": 20_000,
    "lark": 20_000,
    "apprise": 160,
}
KINDS = (*LIMITS, "webhook", "file", "mail")


class Short:
    """The child of an SMS service, without the process."""

    def ask(self, request: dict[str, Any], seconds: float) -> dict[str, Any]:
        return {"accepted": True, "title": 0, "body": 160, "receivers": 1}

    def close(self) -> None:
        """There is no process."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Target]:
    folder = messages.secrets(tmp_path_factory.mktemp("targets"))
    (folder / "sms").write_text("twilio://ACsid:token@+15551230000/+15551230001")
    told = {
        **{kind: messages.settings(kind) for kind in LIMITS if kind != "apprise"},
        "webhook": messages.settings("webhook", url="https://erp.example.com/x"),
        "file": messages.settings("file", path="told.jsonl"),
    }
    server = messages.settings("mail", host="mail.example.com", sender="stock@example.com")
    known = {kind: targets.make(kind, one, folder) for kind, one in told.items()}
    known["mail"] = targets.make("mail:chen@example.com", server, folder)
    known["apprise"] = Service("sms", messages.settings("apprise", url_file="sms"), folder, Short())  # type: ignore[arg-type]
    return known


def texts(kind: str, body: bytes) -> Iterator[str]:
    """The lines of a body that people read, without the link and the markup that are ours."""
    if kind == "mail":
        plain = email.message_from_bytes(body).get_payload()[0].get_payload(decode=True).decode()  # type: ignore[union-attr,index]
        yield from plain.rpartition("\r\n\r\n")[0].splitlines()
        return
    document = orjson.loads(body)
    if kind in ("wecom", "wecom-app"):
        yield from document["markdown"]["content"].splitlines()
    elif kind == "dingtalk":
        inner = document[document["msgtype"]]
        yield from [inner["title"], *inner["text"].splitlines()]
    elif kind in ("feishu", "lark"):
        card = document["card"]
        yield card["header"]["title"]["content"]
        yield from [part["text"]["content"] for part in card["elements"] if part["tag"] == "div"]
    elif kind == "webhook":
        yield from [document["lowtide"]["title"], *document["lowtide"]["text"]]
        yield from [text for alert in document["alerts"] for text in alert["annotations"].values()]
    elif kind == "file":
        yield from [document["title"], *document["lines"]]
    else:
        yield from [document["title"], *document["body"].splitlines()]


def foreign_part(text: str) -> str:
    """A line without what Lowtide itself writes: link, label, mark, colour, quote, heading, severity, bold."""
    for own in (LINK, GROUP_LINK, MARK, "**", "</font>", "### ", "Open and answer: ", "Open the page: "):
        text = text.replace(own, "")
    for colour in ("warning", "comment"):
        text = text.replace(f'<font color="{colour}">', "")
    for label in (
        "Open and answer",
        "Sign in and answer",
        "打开并处理",
        "登录并处理",
        "Open the page",
        "查看",
    ):
        text = text.replace(f"[{label}]()", "").replace(f"{label}: ", "")
    for severity in ("critical", "warning", "watch"):
        text = text.replace(f"[{severity}] ", "")
    return re.sub(r"\b\d\d:\d\d\b", "", text.removeprefix("> "))


HOSTILE_TEXT = some.lists(some.one_of(some.sampled_from(HOSTILE), some.text(max_size=8)), max_size=5).map(
    "".join
)


@some.composite
def hostile(draw: Any) -> Message:
    """A message in which every text of the data is hostile."""
    bad = draw(some.lists(HOSTILE_TEXT, min_size=6, max_size=6))
    lines = tuple(
        line(
            number,
            sku=bad[0],
            sku_name=bad[1],
            location=bad[2],
            location_name=bad[3],
            supplier=bad[4],
            available=bad[5],
        )
        for number in range(draw(some.integers(1, 10)))
    )
    sections = (Section(bad[0], 12, 1e9, lines), Section("by_team", 1, None, rows=((bad[1], bad[2]),) * 9))
    reason = draw(some.sampled_from(sorted(SENT)))
    return message(
        99, reason=reason, lang=draw(some.sampled_from(LANGUAGES)), lines=lines, owner_name=bad[4], person_name=bad[5],
        about=(("supplier", bad[0]), ("location", bad[2]), ("category", bad[1])), may_be_repeat=draw(some.booleans()),
        sections=sections if reason in ("DIGEST", "REVIEW") else (), personal=draw(some.booleans()), link=GROUP_LINK,
    )  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(told=hostile())
def test_no_product_rings_a_person_or_leads_away_in_any_form(
    made: dict[str, Target], kind: str, told: Message
) -> None:
    body = made[kind].render(told)
    for text in texts(kind, body):
        assert is_harmless(foreign_part(text)), text
    assert size(kind, body) <= LIMITS.get(kind, 10**9)
    assert size(kind, made[kind].marked(body)) <= LIMITS.get(kind, 10**9)


def size(kind: str, body: bytes) -> int:
    """What the kind counts; the signature of a Feishu robot comes on top, so it is added here."""
    if kind.startswith("wecom"):
        return len(orjson.loads(body)["markdown"]["content"].encode())
    if kind == "apprise":
        return len(orjson.loads(body)["body"])
    return len(body) + (120 if kind in ("feishu", "lark") else 0)


@pytest.mark.parametrize("kind", ["wecom", "wecom-app"])
def test_what_is_too_long_loses_whole_lines_and_counts_them(made: dict[str, Target], kind: str) -> None:
    wide = tuple(line(number, sku_name="香蕉" * 30, location_name="中心店" * 20) for number in range(1, 11))
    body = made[kind].render(message(40, reason="FLOOD", lines=wide, lang="zh"))
    shown = [text for text in texts(kind, body) if "香蕉" in text]
    assert 0 < len(shown) < 10 and all(text.endswith("10:30 前响应") for text in shown)
    assert any(f"另有 {40 - len(shown)} 个" in text for text in texts(kind, body))


def test_an_sms_keeps_count_and_link(made: dict[str, Target]) -> None:
    body = orjson.loads(made["apprise"].render(message(40, about=(("supplier", "V002"),))))
    assert body["title"] == "" and body["body"].startswith("[critical] 40 alerts of supplier V002")
    assert body["body"].endswith(LINK) and len(body["body"]) <= 160 - len(MARK) - 1


@pytest.mark.parametrize("kind", KINDS)
def test_only_a_target_that_cannot_tell_gets_the_mark(made: dict[str, Target], kind: str) -> None:
    plain, repeat = made[kind].render(message(3)), made[kind].render(message(3, may_be_repeat=True))
    marks = [MARK in text for text in texts(kind, repeat)]
    assert any(marks) != made[kind].can_tell_repeats
    assert repeat == made[kind].marked(plain)


@pytest.mark.parametrize("kind", ["wecom", "dingtalk", "feishu", "lark", "webhook", "apprise"])
def test_a_group_chat_never_gets_a_personal_link(made: dict[str, Target], kind: str) -> None:
    target = made[kind]
    target.personal = False
    try:
        body = target.render(message(3)).decode()
        assert LINK not in body and "https://stock.example.com/" in body
        assert GROUP_LINK in target.render(message(3, link=GROUP_LINK)).decode()
    finally:
        target.personal = True


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_message_is_the_same_bytes(made: dict[str, Target], kind: str) -> None:
    assert made[kind].render(digest()) == made[kind].render(replace(digest()))


def test_a_robot_that_demands_a_keyword_gets_it(made: dict[str, Target], tmp_path: Path) -> None:
    folder = messages.secrets(tmp_path)
    told = messages.settings("dingtalk", keyword="库存")
    body = orjson.loads(targets.make("x", told, folder).render(message()))
    assert body["actionCard"]["title"].startswith("库存 [critical]")
    assert "库存" not in made["dingtalk"].render(message()).decode()
