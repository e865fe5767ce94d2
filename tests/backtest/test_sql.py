"""The figures are those of real runs: each policy in a warehouse of its own, which is asked in SQL.

The truth is a third run, under the text of the neutral policy. Its stockouts are joined with the alerts of the others here,
pair by pair, with no help of the code that is tested.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from lowtide.backtest import Backtest, History, backtest
from lowtide.backtest.truth import neutral
from lowtide.policy import policy_document, policy_text, read_policy_text
from lowtide.settings import Settings
from lowtide.warehouse import open_warehouse

SOURCE = "synthetic://?positions=60&days=45&seed=11"
TEXTS = {
    "wide": "defaults: {lead_time: 3d}\ncalibration_sample: 1\n",
    "narrow": (
        "defaults: {lead_time: 3d, watch: 0.6, warning: 0.7, critical: 0.9, reorder_point: formula, low_turnover_units: 6}\n"
        "calibration_sample: 1\n"
    ),
}


@dataclass(frozen=True)
class Both:
    """A back-test, and the answers of the real runs."""

    document: Mapping[str, Any]
    alerts: Mapping[str, list[dict[str, Any]]]
    """Of each run: one row an alert, from `alert_history`, with `loss`."""
    calibration: Mapping[str, list[dict[str, Any]]]
    positions: Mapping[str, int]


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Both:
    folder = tmp_path_factory.mktemp("runs")
    policies = {name: read_policy_text(text, name) for name, text in TEXTS.items()}
    texts = {**TEXTS, "truth": policy_text(policy_document(neutral(policies["wide"])))}
    runs = [_run(folder, name, text) for name, text in texts.items()]
    made: Backtest = backtest(History.of([SOURCE], Settings()), policies)
    assert [run.wait() for run in runs] == [0] * len(runs)
    answers = {name: _answers(folder / name) for name in texts}
    alerts, calibration, positions = ({name: one[n] for name, one in answers.items()} for n in range(3))
    return Both(made.document, alerts, calibration, positions)


def _run(folder: Path, name: str, text: str) -> subprocess.Popen[bytes]:
    policy = folder / f"{name}.yaml"
    policy.write_text(text, encoding="utf-8")
    command = ["-m", "lowtide", "run", SOURCE, "--policy", str(policy), "--warehouse", str(folder / name)]
    return subprocess.Popen(
        [sys.executable, *command], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def _answers(folder: Path) -> tuple[list[dict[str, Any]], list[dict[str, Any]], int]:
    with open_warehouse(f"embedded:{folder}") as warehouse:
        alerts = warehouse.rows("""
            SELECT alert.*, entry.loss AS loss
            FROM lowtide.alert_history AS alert
            INNER JOIN (
                SELECT alert_id, max(round(expected_shortfall, 2)) AS loss FROM lowtide.ledger FINAL
                WHERE entry NOT IN ('CLEARED', 'EXPIRED', 'SUPERSEDED') GROUP BY alert_id
            ) AS entry ON alert.alert_id = entry.alert_id""")
        calibration = warehouse.rows(
            "SELECT decile, positions, days, said, came_true, low, high FROM lowtide.calibration WHERE dimension = 'all' "
            "ORDER BY decile"
        )
        (held,) = warehouse.rows("SELECT count() AS positions FROM lowtide.position FINAL")
    return alerts, calibration, held["positions"]


def _figures(both: Both) -> list[tuple[dict[str, Any], list[dict[str, Any]]]]:
    return [(one, both.alerts[one["name"]]) for one in both.document["policies"]]


def test_alerts_by_type_and_severity(both: Both) -> None:
    for figures, alerts in _figures(both):
        assert figures["alerts"] == len(alerts) > 30
        for row in figures["by_type"]:
            of = [alert for alert in alerts if alert["type"] == row["type"]]
            assert row["alerts"] == len(of)
            for severity in ("watch", "warning", "critical"):
                assert row[severity] == sum(alert["first_severity"] == severity for alert in of)
            assert row["pushes"] == sum(alert["worst_severity"] != "watch" for alert in of)
        assert len(figures["by_type"]) == len({alert["type"] for alert in alerts}) > 2


def test_expected_loss(both: Both) -> None:
    for figures, alerts in _figures(both):
        assert figures["loss"] == pytest.approx(sum(alert["loss"] or 0.0 for alert in alerts), abs=0.01)
        assert figures["loss"] > 0
    assert both.document["money"] == "units"


def test_false_alarms_and_lead_times_of_the_views(both: Both) -> None:
    days = both.document["period"]["first"] == "2026-01-01" and int(both.document["period"]["last"][-2:]) + 31
    for figures, alerts in _figures(both):
        false = sum(alert["came_true"] == 0 for alert in alerts)
        said = figures["false_alarms"]
        assert (said["false"], said["came_true"]) == (false, sum(alert["came_true"] == 1 for alert in alerts))
        assert said["per_1000_positions_day"] == pytest.approx(
            false * 1000 / (both.positions[figures["name"]] * days), abs=1e-6
        )
        out = [alert for alert in alerts if alert["type"] == "out_of_stock"]
        assert (said["stockouts"], said["missed_stockouts"]) == (
            len(out), sum(alert["supersedes"] is None for alert in out),
        )  # fmt: skip
    assert sum(figures["false_alarms"]["false"] for figures, _ in _figures(both)) > 0


def test_calibration(both: Both) -> None:
    for figures in both.document["policies"]:
        rows = both.calibration[figures["name"]]
        assert len(rows) > 2
        assert [{key: row[key] for key in rows[0]} for row in figures["calibration"]] == [
            pytest.approx({key: float(cell) for key, cell in row.items()}) for row in rows
        ]


def test_real_stockouts_and_how_early_each_was_foretold(both: Both) -> None:
    real = sorted(both.alerts["truth"], key=lambda row: (row["opened_at"], row["alert_id"]))
    assert {row["type"] for row in real} == {"out_of_stock"} and len(real) > 10
    rows = both.document["stockouts"]
    assert [(row["location"], row["sku"]) for row in rows] == [(row["location"], row["sku"]) for row in real]
    for side, (figures, alerts) in enumerate(_figures(both)):
        leads = [_lead(one, alerts) for one in real]
        assert [row["lead_hours"][side] for row in rows] == [
            None if lead is None else pytest.approx(lead, abs=0.001) for lead in leads
        ]
        assert figures["stockouts"]["foretold"] == sum(lead is not None for lead in leads) > 0


def _lead(one: dict[str, Any], alerts: list[dict[str, Any]]) -> float | None:
    """Hours since the first alert that foretold a stockout."""
    found = [
        (one["opened_at"] - alert["opened_at"]).total_seconds() / 3600
        for alert in alerts
        if alert["type"] in ("projected_stockout", "below_reorder_point")
        and (alert["location"], alert["sku"]) == (one["location"], one["sku"])
        and alert["opened_at"] < one["opened_at"]
        and (alert["closed_at"] is None or one["opened_at"] <= alert["closed_at"])
    ]
    return max(found, default=None)


def test_every_alert_is_in_one_list(both: Both) -> None:
    counts, changes = both.document["changes"]["counts"], both.document["changes"]
    wide, narrow = (alerts for _, alerts in _figures(both))
    kept = counts["same"] + counts["moved"]
    assert (kept + counts["gone"], kept + counts["added"]) == (len(wide), len(narrow))
    ids = {name: {alert["alert_id"] for alert in alerts} for name, alerts in both.alerts.items()}
    assert {row["alert_id"] for row in changes["added"]} <= ids["narrow"]
    assert {row["alert_id"] for row in changes["gone"]} <= ids["wide"]
    assert all(
        row["alert_id_before"] in ids["wide"] and row["alert_id"] in ids["narrow"] for row in changes["moved"]
    )
    assert min(counts["same"], counts["added"], counts["gone"], counts["moved"]) > 0
