"""A webhook speaks Alertmanager's shape, signs each try anew, and is the one target that can be exactly once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from lowtide.errors import SettingsError
from lowtide.notify.answer import Answer, Outcome
from lowtide.notify.webhook import Webhook, signature
from lowtide.secret import Secret
from tests.notify import messages
from tests.notify.messages import ID, digest, message, settings
from tests.notify.receivers import Act, Receiver, always

ALLOW = ("127.0.0.0/8",)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return messages.secrets(tmp_path)


def hook(folder: Path, url: str = "https://erp.example.com/x", **other: Any) -> Webhook:
    return Webhook("erp", settings("webhook", url=url, **{"allow": ALLOW, **other}), folder)


def answered(folder: Path, act: Act) -> Answer:
    with Receiver("webhook", always(act)) as receiver:
        target = hook(folder, receiver.url)
        return target.send(target.render(message()), ID, datetime.now(UTC))


def test_the_signing_vector_of_the_design() -> None:
    hash = "4e32f3244a5cd0e38eb55a4a0c6d1264472688e208a18cfe78f57dc12864089f"
    assert signature((Secret(b"SECa1b2c3"),), 1764316800, b'{"version":"4"}') == f"t=1764316800,v1={hash}"


def test_a_repeat_has_the_same_key_and_body_and_a_new_signature(folder: Path) -> None:
    with Receiver("webhook") as receiver:
        target = hook(folder, receiver.url)
        body = target.render(message(3))
        now = datetime.now(UTC)
        assert [target.send(body, ID, now + timedelta(seconds=at)).outcome for at in (0, 9)] == [
            Outcome.SENT
        ] * 2
    first, again = receiver.accepted
    assert first.key == again.key == ID and first.text == again.text
    assert first.headers["x-lowtide-signature"] != again.headers["x-lowtide-signature"]


def test_while_a_secret_is_replaced_both_sign(folder: Path) -> None:
    (folder / "new").write_text("another-secret\n")
    with Receiver("webhook") as receiver:
        target = hook(folder, receiver.url, secret_files=("new", "secret"))
        assert target.send(target.render(message()), ID, datetime.now(UTC)).outcome is Outcome.SENT
    assert receiver.received[0].headers["x-lowtide-signature"].count("v1=") == 2
    with pytest.raises(SettingsError, match="more than two secrets"):
        hook(folder, secret_files=("new", "secret", "new"))


def test_a_signature_that_is_refused_is_dead(folder: Path) -> None:
    with Receiver("webhook") as receiver:
        target = hook(folder, receiver.url)
        old = target.send(target.render(message()), ID, datetime.now(UTC) - timedelta(minutes=6))
        unsigned = hook(folder, receiver.url, secret_files=()).send(
            target.render(message()), ID, datetime.now(UTC)
        )
    assert [(one.outcome, one.code) for one in (old, unsigned)] == [(Outcome.DEAD, "401")] * 2


@pytest.mark.parametrize(
    ("act", "outcome", "wait_s", "maybe"),
    [
        (Act("status", 410), Outcome.DEAD, None, False), (Act("status", 429, 7), Outcome.WAIT, 7.0, False),
        (Act("status", 500), Outcome.WAIT, None, False), (Act("status", 404), Outcome.WAIT, None, False),
        (Act("status", 204), Outcome.SENT, None, False), (Act("redirect"), Outcome.WAIT, None, False),
        (Act("after"), Outcome.WAIT, None, True), (Act("half"), Outcome.WAIT, None, True),
    ],
)  # fmt: skip
def test_the_status_decides(
    folder: Path, act: Act, outcome: Outcome, wait_s: float | None, maybe: bool
) -> None:
    answer = answered(folder, act)
    assert (answer.outcome, answer.retry_after_s, answer.may_have_arrived) == (outcome, wait_s, maybe)


def test_the_shape_is_alertmanagers_with_an_object_of_its_own(folder: Path) -> None:
    told = orjson.loads(hook(folder).render(message(12, about=(("supplier", "V002"),))))
    assert told["version"] == "4" and told["status"] == "firing" and told["receiver"] == "erp"
    assert told["groupKey"] == '{}:{"supplier":"V002"}' and told["groupLabels"] == {"supplier": "V002"}
    assert told["commonLabels"] == {
        "alertname": "projected_stockout", "severity": "critical", "location": "330", "supplier": "V002",
    }  # fmt: skip
    assert (
        len(told["alerts"]) == 10
        and told["truncatedAlerts"] == 2
        and told["externalURL"] == "https://stock.example.com"
    )
    first = told["alerts"][0]
    assert first["labels"]["sku"] == "6901" and first["startsAt"] == "2026-11-30T01:00:00.000Z"
    assert first["endsAt"].startswith("0001") and len(first["fingerprint"]) == 16
    own = told["lowtide"]
    assert (own["notification_id"], own["reason"], own["count"], own["link"]) == (
        ID,
        "FIRST",
        12,
        messages.LINK,
    )


def test_what_has_ended_is_resolved_and_a_digest_has_its_sections(folder: Path) -> None:
    ended = orjson.loads(hook(folder).render(message(1, reason="ALL_ENDED")))
    assert ended["status"] == ended["alerts"][0]["status"] == "resolved"
    assert ended["alerts"][0]["endsAt"] == "2026-11-30T02:00:00.000Z"
    sections = orjson.loads(hook(folder).render(digest()))["lowtide"]["sections"]
    assert [one["name"] for one in sections] == ["waited_longest", "below_cut", "by_team"] and sections[1][
        "count"
    ] == 35


def test_it_needs_one_address(folder: Path) -> None:
    (folder / "url").write_text("https://erp.example.com/secret-path")
    assert "secret-path" not in repr(vars(hook(folder, "", url_file="url")))
    for url, file in (("", ""), ("https://erp.example.com/x", "url")):
        with pytest.raises(SettingsError, match="needs `url` or `url_file`"):
            hook(folder, url, url_file=file)


def test_an_inner_address_needs_to_be_allowed(folder: Path) -> None:
    with Receiver("webhook") as receiver:
        target = hook(folder, receiver.url, allow=())
        answer = target.send(target.render(message()), ID, datetime.now(UTC))
    assert (answer.outcome, answer.code, receiver.received) == (Outcome.DEAD, "forbidden", [])
