"""What Prometheus is told: figures of desk.db that a restart does not change, and no names of persons or SKUs."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import pytest
from prometheus_client.parser import text_string_to_metric_families

from lowtide.desk.metrics import DeskMetrics
from lowtide.desk.store import Store
from tests.page.desk import ALERTS, MESSAGE, NOW, insert, opened


def outbox(
    store: Store, id_: str, state: str, target: str = "robot", contact: int = 0, due_at: int = NOW
) -> None:
    row = {
        "notification_id": id_, "target": target, "person": "chen", "reason": "FIRST", "severity": "warning", "state": state,
        "because": "", "decided_at": NOW, "due_at": due_at, "next_at": NOW, "give_up_at": NOW, "tries": 1,
        "contact": contact, "content": json.dumps({"told": []}),
    }  # fmt: skip
    with store.transaction() as tx:
        insert(tx, "outbox", row)


def signs(**changed: object) -> SimpleNamespace:
    return SimpleNamespace(
        **{"behind_s": 1.5, "repaired": 2, "standby": None, "warehouse_away": None, **changed}
    )


def samples(metrics: DeskMetrics) -> dict[str, float]:
    """Each sample by its name and labels, as Prometheus reads them."""
    return {
        sample.name.removeprefix("lowtide_desk_")
        + "".join(f"|{value}" for value in sample.labels.values()): sample.value
        for family in text_string_to_metric_families(metrics.text().decode())
        for sample in family.samples
    }


def test_what_is_open_quiet_and_below_the_cut(tmp_path: Path) -> None:
    store = opened(tmp_path, 6)
    with store.transaction() as tx:
        for alert_id, because in zip(ALERTS, ("OVER_BUDGET", "OVER_BUDGET", "SNOOZED", ""), strict=False):
            insert(tx, "routed", {"alert_id": alert_id, "person": "chen", "because": because})
        tx.execute("UPDATE alert SET worth = NULL WHERE alert_id = ?", ALERTS[1])
    found = samples(DeskMetrics(store, signs(), lambda: NOW))
    store.close()
    assert [found[f"alerts_open|{severity}"] for severity in ("critical", "warning", "watch")] == [2, 2, 2]
    assert found["alerts_quiet|OVER_BUDGET"] == 2 and found["alerts_quiet|SNOOZED"] == 1
    assert found["cut_worth"] == 100, "an unknown worth is not guessed"
    assert (found["behind_seconds"], found["repaired_total"], found["standby"]) == (1.5, 2, 0)


def test_a_message_is_dead_only_if_no_contact_has_it(tmp_path: Path) -> None:
    """Otherwise one wrong robot whose mail address works would call somebody every night."""
    store = opened(tmp_path)
    outbox(store, "A" * 20, "dead")
    outbox(store, "A" * 20, "sent", "mail", 1)
    outbox(store, "B" * 20, "dead")
    outbox(store, "B" * 20, "dead", "mail", 1)
    outbox(store, "C" * 20, "dead")
    outbox(store, "C" * 20, "pending", "mail", 1)
    found = samples(DeskMetrics(store, signs(), lambda: NOW))
    store.close()
    assert found["dead_messages"] == 1
    assert found["messages|FIRST|dead"] == 4 and found["messages|FIRST|sent"] == 2


def test_the_oldest_message_that_waits_counts_from_when_it_was_due(tmp_path: Path) -> None:
    store = opened(tmp_path)
    outbox(store, "A" * 20, "pending", due_at=NOW - 90_000)
    outbox(store, "B" * 20, "pending", due_at=NOW + 60_000)
    metrics = DeskMetrics(store, signs(), lambda: NOW)
    assert samples(metrics)["outbox_oldest_seconds"] == 90
    with store.transaction() as tx:
        tx.execute("UPDATE outbox SET state = 'sent'")
    assert samples(metrics)["outbox_oldest_seconds"] == 0
    store.close()


def test_tries_and_the_time_to_the_target_are_counted_without_addresses() -> None:
    metrics = DeskMetrics(None, None, lambda: NOW)
    metrics.tried("mail:chen@example.com", "sent", "250")
    metrics.tried("wecom-chen", "wait", "45009")
    metrics.sent("FIRST", "critical", 0.4)
    metrics.sent("FIRST", "critical", -3.0)
    found = samples(metrics)
    assert found["tries_total|sent|mail"] == 1 and found["tries_total|wait|wecom-chen"] == 1
    assert found["push_seconds_count"] == 2 and found["push_seconds_bucket|0.5"] == 2
    assert "example.com" not in metrics.text().decode()


@pytest.mark.parametrize(("sign", "figure"), [("standby", "standby"), ("warehouse_away", "warehouse_away")])
def test_a_desk_that_waits_says_so(sign: str, figure: str) -> None:
    assert samples(DeskMetrics(None, signs(**{sign: "stock-2"}), lambda: NOW))[figure] == 1


def test_no_name_of_a_person_or_sku_is_a_label(tmp_path: Path) -> None:
    store = opened(tmp_path)
    text = DeskMetrics(store, signs(), lambda: NOW).text().decode()
    store.close()
    assert not [word for word in ("chen", "S0", "牛奶", "330", MESSAGE, ALERTS[0]) if word in text]
