"""What a message says: how many of what, and for each alert what, where, how likely, how dear, what to do, until when."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from lowtide.desk.reasons import SENT
from lowtide.ledger import TYPES
from lowtide.notify.letter import letter, most_lines
from lowtide.notify.line import Pen
from lowtide.notify.message import Order
from lowtide.words import LANGUAGES, Lang
from tests.notify.messages import NOW, digest, line, message


def title(**other: object) -> str:
    return letter(message(**{"count": 3, **other}), 5).title  # type: ignore[arg-type]


def test_a_line_says_what_where_chance_money_action_and_deadline() -> None:
    assert Pen(message()).line(line()) == (
        "Banana 1 (6901) · Center (330) · 87.4 % to run out, likely in 2 days · loss ¥309.00 · "
        "order, expedite or transfer · answer by 10:30"
    )
    assert Pen(message(lang="zh")).line(line()) == (
        "Banana 1（6901） · Center（330） · 缺货概率 87.4 %，预计缺货：2 天后 · "
        "预计损失 ¥309.00 · 补货、催货或调拨 · 10:30 前响应"
    )


HIDDEN = "a\u202eb\u200bc\u2066d\x1be"
"""A name that turns its line around, and holds what nobody sees."""


def test_no_name_turns_a_line_around_or_hides_a_sign() -> None:
    """What was seen before: the place that gives stock stood in a list of transfers as it was written."""
    about = (("supplier", HIDDEN),)
    told = message(3, about=about, owner_name=HIDDEN, currency=HIDDEN)
    named = {
        "sku": HIDDEN,
        "sku_name": HIDDEN,
        "location": HIDDEN,
        "location_name": HIDDEN,
        "available": HIDDEN,
    }
    order = Order(
        "L1", HIDDEN, "proposed", 2, HIDDEN, HIDDEN, HIDDEN, HIDDEN, HIDDEN, 1.0, 2.0, NOW + timedelta(hours=3)
    )  # fmt: skip
    texts = [Pen(told).line(line(type="out_of_stock", **named)), Pen(told).line(line(type=HIDDEN, **named))]
    texts += [
        Pen(told).order(order),
        Pen(told).order(replace(order, from_location="")),
        letter(told, 2).title,
    ]
    for text in texts:
        assert text.isprintable() and r"a＼u202eb＼u200bc＼u2066d＼x1be" in text, text


@pytest.mark.parametrize(
    ("day", "words"),
    [(1, "run out, likely today"), (2, "likely tomorrow"), (4, "likely in 3 days"), (None, "run out ·")],
)
def test_the_day_of_a_stockout_counts_from_the_day_of_the_entry(day: int | None, words: str) -> None:
    assert words in Pen(message()).line(line(stockout_day=day))


def test_what_has_ended_asks_for_nothing() -> None:
    """Everything is over: a line that said `chase the supplier, answer by 10:30` would send somebody to work for nothing."""
    text = letter(message(13, reason="ALL_ENDED"), 5)
    assert text.lines[0] == "Banana 1 (6901) · Center (330)"
    assert text.rest == "and 8 more" and text.link_label == "Open the page"


def test_a_worth_that_is_not_known_is_said_and_zero_is_no_loss() -> None:
    assert "worth not known" in Pen(message()).line(line(worth=None))
    assert "loss ¥0.00" in Pen(message()).line(line(worth=0.0))
    assert "loss 12.5 units" in Pen(message(worth_in_units=True)).line(line(worth=12.5))


def test_a_deadline_of_another_day_names_it_and_doubt_about_holidays_is_said() -> None:
    later = line(due=NOW + timedelta(days=3), due_confirmed=False)
    assert Pen(message()).line(later).endswith("answer by 3 December 10:00 (holidays not confirmed)")
    assert Pen(message(lang="zh")).line(later).endswith("12月3日 10:00 前响应（节假日未确认）")
    assert "answer" not in Pen(message()).line(line(due=None))


@pytest.mark.parametrize(
    ("type", "words"),
    [
        ("out_of_stock", "nothing available"), ("negative_stock", "12 on record"), ("sales_spike", "sells 7.5 a day"),
        ("overdue_supply", "the supply is late"), ("below_reorder_point", "12 available"),
    ],
)  # fmt: skip
def test_each_type_says_how_it_stands_where_there_is_no_chance(type: str, words: str) -> None:
    assert words in Pen(message()).line(line(type=type, p_stockout=None))


def test_the_title_has_the_shape_severity_and_count() -> None:
    late = tuple(line(number, type="overdue_supply") for number in (1, 2, 3))
    about = (("supplier", "V002"),)
    assert title(lines=late, about=about) == "[critical] 3 SKUs of supplier V002 late"
    assert title(lines=late, about=about, lang="zh") == "【紧急】供应商 V002 的 3 个 SKU 到货逾期"
    assert title(lines=late, about=about, severity="warning").startswith("[warning] ")


def test_the_title_counts_skus_places_or_positions_only_where_the_lines_prove_it() -> None:
    same_sku = tuple(line(number, sku="1", location=str(number)) for number in (1, 2, 3))
    mixed = (line(1, sku="1"), line(2, sku="1", location="2"), line(3, sku="2"))
    assert "3 places projected to run out" in title(lines=same_sku)
    assert "3 positions projected to run out" in title(lines=mixed)
    assert "40 alerts of supplier V002" in title(count=40, about=(("supplier", "V002"),))
    assert "40 positions of supplier V002 late" in title(
        count=40,
        lines=(line(type="overdue_supply"),),
        about=(("supplier", "V002"), ("type", "overdue_supply")),
    )


def test_a_single_alert_is_named_in_the_title_and_two_types_are_alerts() -> None:
    assert title(count=1) == "[critical] Banana 1 (6901) · Center (330) projected to run out"
    assert "2 alerts at Center (330)" in title(
        count=2, lines=(line(1), line(2, type="sales_spike")), about=(("location", "330"),)
    )


def test_a_step_says_who_has_not_answered() -> None:
    assert "王芳 has not answered: 3 SKUs" in title(reason="STEP", owner_name="王芳", step=2)
    assert "still without an answer: 3 SKUs" in title(reason="STEP", owner_name="陈晨", step=1)


def test_what_has_no_line_is_counted_with_what_is_known_of_its_worth() -> None:
    assert letter(message(40), 5).rest == "and 35 more, loss ¥10,510"
    assert letter(message(7), 5).rest == "and 2 more, loss ¥607.00"
    assert letter(message(5), 5).rest == ""
    unknown = message(40, lines=(line(),), rest_worth=None)
    assert letter(unknown, 5).rest == "and 39 more"


@pytest.mark.parametrize("reason", sorted(SENT))
def test_only_a_message_that_stands_for_many_has_ten_lines(reason: str) -> None:
    expected = 10 if reason in ("FLOOD", "CATCH_UP", "QUIET_END") else 5
    assert most_lines(message(40, reason=reason)) == expected


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("reason", sorted(SENT))
@pytest.mark.parametrize("kind", TYPES)
def test_every_reason_and_type_is_said_in_every_language(reason: str, kind: str, lang: Lang) -> None:
    lines = tuple(line(number, type=kind) for number in (1, 2))
    text = letter(message(2, reason=reason, lang=lang, lines=lines), 5)
    everything = "\n".join([text.title, *text.paragraphs])
    assert text.title and text.paragraphs and "{" not in everything and "message." not in everything
    assert lang == "en" or re.search("[\u4e00-\u9fff]", text.title)
    assert lang == "zh" or not re.search("[\u4e00-\u9fff]", everything)


def test_a_message_of_several_types_names_them_in_its_title() -> None:
    """A phone shows the title only, and `12 alerts` says nothing."""
    both = (line(1), line(2, type="overdue_supply"))
    assert title(count=2, lines=both) == "[critical] 2 alerts: projected stockout, overdue supply"
    assert title(count=12, lines=both, lang="zh") == "【紧急】12 个告警：预计缺货、到货逾期等"
    assert letter(message(12, lines=both), 0).title == "[critical] 12 alerts", "an SMS has no room for it"


def test_a_digest_has_its_sections_with_their_worth_and_rest() -> None:
    text = letter(digest(), 2)
    assert text.title == "digest of 30 November 2026: 40 alerts" and not text.lines and not text.rest
    first, cut, table = text.chapters
    assert first.heading == "waited longest: 3, loss ¥900.00" and len(first.lines) == 2
    assert (
        cut.heading == "beyond the budget, not pushed: 35, loss ¥9,000"
        and cut.rest == "and 33 more, loss ¥8,383"
    )
    assert table.heading == "by team" and table.rows[0] == ("team", "alerts")
    assert "projected stockout" in first.lines[0]


def test_a_section_of_another_name_is_shown_under_that_name() -> None:
    odd = replace(digest(), sections=(replace(digest().sections[0], name="tomorrow"),))
    assert letter(odd, 1).chapters[0].heading.startswith("tomorrow: 3")


def test_in_a_group_chat_the_link_asks_to_sign_in() -> None:
    assert letter(message(personal=False), 5).link_label == "Sign in and answer"
    assert letter(message(lang="zh"), 5).link_label == "打开并处理"


def test_the_author_of_a_silence_hears_that_it_ends() -> None:
    plain = message(0, reason="REMINDER", severity="", lines=(), about=(("silence", "s-7"),))
    assert letter(plain, 5).title == "your silence s-7 ends within the hour"
    assert letter(plain, 5).lines == (
        "From then on its alerts are told again. `lowtide silence add` makes another.",
    )
    assert letter(replace(plain, lang="zh"), 5).title == "您的静默 s-7 将在一小时内结束"


def test_what_lists_of_proposals_do_not_name_is_counted_in_proposals() -> None:
    """It said `and 42 more` below five of 42: what the lines name was not taken off."""
    orders = tuple(
        Order(f"L{n}", "order", "proposed", 3, "330", "Center", "V002", "Dairy", "", 10.0, 1.0, None)
        for n in range(4)
    )
    told = letter(message(14, reason="REMINDER", lines=(), orders=orders), 2)
    assert len(told.lines) == 2 and told.rest == "and 8 more"
    assert letter(message(12, reason="REMINDER", lines=(), orders=orders), 4).rest == ""
