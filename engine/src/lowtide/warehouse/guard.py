"""Check that a reader's query is one statement, that it only reads, and that it reads only tables of this warehouse.

The handle itself has `readonly = 1`, which stops writes, DDL and settings. It does not stop `KILL`, `INTO OUTFILE`, a
function `file()` in any place that takes a function (`APPLY(file)`, `arrayMap(file, …)`), files named like tables, and
requests made while a table is described. These are refused here. ClickHouse's own parser decides what a statement is,
not a pattern over its text: `formatQuery` accepts only one statement and gives every name its normal spelling,
`EXPLAIN AST` tells its kind, its tables and its functions.

    what                  rule
    kinds of statement    only those of `KINDS`, inside the statement too
    tables                this warehouse's, `information_schema`, and of `system` those of `SYSTEM`
    table functions       only those of `TABLE_FUNCTIONS`, which generate rows
    functions             all except `FUNCTIONS`, wherever the name stands, unless it can only be a column

This protects against mistakes and curious analysts; it is not a sandbox for strangers.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice

from clickhouse_connect.driver.exceptions import ClickHouseError

from lowtide.errors import SettingsError
from lowtide.warehouse import reader_settings
from lowtide.warehouse.client import Warehouse
from lowtide.warehouse.literals import QUOTED, STRING
from lowtide.warehouse.server_errors import sentence

Ask = Callable[[str], str]
"""Runs a statement, with the parameters of the query that is checked; gives TabSeparated text."""


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


KINDS = _names(
    """SelectWithUnionQuery SelectIntersectExceptQuery SelectQuery DescribeQuery Explain ExistsTableQuery
    ExistsViewQuery ExistsDatabaseQuery ExistsDictionaryQuery ShowColumns ShowCreateTableQuery ShowCreateViewQuery
    ShowCreateDatabaseQuery ShowEngineQuery ShowFunctions ShowIndexes ShowSetting ShowTables"""
)
TABLE_FUNCTIONS = _names("generate_series generateSeries numbers numbers_mt primes values view")
SYSTEM = _names(
    """aggregate_function_combinators build_options collations columns contributors data_skipping_indices
    data_type_families database_engines databases formats functions keywords licenses numbers numbers_mt one
    settings table_engines table_functions tables time_zones zeros zeros_mt"""
)
"""Tables of `system` that say what ClickHouse can do and what the tables are; not queries of others, paths or secrets."""
FUNCTIONS = re.compile(
    r"""file | catboostevaluate | joinget(ornull)? | dict(get|has|isin)\w* | region(to|in|hierarchy)\w* | ai(redact|
    similarity|filter|classify|embed|extract|generate|translate)\w* | getserversetting | getmacro | getserverport |
    getclienthttpheader | showcertificate | addressto(line|symbol)\w* | logtrace | tid | generateserialid |
    lemmatize | stem | synonyms | fuzzquery | transaction(id|latestsnapshot|oldestsnapshot)""",
    re.VERBOSE,
)
"""Names, in small letters, of functions that reach files, dictionaries, models, other machines or the process."""

_IN = frozenset(f"{g}{n}{k}{s}" for g in ("", "global") for n in ("", "not") for k in ("in", "nullin")
                for s in ("", "ignoreset"))  # fmt: skip
_DEFAULTS = re.compile(r"\b(default|materialized|alias|ephemeral|codec|ttl)\b", re.IGNORECASE)
_NODE = re.compile(r"( *)(\w+)(.*)")
_SETTING = r"\w++ = (?:'x*+'|[\w.]++)"
_SETTINGS = re.compile(rf" SETTINGS {_SETTING}(?:, {_SETTING})*+(?= FORMAT \w+$|$)")


@dataclass(frozen=True)
class Statement:
    """A statement that only reads: its normal form, and the format and settings that it names."""

    sql: str
    format: str | None
    settings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Node:
    """A line of the parser's tree: its kind, the name in it, and the node above it."""

    kind: str
    name: str
    parent: Node | None
    sibling: int
    """Its number among its siblings, from 0."""

    @property
    def up(self) -> str:
        """The kind of the node above it; empty for the root."""
        return self.parent.kind if self.parent else ""

    @property
    def above(self) -> Iterator[Node]:
        """The nodes above it, the nearest first."""
        node = self.parent
        while node is not None:
            yield node
            node = node.parent


def checked(reader: Warehouse, query: str) -> Statement:
    """The statement of a query. Raises SettingsError, with the reason, if it is not read-only."""

    def ask(sql: str) -> str:
        return reader.raw(sql, "TabSeparated").decode("utf-8", "replace")

    return judged(ask, query, reader.database)


def judged(ask: Ask, query: str, database: str, parameters: Mapping[str, str] | None = None) -> Statement:
    """The same for a query with parameters; `ask` runs a statement on a handle that only reads."""
    try:
        sql = _normal(ask, query)
        if re.match(r"(INSERT|SYSTEM|KILL)\b", sql):
            raise _refused()
        bare = QUOTED.sub("''", sql)
        if "INTO OUTFILE" in bare:
            raise SettingsError(
                "`INTO OUTFILE` writes a file", "Redirect the output instead: `lowtide sql … > file`."
            )
        without, settings = _settings(sql)
        nodes = list(_nodes(ask(f"EXPLAIN AST {without}")))
    except (ClickHouseError, RuntimeError) as error:
        if "Multi-statements" in str(error):
            raise SettingsError("give one statement at a time", "A `;` may only be at the end.") from error
        raise SettingsError(f"the warehouse does not take this: {sentence(error)}") from error
    _check_kinds(nodes)
    _check_tables(nodes, database)
    _check_functions(nodes, sql, parameters or {})
    format_ = re.search(r"\bFORMAT (\w+)(?: SETTINGS .*)?$", bare)
    return Statement(sql, format_[1] if format_ else None, settings)


def _settings(sql: str) -> tuple[str, dict[str, str]]:
    """A statement without the settings at its end, and these: `EXPLAIN` would take them as its own."""
    masked = QUOTED.sub(lambda found: found[0][0] + "x" * (len(found[0]) - 2) + found[0][-1], sql)
    clause = _SETTINGS.search(masked)
    if not clause:
        return sql, {}
    pairs = re.findall(r"(\w+) = ('[^']*'|[\w.]+)", sql[clause.start() : clause.end()])
    return sql[: clause.start()] + sql[clause.end() :], {name: value.strip("'") for name, value in pairs}


def _normal(ask: Ask, query: str) -> str:
    quoted = query.replace("\\", "\\\\").replace("'", "\\'")
    text = ask(f"SELECT formatQuerySingleLine('{quoted}')").removesuffix("\n")
    return re.sub(r"\\(.)", lambda found: _UNESCAPED.get(found[1], found[1]), text, flags=re.DOTALL)


_UNESCAPED = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "b": "\b", "f": "\f"}


def _nodes(tree: str) -> Iterator[Node]:
    above: list[Node] = []
    below = [0]
    for line in tree.splitlines():
        if found := _NODE.fullmatch(line):
            depth = len(found[1])
            del above[depth:], below[depth + 1 :]
            name = re.sub(r"( \(alias .*)?( \(children \d+\))?$", "", found[3]).strip()
            node = Node(found[2], name, above[-1] if above else None, below[-1])
            below[-1] += 1
            below.append(0)
            above.append(node)
            yield node


def _check_kinds(nodes: list[Node]) -> None:
    if not nodes or nodes[0].kind not in KINDS:
        raise _refused()
    for node in nodes:
        if node.kind.endswith("Query") and node.kind not in KINDS | {"TablesInSelectQuery"}:
            raise _refused()
        if node.kind == "Explain" and "TABLE OVERRIDE" in node.name:
            raise _refused()
        if node.kind == "Set" and node.parent and node.parent.parent and node.up != "Explain":
            raise SettingsError("`SETTINGS` may be at the end of the whole statement only")


def _check_tables(nodes: list[Node], database: str) -> None:
    ours = {database, "information_schema", "INFORMATION_SCHEMA"}
    for node in nodes:
        if node.kind == "TableIdentifier" or (node.kind == "Identifier" and _right_of_in(node)):
            _check_table(node.name, ours)
        elif node.kind == "Identifier" and node.up.startswith(("ShowCreate", "Exists")):
            if not re.fullmatch(r"\w+", node.name):
                raise _outside(node.name)
        elif re.match(r"system\.", node.name) and node.kind == "Identifier":
            _check_table(".".join(node.name.split(".")[:2]), ours)


def _right_of_in(node: Node) -> bool:
    """Whether a name stands where `IN` takes a table; there a column is written without a dot."""
    function = next(islice(node.above, 1, None), node)
    return (
        "." in node.name
        and node.sibling == 1
        and function.kind == "Function"
        and function.name.lower() in _IN
    )


def _check_table(name: str, ours: set[str]) -> None:
    found = re.fullmatch(r"(?:(\w+)\.)?(\w+)", name)
    schema = found[1] if found else None
    if not found or not (schema is None or schema in ours or (schema == "system" and found[2] in SYSTEM)):
        raise _outside(name)


def _check_functions(nodes: list[Node], sql: str, parameters: Mapping[str, str]) -> None:
    for node in nodes:
        if (
            node.kind == "Function"
            and node.up in ("TableExpression", "Explain")
            and node.name not in TABLE_FUNCTIONS
        ):
            raise _outside(node.name)
        if _structure(node) and (node.kind != "Literal" or _DEFAULTS.search(node.name)):
            raise SettingsError("`values` takes its columns as a plain text without defaults")
    words = re.findall(r"\w+", STRING.sub("''", sql))
    columns = _columns(nodes, words)
    words = [word for word in words if word not in columns]
    if ":Identifier" in sql:
        words += [word for value in parameters.values() for word in re.findall(r"\w+", value)]
    for word in words:
        if FUNCTIONS.fullmatch(word.lower()):
            raise _outside(word)


def _columns(nodes: list[Node], words: list[str]) -> set[str]:
    """Which names of functions can only be columns here: `file` of the table `reject` is one.

    Each place in the text must be a column in the tree, and nothing in the statement may take a function by its name.
    """
    if "apply" in map(str.lower, words) or any(
        node.kind == "Function" and node.name.lower().startswith(("array", "map")) for node in nodes
    ):
        return set()
    told = Counter(word for word in words if FUNCTIONS.fullmatch(word.lower()))
    seen = Counter(node.name.rpartition(".")[2] for node in nodes if node.kind == "Identifier")
    return {word for word, times in told.items() if seen[word] == times}


def _structure(node: Node) -> bool:
    """Whether it is the first argument of `values`, unless that is a row: columns, whose defaults would be executed."""
    above = list(islice(node.above, 3))
    return (
        [up.kind for up in above] == ["ExpressionList", "Function", "TableExpression"]
        and above[1].name == "values"
        and node.sibling == 0
        and (node.kind, node.name) != ("Function", "tuple")
    )


def _outside(name: str) -> SettingsError:
    return SettingsError(
        f"`{name}` reaches outside the warehouse, and a reader may only read the warehouse",
        "Readers see the tables of the warehouse, `system.tables`, `system.columns` and their like.",
    )


def _refused() -> SettingsError:
    return SettingsError(
        "a reader's query is read-only: it may be `SELECT`, `WITH`, `SHOW`, `DESCRIBE`, `EXISTS` or `EXPLAIN`",
        "The tables are written by `lowtide run` alone.",
    )


def answer(reader: Warehouse, query: str, fmt: str) -> bytes:
    """Run one statement that only reads; returns the bytes of its answer, in its own `FORMAT`, else in `fmt`."""
    if not re.fullmatch(r"\w+", fmt):
        raise SettingsError(
            f"not a format: `{fmt}`", "For instance `JSONEachRow`, `CSVWithNames`, `Vertical`."
        )
    statement = checked(reader, query)
    settings = reader_settings.given(statement.settings)
    handle = reader.reader(settings) if settings else reader
    try:
        return handle.raw(statement.sql, None if statement.format else fmt)
    except ClickHouseError as error:
        raise SettingsError(f"the query failed: {sentence(error)}") from error
    finally:
        if handle is not reader:
            handle.close()
