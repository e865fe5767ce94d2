"""A first topic: it is made as it was asked for, and holds what the files hold, each position in one partition."""

from __future__ import annotations

import csv
import gzip
import json
from collections import defaultdict
from pathlib import Path

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
from confluent_kafka import Consumer, KafkaError, TopicPartition
from confluent_kafka.admin import AdminClient, ConfigResource, ResourceType

from lowtide.kafka.address import parse
from lowtide.map import SHIPPED

from .broker import Broker
from .test_copy import lowtide
from .test_kafka_source import lines, replay

FIELDS = ("id", "source", "kind", "sku", "location", "quantity", "event_time", "ref", "due")


def of_topic(address: str) -> dict[int, list[dict]]:
    """The records of each partition, whose keys are their locations."""
    place, found = parse(address), defaultdict(list)
    consumer = Consumer({"bootstrap.servers": place.brokers, "group.id": "t", "enable.partition.eof": True})
    numbers = consumer.list_topics(place.topic, timeout=10).topics[place.topic].partitions
    consumer.assign([TopicPartition(place.topic, number, 0) for number in numbers])
    ends = 0
    while ends < len(numbers):
        for message in consumer.consume(1000, timeout=1.0):
            if (error := message.error()) is not None:
                assert error.code() == KafkaError._PARTITION_EOF
                ends += 1
                continue
            record = orjson.loads(message.value() or b"")
            assert message.key() == str(record["location"]).encode()
            found[message.partition()].append(record)
    consumer.close()
    return found


def test_a_topic_is_made_as_it_was_asked_for(broker: Broker) -> None:
    address = f"kafka://{broker.address}/made"
    asked = ["--partitions", 3, "--replication", 1, "--retention", "400d", "--compression", "lz4"]
    made = json.loads(lowtide("topic", "create", address, *asked, "--json"))
    assert made == {
        "topic": "made",
        "partitions": 3,
        "replication": 1,
        "retention": "400d",
        "compression": "lz4",
    }
    client = AdminClient({"bootstrap.servers": broker.address})
    assert len(client.list_topics("made", timeout=10).topics["made"].partitions) == 3
    resource = ConfigResource(ResourceType.TOPIC, "made")
    settings = client.describe_configs([resource])[resource].result(10)
    assert (settings["retention.ms"].value, settings["compression.type"].value) == (
        str(400 * 86_400_000),
        "lz4",
    )
    lowtide("topic", "create", address, code=4)
    lowtide("topic", "create", f"{address}-2", "--retention", "soon", code=2)
    lowtide("topic", "create", f"{address}-2", "--compression", "rar", code=2)
    assert "`kafka://" not in lowtide("topic", "create", f"{address}-2", "--lang", "zh")
    kept = ConfigResource(ResourceType.TOPIC, "made-2")
    assert client.describe_configs([kept])[kept].result(10)["retention.ms"].value == "-1", "for ever"


def test_a_topic_holds_what_the_files_hold(broker: Broker, tmp_path: Path) -> None:
    log = [orjson.loads(line) for line in lines(12, 20, 4) if line.startswith(b"{") and line.endswith(b"}")]
    log = [{name: row[name] for name in FIELDS if name in row} for row in log if "location" in row]
    third = len(log) // 3
    with gzip.open(tmp_path / "a.jsonl.gz", "wb") as file:
        file.writelines(orjson.dumps(row) + b"\n" for row in log[:third])
    with (tmp_path / "b.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, [name.upper() for name in FIELDS], delimiter=";")
        writer.writeheader()
        writer.writerows(
            {name.upper(): value for name, value in row.items()} for row in log[third : 2 * third]
        )
    columns = {name: pa.array([None if row.get(name) is None else str(row[name]) for row in log[2 * third :]], pa.string())
               for name in FIELDS}  # fmt: skip
    pq.write_table(pa.table(columns), tmp_path / "c.parquet")
    address = f"kafka://{broker.address}/filled"
    lowtide("topic", "create", address, "--partitions", 3)
    files = [tmp_path / name for name in ("a.jsonl.gz", "b.csv", "c.parquet")]
    told = json.loads(lowtide("topic", "load", *files, address, "--json"))
    found = of_topic(address)
    assert told["records"] == len(log) and told["unkeyed"] == 0 and told["topic"] == "filled"
    assert told["partitions"] == {str(number): len(rows) for number, rows in sorted(found.items())}
    by_id = {(row["source"], row["id"]): row for rows in found.values() for row in rows}
    for row in log:
        sent = by_id[row["source"], row["id"]]
        assert {name: str(value) for name, value in sent.items()} == {
            name: str(value) for name, value in row.items()
        }
    (tmp_path / "all.jsonl").write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in log))
    from_file = replay(tmp_path / "all.jsonl", "--order", "arrival")
    assert from_file and {(row["alert_id"][:0], row["sku"], row["entry"]) for row in from_file} == {
        (row["alert_id"][:0], row["sku"], row["entry"]) for row in replay(address)
    }
    lowtide("topic", "load", *files, code=2)
    sample = SHIPPED / "kingdee-sal-outstock"
    made = f"kafka://{broker.address}/mapped"
    lowtide("topic", "create", made, "--partitions", 2)
    options = ["--map", "kingdee-sal-outstock", "--locations", sample / "locations.csv", "--json"]
    told = json.loads(lowtide("topic", "load", sample / "sample.csv", made, *options))
    want = [orjson.loads(line) for line in (sample / "movements.jsonl").read_bytes().splitlines()]
    sent = [row for rows in of_topic(made).values() for row in rows]
    assert told["records"] == len(want) and sorted(row["id"] for row in sent) == sorted(
        row["id"] for row in want
    )
    said = lowtide("topic", "load", tmp_path / "a.jsonl.gz", address)
    assert said.startswith(f"{third:,} records sent, by partition ")
