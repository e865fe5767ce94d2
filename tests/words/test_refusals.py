"""What the page refuses is said in Chinese to a reader of Chinese: each sentence that its rooms raise has a counterpart."""

from __future__ import annotations

import ast
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from lowtide import service, words
from lowtide.words import Language
from lowtide.words.refusals import TABLES, chinese

ROOT = Path(service.__file__).parents[1]
ROOMS = (
    "service", "page", "actions/act.py", "actions/life.py", "desk/answers.py", "desk/proposing/verdict.py",
    "desk/proposing/answering.py", "desk/proposing/exporting.py", "desk/outflow/outbox.py", "desk/silences.py",
    "web/passwords.py", "people/book.py",
)  # fmt: skip
"""Where errors are raised that a page shows."""
ERRORS = {
    "Missing", "NotAllowed", "Moved", "SettingsError", "ActionError", "NotAllowedError", "PeopleError", "PolicyError",
    "WarehouseError", "InputError",
}  # fmt: skip
OF_COMMANDS = (
    "alert x1 has no entry of the core", "Run its log again", "the time of the action has no zone", "For instance",
    "the action is of", "An action comes after", "the last action on", "Actions are written", "`x1` leaves the owner",
    "`--for NAME`", "Act for the owner",
)  # fmt: skip
"""Sentences that only a command can meet: they begin so."""
PUT_TOGETHER = {"`team`: x1", "it needs x1", "x1 begins with `x1`", "x1: x1"}
"""Sentences whose gap is a part of a sentence: what stands in it decides which one of the tables it is."""
WORDS = Language("zh")


def text(node: ast.expr) -> str | None:
    """A sentence with `x1` in its gaps; None if it is made elsewhere."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(one.value) if isinstance(one, ast.Constant) else "x1" for one in node.values)
    return None


def raised() -> Iterator[tuple[str, str]]:
    for room in ROOMS:
        path = ROOT / room
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ERRORS:
                    for value in [*node.args, *(one.value for one in node.keywords if one.arg == "hint")]:
                        branches = [value.body, value.orelse] if isinstance(value, ast.IfExp) else [value]
                        for sentence in filter(None, map(text, branches)):
                            yield f"{file.relative_to(ROOT)}:{node.lineno}", sentence


RAISED = [one for one in raised() if not one[1].startswith(OF_COMMANDS)]


def test_every_sentence_that_a_page_can_meet_has_its_chinese_one() -> None:
    assert len(RAISED) > 150
    missing = [
        (at, said) for at, said in RAISED if said not in PUT_TOGETHER and chinese(said, WORDS.word) is None
    ]
    assert missing == [], "\n".join(f"{at} {said}" for at, said in missing)


def test_the_same_gaps_are_in_both_and_chinese_is_chinese() -> None:
    for table in TABLES:
        for english, said in table.items():
            assert set(re.findall(r"{(\w+)}", said)) <= set(re.findall(r"{(\w+)}", english)), english
            assert re.search("[\u4e00-\u9fff]|{said}", said) and not re.search("[\u4e00-\u9fff]", english), (
                english
            )


def test_a_stranger_keeps_nobody_busy_with_a_sentence() -> None:
    began = time.process_time()
    for said in (
        "`a`: " * 900 + "x",
        "x" + " (it is x)" * 900,
        ", but `a` is b and `c` is d" * 40 + "x",
        "`a`: x (it is x)" * 60,
    ):
        assert chinese(said, WORDS.word) is None
    assert time.process_time() - began < 2


@pytest.mark.parametrize(
    ("message", "hint", "said"),
    [
        ("`erp` is empty", "Choose a file with rows.", "`erp` 为空。请选择有数据行的文件。"),
        ("`ack` is not possible: alert A1 is in progress by `li`", "",
         "无法执行 `ack`：告警 A1 的状态为处理中，由 `li` 负责。"),
        ("policy.yaml:3:3: `lead_time` is missing\npolicy.yaml:4:1: a key must be a plain word", "",
         "policy.yaml:3:3：缺少 `lead_time`\npolicy.yaml:4:1：键须为普通的词。"),
        ("`team`: there is no team `x`", "", "`team`：没有团队 `x`。"),
        ("people.yaml:5:9: `quiet`: write hours such as \"09:00-18:00\" (it is `late`)", "",
         "people.yaml:5:9：`quiet`：请填写如 \"09:00-18:00\" 的时段（当前为 `late`）。"),
        ("p:2:5: `xyz`: there is no class `Q`: use one of X, Y, Z", "", "p:2:5：`xyz`：没有分类 `Q`：请使用 X, Y, Z 之一。"),
        ("p:2:5: `xyz`: there is no class `AX`: did you mean `abc: A, xyz: X`?", "",
         "p:2:5：`xyz`：没有分类 `AX`：是否指 `abc: A, xyz: X`？"),
        ("您未选择告警", "", "您未选择告警。"),
        ("it is as it was never written", "Do so.", "操作未完成，程序的说明（英文）：it is as it was never written. Do so."),
    ],
)  # fmt: skip
def test_how_it_is_said(message: str, hint: str, said: str) -> None:
    assert WORDS.refusal(message, hint) == said
    assert words.Language("en").refusal("why?", "Do it.") == "why? Do it."
