"""The door to the targets: what a contact may name, and what a mistake in the file says."""

from __future__ import annotations

import json
import os
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lowtide.errors import SettingsError
from lowtide.notify import targets
from lowtide.notify.answer import Outcome
from lowtide.notify.secret import read
from lowtide.notify.targets import KINDS, Targets, make
from lowtide.secret import Secret
from tests.notify import messages
from tests.notify.messages import ID, NOW, message, settings

DESIGN = ("wecom", "dingtalk", "feishu", "lark", "mail", "wecom-app", "webhook", "apprise", "file", "console")


def test_the_kinds_are_those_of_the_design() -> None:
    assert set(KINDS) == set(DESIGN)


def test_a_file_gets_one_line_a_message_and_mends_a_half_line(tmp_path: Path) -> None:
    path = tmp_path / "told.jsonl"
    target = make("file:told.jsonl", None, tmp_path)
    body = target.render(message(7))
    path.write_bytes(b'{"notification_id":"HALF')
    assert [target.send(body, ID, NOW).outcome for _ in range(2)] == [Outcome.SENT] * 2
    half, first, again = path.read_text("utf-8").splitlines()
    assert half.endswith("HALF") and first == again
    told = json.loads(first)
    assert (told["notification_id"], told["count"], len(told["alerts"]), told["link"]) == (
        ID,
        7,
        7,
        messages.LINK,
    )
    assert told["title"] == "[critical] 7 positions projected to run out" or told["title"].startswith(
        "[critical] 7 SKUs"
    )


def test_a_file_that_cannot_be_written_is_tried_again(tmp_path: Path) -> None:
    target = make("told", settings("file", path="told.jsonl"), tmp_path)
    (tmp_path / "told.jsonl").mkdir()
    answer = target.send(b"{}\n", ID, NOW)
    assert answer.outcome is Outcome.WAIT and "told.jsonl" in answer.detail


def test_the_console_writes_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = make("console", None, tmp_path)
    assert target.send(target.render(message(lang="zh")), ID, NOW).outcome is Outcome.SENT
    (line,) = capsys.readouterr().out.splitlines()
    assert "预计缺货" in json.loads(line)["title"] and "预计缺货" in line


@pytest.mark.parametrize("name", ["chen", "sms:1", "console:x", "file:", "mail:", "file:no-such-folder/x"])
def test_a_contact_that_is_not_known_is_an_error_with_a_way_out(tmp_path: Path, name: str) -> None:
    with pytest.raises(SettingsError, match=f"target `{name}`") as error:
        make(name, None, tmp_path)
    assert error.value.hint


def test_a_kind_that_is_not_known_names_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="kind `pager` is not known") as error:
        make("x", settings("pager"), tmp_path)
    assert "wecom-app" in error.value.hint


def test_a_mail_server_is_not_a_contact(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="is a mail server"):
        make("office", settings("mail", host="mail.example.com", sender="a@b.example"), tmp_path)


def test_all_targets_of_a_file_by_contact(tmp_path: Path) -> None:
    folder = messages.secrets(tmp_path)
    server = settings("mail", host="mail.example.com", sender="stock@example.com")
    known = Targets({"wecom-chen": settings("wecom"), "office": server}, folder)
    assert list(known) == ["wecom-chen"] and known["wecom-chen"] is known["wecom-chen"]
    assert known["mail:chen@example.com"].server.host == "mail.example.com"  # type: ignore[attr-defined]
    assert known["file:x.jsonl"].kind == "file" and known["console"].kind == "console" and len(known) == 4
    for name in ("office", "nobody"):
        with pytest.raises(KeyError):
            known[name]
    known.close()


def test_a_mailbox_uses_the_mail_server_of_the_file_and_else_that_of_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOWTIDE_SMTP", "smtp://other.example.com?from=stock@example.com")
    known = {"office": settings("mail", host="mail.example.com", sender="stock@example.com")}
    for name, servers, host in (("a", known, "mail.example.com"), ("b", {}, "other.example.com")):
        target = targets.of_contact(f"mail:{name}@example.com", servers, tmp_path)
        assert target.server.host == host  # type: ignore[attr-defined]
    assert targets.of_contact("console", known, tmp_path).kind == "console"


def test_a_mistake_in_the_file_ends_the_start(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="target `wecom-chen`"):
        Targets({"wecom-chen": settings("wecom")}, tmp_path)
    with pytest.raises(SettingsError, match="needs `host` and `from`"):
        Targets({"office": settings("mail")}, tmp_path)


def test_every_target_says_what_the_desk_needs_to_know(tmp_path: Path) -> None:
    folder = messages.secrets(tmp_path)
    for kind in ("wecom", "wecom-app", "dingtalk", "feishu", "lark"):
        target = make(kind, settings(kind), folder)
        assert (target.kind, target.name, target.can_tell_repeats) == (kind, kind, False)
        assert target.rate and target.deadline_s == 10
    assert make("wecom-app", settings("wecom-app", personal=False), folder).personal
    assert not make("wecom", settings("wecom", personal=False), folder).personal


@pytest.mark.parametrize("content", [b"", b"\n", b"two\nlines", b"\xff\xfe", b"a\x00b", b"x" * 9000])
def test_a_secret_file_holds_one_line_of_text(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "secret"
    path.write_bytes(content)
    with pytest.raises(SettingsError, match=r"target `x`: the file `.*secret` must hold one line"):
        read(path, "x")


def test_a_secret_is_read_without_its_line_end_and_never_shown(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    for content in (b"hunter2", b"hunter2\n", b"hunter2\r\n"):
        path.write_bytes(content)
        secret = read(path, "x")
        assert secret.reveal() == b"hunter2" and f"{secret} {secret!r} {[secret]}" == "*** *** [***]"
    with pytest.raises(TypeError, match="not stored"):
        import pickle

        pickle.dumps(Secret(b"hunter2"))


def test_a_test_message_needs_no_alert(tmp_path: Path) -> None:
    plain = message(0, reason="TEST", severity="", lines=(), worth=None, link=None, at=datetime.now(UTC))
    told = json.loads(targets.make("console", None, tmp_path).render(plain))
    assert told["title"] == "test message of Lowtide" and told["lines"] == [
        "This target works. You need not do anything."
    ]


def test_a_file_of_messages_is_for_its_owner(tmp_path: Path) -> None:
    """A line holds a link with which its person answers."""
    before = os.umask(0o022)
    try:
        target = make("file:told.jsonl", None, tmp_path)
        assert target.send(target.render(message(1)), ID, NOW).outcome is Outcome.SENT
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "told.jsonl").stat().st_mode) == 0o600
