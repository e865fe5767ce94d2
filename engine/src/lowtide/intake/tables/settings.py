"""`databases.yaml` says which tables are read, how, and with which map; all its mistakes are reported together.

tables:
  - name: stock-moves                    # names the watermark: another name reads from the beginning
    url: postgresql+psycopg://lowtide:${ERP_PASSWORD}@db.shop.example/erp
    table: public.stock_move             # or `query: SELECT …`
    map: odoo-stock-move
    mode: postgres                       # postgres, rowversion, lookback, whole
    every: 10s
"""

from __future__ import annotations

import difflib
import os
import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, get_args
from urllib.parse import quote

from pydantic import Field, ValidationError

from lowtide import strict
from lowtide.errors import SettingsError
from lowtide.secret import SecretAddress
from lowtide.strict import Document, Place, YamlFault
from lowtide.strict.duration import Milliseconds, milliseconds
from lowtide.strict.fields import Strict

ModeName = Literal["postgres", "rowversion", "lookback", "whole"]
EVERY_MS = milliseconds("10s")
WHOLE_EVERY_MS = milliseconds("1h")
_HINT = "docs/folders-and-tables.md has every word of `databases.yaml`."
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


class Table(Strict):
    """One table or query that is read again and again."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]
    """Names its watermark in the journal, its log lines and metrics."""
    url: SecretAddress
    """Address as SQLAlchemy writes it; `${NAME}` is the value of an environment variable."""
    table: str | None = None
    """`table` or `schema.table`, read with all its columns."""
    query: str | None = None
    """A SELECT, in place of a table."""
    map: str
    """The map that makes movements of its rows: a NAME or a path."""
    mode: ModeName
    every: Milliseconds | None = None
    """How long to wait from one reading to the next; 10s, and 1h where the whole table is read."""
    time: str | None = None
    """Column with the time when a row was written or last changed (`lookback`; a help in `postgres`)."""
    lookback: Milliseconds | None = None
    """How far back a window reaches: longer than the longest transaction (`lookback`; a help in `postgres`)."""
    rowversion: str | None = None
    """Column of type `rowversion` (`rowversion`)."""

    @property
    def every_s(self) -> float:
        """Seconds from one reading to the next."""
        usual = WHOLE_EVERY_MS if self.mode == "whole" else EVERY_MS
        return (self.every or usual) / 1000

    @property
    def lookback_ms(self) -> int:
        """The length of the window in milliseconds; 0 without one."""
        return self.lookback or 0


class Databases(Strict):
    """The whole file."""

    tables: list[Table]


def load_tables(path: Path, environment: Mapping[str, str] | None = None) -> list[Table]:
    """The tables that a file names, with their addresses filled in. Raises SettingsError, which lists every mistake."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"`{path}` cannot be read: {error}", _HINT) from error
    try:
        document = strict.document(text, "`databases.yaml` is a mapping with the key `tables:`", _is_text)
    except YamlFault as fault:
        line, column = fault.place
        raise SettingsError(f"{path}:{line}:{column}: {fault.message}", _HINT) from None
    faults: list[tuple[Place, str]] = []
    tables: list[Table] = []
    try:
        tables = Databases.model_validate(document.value).tables
    except ValidationError as error:
        faults = [_sentence(detail, document) for detail in error.errors(include_input=False)]
    known = os.environ if environment is None else environment
    names = Counter(table.name for table in tables)
    for number, table in enumerate(tables):
        missing = _missing(table, known) + _twice(table, names)
        faults += [(document.place(("tables", number, key)), why) for key, why in missing]
    if faults:
        lines = [f"{path}:{line}:{column}: {why}" for (line, column), why in sorted(set(faults))]
        raise SettingsError("\n".join(lines), _HINT)
    return [table.model_copy(update={"url": _filled(table.url.reveal(), known)}) for table in tables]


def _is_text(path: strict.Path) -> bool:
    return path[:1] == ("tables",) and path[2:3] not in ((), ("every",), ("lookback",))


def _filled(url: str, known: Mapping[str, str]) -> SecretAddress:
    """The address with the values of its variables, in which characters such as `@` and `/` lose their meaning."""
    return SecretAddress(_VARIABLE.sub(lambda found: quote(known[found[1]], safe=""), url))


def _missing(table: Table, known: Mapping[str, str]) -> list[tuple[str, str]]:
    """What the mode of a table needs and the file does not say, and variables that nobody has set."""
    faults = [
        ("url", f"the environment variable `{name}` is not set")
        for name in _VARIABLE.findall(table.url.reveal())
        if name not in known
    ]
    if (table.table is None) == (table.query is None):
        faults.append(("name", "write either `table` or `query`"))
    if table.mode == "rowversion" and table.rowversion is None:
        faults.append(("mode", "`mode: rowversion` needs `rowversion: COLUMN`"))
    if table.mode == "lookback" and (table.time is None or not table.lookback):
        faults.append(("mode", "`mode: lookback` needs `time: COLUMN` and `lookback: 15m`"))
    if table.mode == "postgres" and (table.time is None) != (not table.lookback):
        faults.append(("mode", "in `mode: postgres`, `time` and `lookback` come together"))
    if table.mode == "postgres" and not table.url.reveal().startswith(("postgresql", "postgres")):
        faults.append(("mode", "`mode: postgres` reads a PostgreSQL server: use `lookback` for others"))
    if table.mode == "rowversion" and not table.url.reveal().startswith("mssql"):
        faults.append(("mode", "`mode: rowversion` reads a SQL Server: use `lookback` for others"))
    return faults


def _twice(table: Table, names: Counter[str]) -> list[tuple[str, str]]:
    if names[table.name] < 2:
        return []
    return [("name", f"two tables have the name `{table.name}`: each needs a watermark of its own")]


def _sentence(detail: Any, document: Document) -> tuple[Place, str]:
    """The place of a mistake that pydantic saw, and its sentence. The value is not shown: it may be a password."""
    path: strict.Path = detail["loc"]
    place, word = document.place(path), str(path[-1])
    known = list(Table.model_fields) if len(path) > 1 else list(Databases.model_fields)
    if detail["type"] == "extra_forbidden":
        return place, f"unknown word `{word}`: {_instead(word, known)}"
    if detail["type"] == "missing":
        return place, f"`{word}` is missing"
    if detail["type"] == "literal_error":
        return place, f"`{word}`: use one of {', '.join(get_args(ModeName))}"
    if detail["type"] == "string_pattern_mismatch":
        return place, f"`{word}`: use small letters, digits and `-`, at most 64"
    message = str(detail["msg"]).removeprefix("Value error, ")
    return place, f"`{'.'.join(str(part) for part in path)}`: {message[0].lower()}{message[1:]}"


def _instead(word: str, known: list[str]) -> str:
    close = difflib.get_close_matches(word, known, 1)
    return f"did you mean `{close[0]}`?" if close else f"use one of {', '.join(known)}"
