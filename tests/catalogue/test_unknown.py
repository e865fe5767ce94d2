"""SKUs that the catalogue does not have, and those that a spreadsheet has changed."""

from __future__ import annotations

import doctest

import pyarrow as pa

from lowtide.catalogue import unknown, unknown_skus


def skus(*names: str) -> pa.RecordBatch:
    return pa.RecordBatch.from_pydict({"sku": pa.array(names, pa.string())})


def test_the_example_runs() -> None:
    done = doctest.testmod(unknown)
    assert done.attempted and not done.failed


def test_a_sku_that_merely_looks_like_a_number_is_not_damaged() -> None:
    seen = {"12E", "1E5", "E+09", "10.5", "007", "0", "A1.0"}
    found = unknown_skus(seen, skus("8", "milk"))
    assert found.skus == sorted(seen) and found.damaged == [] and found.damaged_in_catalogue == []


def test_what_the_catalogue_knows_is_not_unknown() -> None:
    found = unknown_skus({"6.901E+09", "7"}, skus("6.901E+09", "7"))
    assert found.skus == [] and found.damaged == [] and found.damaged_in_catalogue == ["6.901E+09"]
