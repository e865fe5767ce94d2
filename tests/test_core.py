"""What the core refuses is an error of the tree in `errors.py`, with an exit code and what to do: never a traceback."""

from __future__ import annotations

import pyarrow as pa
import pytest

from lowtide.core import Group, Job, Partition
from lowtide.errors import JobError, LowtideError, PolicyError, StateError
from lowtide.state.manifest import Manifest
from lowtide.state.segments import Chain, read_segment

JOB = Job.of()
LINE = b'{"id":"1","source":"t","kind":"sale","sku":"a","location":"b","quantity":5,"event_time":"2026-01-05T08:00:00Z"}\n'


def a_group() -> Group:
    """A key group with a sale that was not taken yet."""
    partition, group = JOB.partition(1), JOB.group()
    for _, block in partition.lines(LINE) + partition.finish():
        group.apply(block)
    return group


def of_messages(layout: str) -> None:
    empty = pa.array([], pa.int64())
    JOB.partition(1).messages(b"", empty, empty, empty, layout)


def of_catalogue() -> None:
    Group(JOB.config, pa.RecordBatch.from_pydict({"name": ["a"]}))


REFUSALS = {
    "a block that is not one": (
        lambda: a_group().apply(b"nonsense"),
        JobError,
        1,
        "does not start with LTB4",
    ),
    "a block of another version": (lambda: a_group().apply(b"LTB1" + bytes(16)), JobError, 1, "LTB4"),
    "a state that is torn": (lambda: Group.restore(JOB.config, None, [b"LTG4"]), StateError, 1, "damaged"),
    "a log's state that is torn": (
        lambda: Partition.restore(JOB.config, 1, None, [b""]),
        StateError,
        1,
        "damaged",
    ),
    "a policy without values": (
        lambda: Group(JOB.config.replace(b'"watch"', b'"wach"')),
        PolicyError,
        2,
        "wach",
    ),
    "a job that is not JSON": (lambda: Group(b"{"), PolicyError, 2, "cannot be read"),
    "a catalogue without SKUs": (of_catalogue, PolicyError, 2, "no text column `sku`"),
    "rows that were not taken": (
        lambda: a_group().save(True, "segment"),
        JobError,
        1,
        "take the group's rows",
    ),
    "messages of an unknown layout": (
        lambda: of_messages("xml"),
        JobError,
        1,
        "unknown layout of messages `xml`",
    ),
}


@pytest.mark.parametrize("what", REFUSALS)
def test_a_refusal_has_its_class_its_exit_code_and_a_hint(what, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    refused, kind, code, words = REFUSALS[what]
    with pytest.raises(LowtideError) as caught:
        refused()
    assert type(caught.value) is kind and caught.value.exit_code == code
    assert words in caught.value.message and caught.value.hint


def test_a_disk_that_refuses_is_a_sentence_of_the_state(tmp_path):
    chain = Chain(tmp_path / "part", "log", "group-0000", lambda segments: JOB.group().save)
    group = JOB.group()
    manifest = Manifest.of_json(chain.save(group.save, 0))
    assert read_segment(tmp_path / "part", manifest.segments[0])[:4] == b"LTG4"
    with pytest.raises(JobError, match="the state cannot be written to"):
        chain.save(lambda whole, path: group.save(whole, str(tmp_path / "not there" / "segment")), 0)
