"""The page on targets names every kind, only services that are allowed, and a check of signatures that works."""

from __future__ import annotations

import hashlib
import hmac
import re
from pathlib import Path
from typing import Any

from lowtide.notify import dingtalk, feishu, mail, robot, wecom
from lowtide.notify.apprise.schemas import SCHEMAS
from lowtide.notify.document import MARK
from lowtide.notify.targets import KINDS
from lowtide.notify.webhook import signature
from lowtide.secret import Secret

PAGE = (Path(__file__).parents[2] / "docs/targets.md").read_text("utf-8")


def test_every_kind_stands_in_the_table() -> None:
    for kind in KINDS:
        assert re.search(rf"^\| .*`{kind}`.* \|", PAGE, re.MULTILINE), kind


def test_the_services_that_it_names_are_allowed() -> None:
    table = PAGE.partition("| what | services |")[2].partition("\n\n")[0]
    named = {name.removesuffix("://") for name in re.findall(r"`([a-z0-9]+(?:://)?)`", table)}
    assert len(named) > 30 and named <= SCHEMAS


def test_its_check_of_a_signature_accepts_ours_and_no_other() -> None:
    code = PAGE.partition("```python\n")[2].partition("```")[0]
    known: dict[str, Any] = {"hmac": hmac, "hashlib": hashlib}
    exec(code, known)
    is_genuine, body = known["is_genuine"], b'{"version":"4"}'
    header = signature((Secret(b"new"), Secret(b"old")), 1764316800, body)
    assert is_genuine(b"old", header, body, 1764316800 + 300) and is_genuine(b"new", header, body, 1764316800)
    assert not is_genuine(b"other", header, body, 1764316800) and not is_genuine(
        b"old", header, b"{}", 1764316800
    )
    assert not is_genuine(b"old", header, body, 1764316800 + 301)


def test_its_figures_are_those_of_the_code() -> None:
    assert MARK in PAGE
    for largest in (wecom.LARGEST, dingtalk.LARGEST):
        assert f"{largest:,} bytes" in PAGE
    rates = {
        wecom.WeCom: "18 a minute",
        dingtalk.DingTalk: "18 a minute",
        feishu.Feishu: "90 a minute, 4 a second",
    }
    for kind, words in rates.items():
        assert words in PAGE and kind.rate[0][0] == int(words.split()[0])
    assert mail.Mail.can_tell_repeats and not robot.Robot.can_tell_repeats
