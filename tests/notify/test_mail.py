"""A mail has one id at every try, nothing from elsewhere in it, and the server's code decides."""

from __future__ import annotations

import email
import re
from datetime import UTC, datetime
from email.message import Message as Mime
from pathlib import Path

import pytest

from lowtide.errors import SettingsError
from lowtide.notify import targets
from lowtide.notify.answer import Outcome
from lowtide.notify.target import Target
from tests.notify import messages
from tests.notify.messages import ID, digest, line, message, settings
from tests.notify.receivers import Act, Receiver, always


def mail(folder: Path, port: int = 0, **other: object) -> Target:
    told = {
        "host": "127.0.0.1", "port": port, "tls": "none", "sender": "stock@example.com", "allow": ("127.0.0.0/8",), **other,
    }  # fmt: skip
    return targets.make("mail:chen@example.com", settings("mail", **told), folder)


def parts(body: bytes) -> tuple[Mime, str, str]:
    read = email.message_from_bytes(body)
    plain, html = (part.get_payload(decode=True).decode() for part in read.get_payload())  # type: ignore[union-attr]
    return read, plain, html


def test_a_mail_arrives_and_a_repeat_has_the_same_id(tmp_path: Path) -> None:
    with Receiver("mail") as receiver:
        target = mail(tmp_path, receiver.port)
        body = target.render(message(3))
        assert [target.send(body, ID, datetime.now(UTC)).outcome for _ in range(2)] == [Outcome.SENT] * 2
    assert [(one.key, one.number) for one in receiver.accepted] == [(ID, 1), (ID, 2)]


def test_its_headers_say_that_no_machine_needs_to_answer(tmp_path: Path) -> None:
    read, plain, _ = parts(mail(tmp_path).render(message(3, lang="zh")))
    assert read["Message-ID"] == f"<{ID}@example.com>" and read["Auto-Submitted"] == "auto-generated"
    assert (
        read["List-Id"] == "Stock alerts <lowtide.example.com>"
        and read["Date"] == "Mon, 30 Nov 2026 10:00:00 +0800"
    )
    assert "3 个 SKU 预计缺货" in plain and messages.LINK in plain


def test_its_html_takes_nothing_from_elsewhere_and_runs_nothing(tmp_path: Path) -> None:
    _, _, html = parts(mail(tmp_path).render(digest(lang="en")))
    assert not re.search(r"<(script|img|link|iframe|form|object)|url\(|@import|src=", html)
    assert set(re.findall(r"https?://[^\"<\s]+", html)) == {messages.LINK}
    assert 'name="viewport"' in html and "<th scope=" in html and "waited longest: 3" in html


def test_a_name_is_text_in_html(tmp_path: Path) -> None:
    hostile = line(sku_name="<b onmouseover=alert(1)>\" x' &amp;", location_name="</p><script>")
    _, _, html = parts(mail(tmp_path).render(message(1, lines=(hostile,))))
    assert "<b " not in html and "<script" not in html


def test_a_line_end_in_a_name_makes_no_header(tmp_path: Path) -> None:
    hostile = line(sku_name="x\r\nBcc: all@bad.example\r\n\r\nbody")
    read, _, _ = parts(mail(tmp_path).render(message(1, lines=(hostile,))))
    assert read["Bcc"] is None and read["Subject"] is not None


@pytest.mark.parametrize(
    ("act", "outcome", "code", "maybe"),
    [
        (Act("status", 451), Outcome.WAIT, "451", False), (Act("status", 554), Outcome.DEAD, "554", False),
        (Act("before"), Outcome.WAIT, "DATA", True), (Act("after"), Outcome.WAIT, "DATA", True),
        (Act("half"), Outcome.WAIT, "DATA", True),
    ],
)  # fmt: skip
def test_the_code_of_the_server_decides(
    tmp_path: Path, act: Act, outcome: Outcome, code: str, maybe: bool
) -> None:
    with Receiver("mail", always(act)) as receiver:
        target = mail(tmp_path, receiver.port)
        answer = target.send(target.render(message()), ID, datetime.now(UTC))
    assert (answer.outcome, answer.code, answer.may_have_arrived) == (outcome, code, maybe)


def test_a_server_that_cannot_encrypt_is_not_spoken_to(tmp_path: Path) -> None:
    with Receiver("mail") as receiver:
        answer = mail(tmp_path, receiver.port, tls="starttls").send(b"x", ID, datetime.now(UTC))
    assert (answer.outcome, answer.code, receiver.received) == (Outcome.DEAD, "STARTTLS", [])


def test_a_server_inside_that_is_not_allowed_is_not_reached(tmp_path: Path) -> None:
    answer = mail(tmp_path, 25, allow=()).send(b"x", ID, datetime.now(UTC))
    assert answer.outcome is Outcome.DEAD and "add its network to `allow:`" in answer.detail


@pytest.mark.parametrize(
    "other",
    [
        {"host": ""},
        {"sender": ""},
        {"user": "chen"},
        {"password_file": "x"},
        {"tls": "ssl"},
        {"allow": ("x",)},
        {"ca_file": "no.pem"},
    ],
)
def test_what_is_missing_is_named(tmp_path: Path, other: dict[str, object]) -> None:
    with pytest.raises(SettingsError, match=r"target `mail:chen@example\.com`"):
        mail(tmp_path, **other)


@pytest.mark.parametrize(
    "address",
    ["chen", "chen@", "a b@c.example", "a@b.example,c@d.example", "a@b.example\nX: y", "<a@b.example>"],
)
def test_what_is_not_one_address_is_refused(tmp_path: Path, address: str) -> None:
    told = settings("mail", host="mail.example.com", sender="stock@example.com")
    with pytest.raises(SettingsError, match="is not a mail address"):
        targets.make(f"mail:{address}", told, tmp_path)


def test_the_server_of_the_environment_hides_its_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOWTIDE_SMTP", "smtps://chen:hunter%2F2@mail.example.com?from=stock@example.com")
    target = targets.make("mail:chen@example.com", None, tmp_path)
    server = target.server  # type: ignore[attr-defined]
    assert (server.host, server.port, server.tls, server.user) == ("mail.example.com", 465, "tls", "chen")
    assert server.password.text() == "hunter/2" and "hunter" not in repr(server) + repr(vars(target))


@pytest.mark.parametrize(
    "text", ["", "mail.example.com", "http://mail.example.com?from=a@b.example", "smtp://mail.example.com"]
)
def test_a_server_of_the_environment_that_cannot_be_read_shows_the_form(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setenv("LOWTIDE_SMTP", text)
    with pytest.raises(SettingsError, match=r"smtp://user:password@mail\.example\.com"):
        targets.make("mail:chen@example.com", None, tmp_path)


@pytest.mark.parametrize(
    "password", ["12/hunter", "hunter/12", "hunter#2", "hunt[er", "hunter?2", "25/hunter#"]
)
def test_a_password_that_is_not_written_for_an_address_is_refused_and_not_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, password: str
) -> None:
    monkeypatch.setenv("LOWTIDE_SMTP", f"smtp://chen:{password}@mail.example.com?from=stock@example.com")
    with pytest.raises(SettingsError, match="%2F") as refused:
        targets.make("mail:chen@example.com", None, tmp_path)
    assert "hunt" not in f"{refused.value} {refused.value.__cause__} {refused.value.__context__}"


def test_a_port_that_is_not_a_number_is_a_mistake_of_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOWTIDE_SMTP", "smtp://mail.example.com:smtp?from=stock@example.com")
    with pytest.raises(SettingsError, match="cannot be read"):
        targets.make("mail:chen@example.com", None, tmp_path)


@pytest.mark.parametrize(
    "sender",
    ["a@b.example\r\nBcc: x@evil.example", "stock", "Stock <a@b.example>", "a@b.example, c@d.example"],
)
def test_a_sender_that_is_not_one_address_ends_a_start(tmp_path: Path, sender: str) -> None:
    """Otherwise each mail would be refused, one after another."""
    told = settings("mail", host="mail.example.com", sender=sender)
    with pytest.raises(SettingsError, match=r"sender .* is not a mail address"):
        targets.make("mail:chen@example.com", told, tmp_path)
