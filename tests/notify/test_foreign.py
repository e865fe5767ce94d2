"""The name of a product must not ring a company, lead anywhere, or turn a message round."""

from __future__ import annotations

import doctest
import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from lowtide.notify import foreign
from lowtide.notify.foreign import MOST, harmless

HOSTILE = (
    "<@all>", "@all", "<at id=all></at>", '<at user_id="all">', "<!channel>", "@everyone", "@13800138000",
    "[sale](http://bad.example)", "![x](https://bad.example/p.png)", "http://bad.example", "HTTPS://BAD.example/x?y",
    "www.bad.example", "bad.example/x", "//bad.example", "mailto:a@bad.example", "tel:10086", "javascript:alert(1)",
    "weixin://dl/chat", "<a href='x'>y</a>", "<script>", "&lt;at id=all&gt;", "`code`", "**bold**", "\\[x\\](y)",
    "\u202egpj.exe", "a\u200b.\u200bcom", "\x00\x1b[31m", "x\n\n# Title", "x\r\nBcc: a@b.example", "例子.中国",
    "e\u0301.com", "|a|b|", "\ud83d", "\u2066x\u2069", "😀" * 30,
)  # fmt: skip
_LINK = re.compile(r"://|www\.|\]\(|\S[.．。｡․][^\W\d_]|:\S")
_SIGNS = set("@<>[]*`\\&#|")


def is_harmless(text: str) -> bool:
    """Whether a chat tool finds nothing to act on, and a reader nothing that hides."""
    hidden = {sign for sign in text if unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Zl", "Zp")}
    return not hidden and not _SIGNS & set(text) and not _LINK.search(text)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_is_harmless(text: str) -> None:
    assert is_harmless(harmless(text)), harmless(text)


@settings(max_examples=60)
@given(some.lists(some.one_of(some.sampled_from(HOSTILE), some.text(max_size=6)), max_size=6).map("".join))
def test_hostile_texts_together_are_harmless_and_short(text: str) -> None:
    made = harmless(text)
    assert is_harmless(made) and len(made) <= MOST
    assert harmless(made) == made


@pytest.mark.parametrize(
    "text",
    [
        "Milk 1.5L",
        "有机牛奶 250ml×12",
        "SKU_12-A/3",
        "Size: XL",
        "50% off + tax",
        "Crème brûlée",
        "5°C ~ 8°C",
    ],
)
def test_an_honest_name_stays_as_it_is(text: str) -> None:
    assert harmless(text) == text


def test_the_examples_run() -> None:
    assert not doctest.testmod(foreign).failed
