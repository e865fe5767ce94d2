"""Whatever somebody sends as a statement, reading it costs time in proportion to its length."""

from __future__ import annotations

import time

import pytest

from lowtide.warehouse import literals, server_errors
from lowtide.warehouse.http import errors
from lowtide.warehouse.http.native import arguments
from lowtide.warehouse.http.statement import read

SHAPES = [
    ("SELECT 1 ", "/* "), ("SELECT 1 ", "/*"), ("'", r"\'"), ("`", r"\`"), ('"', '""'), ("", "'"), ("", "' "), ("", "$a"),
    ("SELECT ", "FORMAT x "), ("SELECT 1", " "), ("INSERT INTO t ", "SETTINGS a "), ("INSERT INTO t ", "FORMAT ' "),
    ("", "a$"), ("", "$$ "), ("SELECT ", "("), ("--", "-"), ("", "# "), ("/*", "*/ /*"), ("SELECT ", "x, "),
]  # fmt: skip


def grows(work: object, small: object, large: object) -> float:
    """How many times as long the large one takes, of the best of some tries."""
    best = []
    for one in (small, large):
        times = []
        for _ in range(4):
            start = time.thread_time()
            work(one)  # type: ignore[operator]
            times.append(time.thread_time() - start)
        best.append(max(min(times), 1e-4))
    return best[1] / best[0]


@pytest.mark.parametrize(("head", "unit"), SHAPES)
def test_ten_times_the_text_takes_no_hundred_times_as_long(head: str, unit: str) -> None:
    assert grows(read, head + unit * 4_000, head + unit * 40_000) < 40


def test_heredocs_that_do_not_end_are_looked_for_once() -> None:
    def tags(count: int) -> str:
        return " ".join(f"$t{number}$" for number in range(count))

    assert grows(read, tags(4_000), tags(40_000)) < 40


@pytest.mark.parametrize(
    "work",
    [
        lambda n: errors.query_error("Code: 47. DB::Exception: Unknown `" + " " * n + "x`. (A)" + "(B)" * n),
        lambda n: server_errors.sentence(Exception("Code: 47. DB::Exception: `" + " " * n + "x`")),
        lambda n: literals.QUOTED.sub("", "'" + r"\'" * n),
        lambda n: arguments("Tuple(" + "'" * n),
        lambda n: arguments("a," * n),
    ],
    ids=["error", "sentence", "quoted", "types", "commas"],
)
def test_so_it_is_with_what_comes_back(work: object) -> None:
    assert grows(work, 10_000, 100_000) < 40


def test_a_statement_is_read_as_clickhouse_reads_it() -> None:
    assert read("SELECT /* /* */ FORMAT CSV */ 1 FORMAT JSON").format == "JSON"
    assert read("SELECT $a$ FORMAT $b$ $a$ FORMAT CSV").format == "CSV"
    assert read("SELECT $a FORMAT TSV").format == "TSV"
    assert read("SELECT 'a''b' FORMAT TSV").format == "TSV"
    assert read("SELECT 'it FORMAT TSV").format is None
    assert read("SELECT 1 FORMAT TSV SETTINGS a = 1").format == "TSV"
    assert read("SELECT 1 FORMAT TSV x").format is None
    assert read("INSERT INTO t SETTINGS a = 1 VALUES (1)").settings == "SETTINGS a = 1"


@pytest.mark.parametrize(
    "tail", ["(UNKNOWN_TABLE)", "(UNKNOWN_TABLE) (version 26.9.2.1)", "(UNKNOWN_TABLE) (version 1.)."]
)
def test_an_error_keeps_its_name_and_loses_its_tail(tail: str) -> None:
    error = errors.query_error(f"Streaming failed: Code: 60. DB::Exception: Table t does not exist. {tail}")
    assert error.message == "Table t does not exist."
