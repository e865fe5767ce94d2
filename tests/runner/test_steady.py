"""A replay that tries one policy passes over the records of a log that change it, in whatever form they come."""

from __future__ import annotations

import pyarrow as pa
import pytest

from lowtide.runner.steady import steady
from lowtide.sources import Block
from lowtide.sources.block import Framed, Messages

POLICY = b'{"id":"p","source":"lowtide","kind" : "policy","event_time":1,"ref":"{}"}'
SALE = b'{"id":"policy","source":"till","kind":"sale","sku":"policy"}'


def _numbers(*values: int) -> pa.Array:
    return pa.array(values, pa.int64())


@pytest.mark.parametrize("kind", ["lines", "messages", "framed"])
def test_a_record_that_changes_the_policy_becomes_one_of_an_unknown_kind(kind: str) -> None:
    """Of the same length, so that the lengths of messages stay right; and a SKU may be called `policy`."""
    data = POLICY + b"\n" + SALE
    columns = (_numbers(len(POLICY) + 1, len(SALE)), _numbers(0, 1), _numbers(-1, -1))
    blocks = {
        "lines": Block("lines", data, 2),
        "messages": Block("messages", Messages(data, *columns, "auto"), 2),
        "framed": Block("framed", Framed(None, data, *columns, "auto"), 2),
    }
    (made,) = steady([blocks[kind]])
    found = made.bytes if kind == "lines" else made.data.data  # type: ignore[union-attr]
    assert found == data.replace(b'"kind" : "policy"', b'"kind" : "polixy"') != data
    assert len(found) == len(data)
