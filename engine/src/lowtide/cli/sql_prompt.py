"""A prompt for questions: names complete, the last questions are kept, and an answer can be saved."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import typer
from prompt_toolkit import PromptSession
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.history import FileHistory
from prompt_toolkit.lexers import PygmentsLexer
from pygments.lexers.sql import SqlLexer

from lowtide.cli.sql_output import save, show
from lowtide.errors import LowtideError, SettingsError
from lowtide.operation.screen import echo
from lowtide.warehouse import Warehouse

WELCOME = """\
ClickHouse SQL, read-only; end a question with `;`, complete names with Tab, leave with Ctrl-D.
For instance: SHOW TABLES;   DESCRIBE ledger;   SELECT type, count() FROM alert_current GROUP BY type;
\\save FILE writes the last answer (.csv, .parquet, .arrow, …), \\format F sets the format, \\help shows this again."""


class Names(Completer):
    """Completes keywords, tables, columns and functions; columns first of the tables that the question names."""

    def __init__(
        self, columns: dict[str, dict[str, str]], keywords: Iterable[str], functions: Iterable[str]
    ) -> None:
        self.columns = columns
        """Of each table, its columns and what they mean."""
        self.keywords = list(keywords)
        self.functions = list(functions)

    @classmethod
    def of(cls, reader: Warehouse) -> Names:
        """The names that a warehouse knows."""
        columns: dict[str, dict[str, str]] = {}
        for row in reader.rows(
            "SELECT table, name, comment FROM system.columns WHERE database = {db:String} ORDER BY table, position",
            {"db": reader.database},
        ):
            columns.setdefault(row["table"], {})[row["name"]] = row["comment"]
        keywords = reader.rows("SELECT keyword AS name FROM system.keywords ORDER BY 1")
        functions = reader.rows("SELECT name FROM system.functions WHERE alias_to = '' ORDER BY 1")
        return cls(columns, *((row["name"] for row in rows) for rows in (keywords, functions)))

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        """Candidates for the word before the cursor, at most once each."""
        word = document.get_word_before_cursor(pattern=re.compile(r"\w+"))
        seen: set[str] = set()
        for name, meaning in self._candidates(document.text, bool(word)):
            if name.lower().startswith(word.lower()) and name not in seen:
                seen.add(name)
                yield Completion(name, start_position=-len(word), display_meta=meaning[:80])

    def _candidates(self, text: str, typing: bool) -> Iterable[tuple[str, str]]:
        words = set(re.findall(r"\w+", text))
        named = [table for table in self.columns if table in words]
        for table in named:
            yield from self.columns[table].items()
        for table in self.columns:
            yield table, "table"
        if not typing:
            return
        upper = text.isupper() or not text.islower()
        for keyword in self.keywords:
            yield keyword if upper else keyword.lower(), ""
        for function in self.functions:
            yield function, "function"
        for table in self.columns:
            yield from self.columns[table].items()


def prompt(reader: Warehouse, fmt: str) -> None:
    """Ask until Ctrl-D or `exit`; a question that fails does not end the prompt."""
    history = Path(typer.get_app_dir("lowtide")) / "sql_history"
    history.parent.mkdir(parents=True, exist_ok=True)
    session: PromptSession[str] = PromptSession(
        history=FileHistory(str(history)),
        completer=Names.of(reader),
        complete_while_typing=False,
        lexer=PygmentsLexer(SqlLexer),
    )
    echo(WELCOME)
    asker = Session(reader, fmt)
    typed = ""
    while True:
        try:
            typed += session.prompt("lowtide> " if not typed else "    ...> ") + "\n"
        except KeyboardInterrupt:
            typed = ""
            continue
        except EOFError:
            return
        text = typed.strip()
        if text in {"exit", "quit", "\\q"}:
            return
        if not text or text.endswith(";") or text.startswith("\\"):
            typed = ""
            if text:
                asker.take(text)


class Session:
    """One session: its format, and the last question, which may be saved."""

    def __init__(self, reader: Warehouse, fmt: str) -> None:
        self.reader = reader
        self.format = fmt
        self.last: str | None = None

    def take(self, text: str) -> None:
        """A question or a command that begins with a backslash; prints what comes of it."""
        try:
            if text.startswith("\\"):
                self._command(text)
            else:
                self.last = text
                show(self.reader, text, self.format)
        except LowtideError as error:
            echo(error)

    def _command(self, text: str) -> None:
        name, _, rest = text.removeprefix("\\").rstrip(";").partition(" ")
        match name, rest.strip():
            case "save", file if file:
                if self.last is None:
                    raise SettingsError(
                        "there is no answer yet", "Ask first; `\\save FILE` writes the answer."
                    )
                save(self.reader, self.last, Path(file).expanduser())
            case "format", fmt if re.fullmatch(r"\w+", fmt):
                self.format = fmt
            case "help", _:
                echo(WELCOME)
            case _:
                raise SettingsError(
                    f"not a command: `{text}`", "`\\save FILE`, `\\format F`, `\\help`, `\\q`."
                )
