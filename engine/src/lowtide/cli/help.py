"""The help of every command, in the language of the reader: what it does, an example, its options, its commands in groups.

A command says in English what it is, where it is written; `lowtide.words.help` has the same sentence in other languages.
"""

from __future__ import annotations

import inspect
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import typer
from rich.cells import cell_len, chop_cells
from typer.core import TyperCommand, TyperGroup
from typer.models import CommandFunctionType

from lowtide.words import LANGUAGES, Language

LANG = "lowtide.lang"
"""Where the language of a command is kept in its context."""
_WIDEST_NAME = 30
"""Columns for the name of an option; a longer one has its text on the next line."""
_WIDE = r"\u3000-\u9fff\uff00-\uffef"
_PIECES = re.compile(rf"`[^`]*`[^\s{_WIDE}]*\s*|[{_WIDE}]|[^\s{_WIDE}`]+\s*|\s+|`")
"""What stays together in a line: a word, something to type, one Chinese character."""
_CLOSING = "，。；：、）"
"""These do not begin a line."""


class App(typer.Typer):
    """Commands whose help is written here."""

    def __init__(self, help: str | None = None, **options: Any) -> None:
        usual = {"no_args_is_help": True, "pretty_exceptions_enable": False, "rich_markup_mode": None}
        settings = {"help_option_names": ["-h", "--help"]}
        about = {} if help is None else {"help": help}
        super().__init__(cls=Group, context_settings=settings, **{**usual, **about, **options})

    def command(
        self, name: str | None = None, **options: Any
    ) -> Callable[[CommandFunctionType], CommandFunctionType]:
        """Register a function as a command."""
        return super().command(name, cls=Command, **options)


class Command(TyperCommand):
    """A command whose help is in the language of the reader."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the whole page."""
        formatter.write(_page(self, ctx, formatter.width))


class Group(TyperGroup):
    """Commands under one name, listed in groups."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the whole page."""
        formatter.write(_page(self, ctx, formatter.width))


def texts(command: Any, ctx: Any) -> Iterator[str]:
    """Every English sentence of the help of one command: what another language has to say too."""
    yield from (part for part in _paragraphs(command) if not part.startswith(" ") and "\n" not in part)
    for param in command.get_params(ctx):
        if param.help and not getattr(param, "hidden", False):
            yield param.help
    for member in getattr(command, "commands", {}).values():
        if member.rich_help_panel:
            yield member.rich_help_panel


def _page(command: Any, ctx: Any, width: int) -> str:
    language = _language(ctx)
    usage = " ".join([ctx.command_path, *command.collect_usage_pieces(ctx)])
    lines = [f"{language.help('Usage:')} {usage}"]
    for part in _paragraphs(command):
        lines.append("")
        lines += [f"  {part}"] if part.startswith(" ") else _wrapped(language.help(part), width, "  ")
    lists: dict[str, list[tuple[str, str]]] = {}
    for param in command.get_params(ctx):
        record = param.get_help_record(ctx)
        if record is not None:
            name, text = record
            said = language.help(param.help or "")
            more = _more(text.removeprefix(param.help or "").strip(), language)
            kind = "Arguments" if param.param_type_name == "argument" else "Options"
            lists.setdefault(kind, []).append((name, f"{said}  {more}".strip()))
    for name, member in getattr(command, "commands", {}).items():
        if not member.hidden:
            first = language.help(_paragraphs(member)[0])
            panel = member.rich_help_panel or "Commands"
            lists.setdefault(panel, []).append((name, re.split(r"(?<=\.)\s|(?<=。)", first)[0]))
    for heading, rows in lists.items():
        lines += ["", f"{language.help(heading)}{'：' if language.lang == 'zh' else ':'}"]
        lines += _list(rows, width)
    return "\n".join(lines) + "\n"


def _paragraphs(command: Any) -> list[str]:
    """The parts of a docstring; an example keeps its indentation, every other part is one line."""
    parts = inspect.cleandoc(command.help or "").split("\n\n")
    return [part if part.startswith(" ") else " ".join(part.split()) for part in parts]


def _more(text: str, language: Language) -> str:
    """What follows the sentence of an option: `[env var: LOWTIDE_LANG; default: 5]`."""
    for word in ("env var", "default", "required"):
        text = re.sub(rf"(?<=[\[ ]){word}(?=[:\]])", language.help(word), text)
    return text


def _language(ctx: Any) -> Language:
    """The language of the reader. Settings are loaded only where they may say it: they take as long as all the rest."""
    given = ctx.meta.get(LANG) or os.environ.get("LOWTIDE_LANG")
    if given in LANGUAGES:
        return Language(given)
    if given is None and not Path("lowtide.yaml").exists():
        return Language("en")
    from lowtide.cli.options import language_of
    from lowtide.errors import SettingsError

    try:
        return language_of(given)
    except SettingsError:
        return Language("en")


def _list(rows: list[tuple[str, str]], width: int) -> Iterator[str]:
    column = 2 + min(max(cell_len(name) for name, _ in rows), _WIDEST_NAME) + 2
    for name, text in rows:
        first, *rest = _wrapped(text, width, " " * column) or [""]
        head = f"  {name}"
        if cell_len(head) + 2 > column:
            yield head
            yield first
        else:
            yield head + first[cell_len(head) :] if first else head
        yield from rest


def _wrapped(text: str, width: int, indent: str) -> list[str]:
    """Lines of at most `width` columns; Chinese breaks anywhere, other text between words."""
    room = max(width - len(indent), 20)
    lines = [""]
    for word in _PIECES.findall(text):
        if lines[-1] and cell_len(lines[-1] + word.rstrip()) > room and word not in _CLOSING:
            lines[-1] = lines[-1].rstrip()
            lines.append("")
        lines[-1] += word
    whole = (chop_cells(line, room) if cell_len(line) > room + 2 else [line.rstrip()] for line in lines)
    return [indent + piece for pieces in whole for piece in pieces]
