"""A topic that is read with maps: its messages, its numbers, and the same maps in a replay of what a run has read."""

from __future__ import annotations

import json

import pyarrow as pa
import pytest

from lowtide.core import Job, Log, decode, mapping_of
from lowtide.errors import MapError
from lowtide.map import load_map
from lowtide.runner.log_maps import note_maps
from lowtide.runner.maps import Maps, map_name, without_map
from lowtide.runner.plan import Plan
from lowtide.sources import Feed
from lowtide.sources.block import Block, Messages
from tests.runner.in_memory import Kept

MAP = """
lowtide_map: 1
name: moves
read: {format: debezium}
zone: UTC
source: erp
skip:
  - {op: [d]}
movements:
  - id: "{after.id}"
    kind: KIND
    sku: "{after.sku}"
    location: "330"
    quantity: "{after.qty}"
    event_time: "{after.at}"
"""


@pytest.fixture
def maps(tmp_path):
    """Two versions of a map: receipts, and later counts."""
    loaded = []
    for kind in ("receipt", "count"):
        (tmp_path / f"{kind}.yaml").write_text(MAP.replace("KIND", kind))
        loaded.append(load_map(tmp_path / f"{kind}.yaml"))
    return loaded


def messages(numbers, values=None):
    made = [
        json.dumps(
            {
                "op": "c",
                "after": {"id": f"m{n}", "sku": "a", "qty": 10 + n, "at": f"2026-11-22T10:{n:02}:00Z"},
            }
        )
        for n in numbers
    ]
    data = [value.encode() for value in (values or made)]
    arrays = [pa.array(each, pa.int64()) for each in (map(len, data), numbers, [-1] * len(data))]
    return Block("messages", Messages(b"".join(data), *arrays, "auto"), len(data))


def read(feed, blocks):
    log = Log(Job.of(partition="erp/0"), feed, 1)
    for block in blocks:
        for number, data in decode(log.partition, block):
            log.group(number).apply(data)
    for number, data in log.partition.finish():
        log.group(number).apply(data)
    (stock,) = log.group(0).positions().column("on_hand").to_pylist()
    return log, int(stock)


def topic(map_=None, changes=()):
    feed = Feed(())
    feed.map, feed.changes = map_, list(changes)
    return feed


def test_a_topic_is_read_with_its_map(maps):
    values = ["null", '{"op":"d","before":{"id":"m1"},"after":null}', ""]
    log, stock = read(topic(maps[0]), [messages(range(3)), messages(range(3, 6), values), messages([9])])
    counts = log.partition.counts()
    assert stock == 10 + 11 + 12 + 19
    assert (counts["rows"], counts["mapped"], counts["skipped"]) == (7, 4, 3)
    assert (log.partition.offset, log.partition.next_message) == (10, 10)


def test_a_replay_reads_each_message_with_the_map_of_the_run(maps):
    """A run reads messages 0 to 2 with one map, 3 and 4 with the next: two receipts and a count are not five receipts."""
    run = Log(Job.of(partition="erp/0"), topic(maps[0]), 1)
    plan = Plan({run.name: run}, Kept())
    note_maps(plan, run)
    decode(run.partition, messages(range(3)))
    run.feed = topic(maps[1])
    run.read_with_maps()
    note_maps(plan, run)
    assert run.map_changed_at == 3
    decode(run.partition, messages(range(3, 5)))
    hashes = {mapping_of(map_).hash: map_ for map_ in maps}
    changes = [(hashes[hash_], first) for hash_, first in run.partition.maps]
    assert [first for _, first in changes] == [0, 3]
    for cut in (1, 2, 5):
        blocks = [messages(range(at, min(at + cut, 5))) for at in range(0, 5, cut)]
        assert read(topic(changes=changes), blocks)[1] == 14


def test_the_map_of_an_address():
    assert map_name("kafka://a/t?format=json&map=moves") == "moves"
    assert without_map("kafka://a/t?map=moves") == "kafka://a/t"
    assert (map_name("no such file?map=moves"), without_map("a?b")) == ("moves", "a?b")
    assert Maps().of_source("sales.csv") is None
    with pytest.raises(MapError, match="takes the name of a map"):
        map_name("sales.csv?map=./mine.yaml")
