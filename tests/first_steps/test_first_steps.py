"""docs/first-steps.md is done as it is written: by a shop with three files, and by a chain with a topic of Debezium."""

from __future__ import annotations

import json
import re
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.cli.console import sessions, typed
from tests.first_steps.shop import write
from tests.kafka.conftest import topic  # noqa: F401 - a fixture
from tests.launcher import python

SPEED = re.compile(r"in \d+\.\d s \([\d,]+/s\)")


def test_a_shop_gets_from_three_files_to_an_alert_with_the_name_of_its_article(tmp_path: Path) -> None:
    write(tmp_path)
    for session in sessions("first-steps.md"):
        assert SPEED.sub("", typed(session, tmp_path)) == SPEED.sub("", session)


def test_a_chain_gets_from_a_debezium_topic_to_an_alert(tmp_path: Path, topic) -> None:  # noqa: F811
    address = topic([(0, change, 0) for change in _changes()])
    lowtide = [*python(), "-m", "lowtide"]
    command = [*lowtide, "run", f"{address}?map=debezium", "--state", "state", "--json"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=120, check=True)
    counts = json.loads(done.stdout)["counts"]
    assert (counts["rows"], counts["mapped"], counts["skipped"], counts["rejects"]) == (43, 41, 2, 0)
    assert counts["duplicates"] == 1
    alerts = subprocess.run([*lowtide, "alerts", "--json"], cwd=tmp_path, capture_output=True, check=True)
    found = {
        (alert["type"], alert["location"], alert["sku"])
        for alert in map(json.loads, alerts.stdout.splitlines())
    }
    assert found == {("out_of_stock", "330", "9001")}


def _changes() -> list[bytes]:
    """A stocktake of 19.5, sent twice because the connector was reset; 39 sales; a draft that is cancelled."""
    start = datetime(2026, 11, 1, 8, tzinfo=UTC)
    rows = [{"id": 1, "kind": "count", "quantity": "19.500", "event_time": start}]
    for number in range(2, 41):
        moment = start + timedelta(hours=9 * (number - 1))
        rows.append({"id": number, "kind": "sale", "quantity": "0.500", "event_time": moment})
    common = {"sku": "9001", "location": "330", "state": "posted"}
    changes = [_change("r" if row["id"] == 1 else "c", None, row | common) for row in rows]
    changes.insert(1, _change("c", None, rows[0] | common))
    draft = rows[-1] | {"id": 41} | common | {"state": "draft"}
    cancelled = draft | {"state": "cancelled"}
    return [*changes, _change("c", None, draft), _change("u", draft, cancelled)]


def _change(op: str, before: dict | None, after: dict) -> bytes:
    source = {"connector": "postgresql", "name": "erp", "schema": "public", "table": "movement"}
    return json.dumps(
        {"before": before, "after": after, "op": op, "source": source}, default=datetime.isoformat
    ).encode()
