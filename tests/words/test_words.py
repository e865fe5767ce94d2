"""All languages say the same things: the same keys, the same gaps, and a word for whatever the core can write."""

from __future__ import annotations

import doctest
import importlib
import json
import re
from pathlib import Path
from string import Formatter

import pytest

from lowtide import ledger, words
from lowtide.actions.life import FEEDBACK
from lowtide.words import LANGUAGES, Lang, Language
from lowtide.words.tables import TABLES, TEXT

ROOT = Path(__file__).parents[2]
CHINESE = re.compile("[\u4e00-\u9fff]")


def gaps(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_every_sentence_is_there_in_every_language_with_the_same_gaps() -> None:
    for key, said in TEXT.items():
        assert len(said) == len(LANGUAGES) and all(said), key
        assert len({frozenset(gaps(text)) for text in said}) == 1, key


def test_english_is_english_and_chinese_is_chinese() -> None:
    for key, (english, chinese) in TEXT.items():
        assert not CHINESE.search(english), key
        assert CHINESE.search(chinese) or not re.search("[a-z]{3}", re.sub("{.*?}|`.*?`", "", english)), key


def test_a_key_stands_in_one_table() -> None:
    assert sum(len(table) for table in TABLES) == len(TEXT)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_whatever_the_core_and_people_write_has_a_word(lang: Lang) -> None:
    said = {
        "type": ledger.TYPES, "action": ledger.TYPES, "severity": ledger.SEVERITIES,
        "entry": (*ledger.ENTRIES, *ledger.ACTIONS, *ledger.DESK_ENTRIES), "feedback": FEEDBACK,
    }  # fmt: skip
    for subject, keys in said.items():
        assert {f"{subject}.{key}" for key in keys} == {key for key in TEXT if key.startswith(f"{subject}.")}
    assert Language(lang).word("reason", "a reason of tomorrow") == "a reason of tomorrow"


def test_every_reason_of_the_core_has_a_word_and_every_word_a_reason() -> None:
    core = "\n".join(path.read_text("utf-8") for path in (ROOT / "native/src").rglob("*.rs"))
    known = {key.removeprefix("reason.") for key in TEXT if key.startswith("reason.")}
    assert {reason for reason in known if f'"{reason}"' not in core} == set()
    for story in sorted((ROOT / "tests/scenarios").glob("*/ledger.jsonl")):
        written = {json.loads(line)["reason"] for line in story.read_text("utf-8").splitlines()}
        assert written <= known, story


def test_the_severities_are_those_of_the_trade() -> None:
    assert [Language("zh").word("severity", name) for name in ledger.SEVERITIES] == ["关注", "预警", "紧急"]


@pytest.mark.parametrize("name", ["lowtide.words", "lowtide.words.language"])
def test_the_examples_run(name: str) -> None:
    done = doctest.testmod(importlib.import_module(name))
    assert done.attempted and not done.failed


def test_one_room_has_the_words() -> None:
    """Chinese outside of `words` is a sentence that its English reader never gets; the exception is an example."""
    package = Path(words.__file__).parents[1]
    elsewhere = {
        path.relative_to(package).as_posix()
        for path in package.rglob("*.py")
        if "words" not in path.parts and CHINESE.search(path.read_text("utf-8"))
    }
    assert elsewhere <= {"cli/report.py"}
