"""What the page says about a message: in the words of its reader, with nothing of a SKU's name as markup."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from markupsafe import escape

from lowtide.page.group import Group
from lowtide.page.view import Reader, group_page, notice
from lowtide.words import Lang, Language
from tests.page.desk import ALERTS, MESSAGE, opened

NAMES = {"chen": "陈晨", "li": "Li Na"}


def reader(lang: Lang = "en", door: str = "open") -> Reader:
    zone = ZoneInfo("Asia/Shanghai")
    return Reader(
        Language(lang, "¥", "Asia/Shanghai"), "陈晨", door, datetime(2026, 12, 7, 1, tzinfo=UTC),  # type: ignore[arg-type]
        datetime(2026, 12, 1, 9, tzinfo=zone),
    )  # fmt: skip


def page(
    folder: Path, lang: Lang = "en", door: str = "open", alerts: int = 3, done: str = "", **first: object
) -> str:
    store = opened(folder, alerts, **first)
    with store.read() as rows:
        group = Group.read(rows, MESSAGE[:12])
    store.close()
    assert group is not None
    return group_page(group, reader(lang, door), NAMES, done, 0)


def test_it_says_what_to_do_and_how_things_stand(tmp_path: Path) -> None:
    html = page(tmp_path, state="acknowledged", owner="li")
    assert "Overdue supply: 3 alerts" in html and "Chase the supplier" in html
    assert "acknowledged by Li Na" in html, "who was first is seen before anybody presses a button"
    assert "Supplier V002 · 中心店 (330)" in html and html.count("upplier V002") == 1, (
        "what all share is said once"
    )
    assert "Snooze to Tue 09:00" in html and "You answer as 陈晨" in html


def test_it_speaks_chinese(tmp_path: Path) -> None:
    html = page(tmp_path, "zh")
    assert '<html lang="zh-CN">' in html and "我来处理" in html and "到货逾期：3 个告警" in html
    assert "缺货概率 83%" in html and "预计损失 ¥100.00" in html


def test_a_long_message_folds_and_stays_small(tmp_path: Path) -> None:
    html = page(tmp_path, alerts=12)
    assert "2 alerts more" in html and html.count("checkbox") == 12
    assert len(html.encode()) < 10_000


def test_one_alert_needs_no_box_to_tick(tmp_path: Path) -> None:
    html = page(tmp_path, alerts=1)
    assert "checkbox" not in html and f'value="{ALERTS[0]}"' in html and "Overdue supply: 牛奶 0 (S0)" in html


@pytest.mark.parametrize(
    ("first", "said"),
    [({"status": "cleared"}, "over: cleared"), ({"state": "resolved", "owner": "li"}, "resolved by Li Na")],
)
def test_what_is_over_cannot_be_answered(tmp_path: Path, first: dict[str, str], said: str) -> None:
    html = page(tmp_path, alerts=1, **first)
    assert (
        said in html
        and "<form" not in html
        and "<button" not in html
        and "nothing to answer any more" in html
    )


@pytest.mark.parametrize(
    ("door", "said"), [("group_chat", "lowtide ack 01KH1WB6"), ("left", "not in the people file")]
)
def test_a_link_that_names_nobody_shows_and_does_not_answer(tmp_path: Path, door: str, said: str) -> None:
    html = page(tmp_path, door=door)
    assert said in html and "<form" not in html and "checkbox" not in html and "牛奶 0" in html


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "{{7*7}}",
        "javascript:alert(1)",
        "`<b>`",
    ],
)
def test_no_text_of_a_shop_becomes_markup(tmp_path: Path, text: str) -> None:
    html = page(
        tmp_path, name=text, location_name=text, supplier=text, owner=text, state="acknowledged", done=text
    )
    assert "<script" not in html and "<img" not in html and 'href="javascript' not in html
    assert str(escape(text)) in html, "the name is there, as text"
    assert "<" not in text or text not in html


def test_it_asks_for_nothing_from_elsewhere_and_has_no_script(tmp_path: Path) -> None:
    html = page(tmp_path)
    assert "http://" not in html and "https://" not in html and "<script" not in html and "style=" not in html


def test_every_notice_is_there_in_both_languages() -> None:
    for key in (
        "unknown",
        "expired",
        "gone",
        "too_often",
        "foreign",
        "malformed",
        "broken",
        "home",
        "nowhere",
        "which",
    ):
        for lang in ("en", "zh"):
            assert "<h1>" in notice(key, Language(lang)), key  # type: ignore[arg-type]
