"""Every sentence of the help is there in Chinese, and no Chinese sentence stands for an English one that is gone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import typer

from lowtide.cli.application import application
from lowtide.cli.help import texts
from lowtide.words.help import HELP
from lowtide.words.help.frame import FRAME

_WORDS = {"Usage:", "Arguments", "Options", "Commands", "Example:", "env var", "default", "required"}
"""Words of the page itself."""


def sentences(command: Any, context: Any) -> Iterator[str]:
    yield from texts(command, context)
    for name, member in getattr(command, "commands", {}).items():
        yield from sentences(member, type(context)(member, parent=context, info_name=name))


def test_every_sentence_of_the_help_has_its_chinese_and_every_chinese_its_sentence() -> None:
    root: Any = typer.main.get_command(application())
    said = set(sentences(root, root.make_context("lowtide", ["alerts"], resilient_parsing=True)))
    assert said - HELP.keys() == set(), "write them into lowtide/words/help"
    assert HELP.keys() - said - _WORDS == set(), "nobody says this any more"
    assert HELP.keys() >= _WORDS and FRAME.keys() >= _WORDS


def test_chinese_help_is_chinese_and_names_the_same_things_to_type() -> None:
    for english, chinese in HELP.items():
        assert re.search("[\u4e00-\u9fff]", chinese), english
        assert sorted(re.findall("`[^`]*`", english)) == sorted(re.findall("`[^`]*`", chinese)), english
