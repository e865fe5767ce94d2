"""`explain`, `position` and `doctor` as somebody types them, on a warehouse that a real run filled.

All in one process of its own: the embedded engine allows one store path in a process.
"""

from __future__ import annotations

import json
import subprocess

import pytest

from tests.launcher import python

SCRIPT = """
import json, sys
import pyarrow as pa
import typer
from typer.testing import CliRunner
from lowtide.cli.doctor import doctor
from lowtide.cli.explain import explain
from lowtide.cli.position import position
from lowtide.core import Job
from lowtide.errors import LowtideError
from lowtide.policy import Policy, Terms, policy_document
from lowtide.warehouse import Writer, open_warehouse

store, job = sys.argv[1], Job.of(partition="log")
partition, group = job.partition(1), job.group()
at = "2026-11-%02dT%02d:00:00Z"
lines = [{"id": "c", "kind": "count", "sku": "milk", "quantity": 100, "event_time": at % (1, 8)},
         {"id": "d", "kind": "count", "sku": "salt", "quantity": 900, "event_time": at % (1, 8)}]
for day in range(1, 9):
    for sku, quantity in (("milk", 10), ("salt", 1)):
        lines.append({"id": f"{sku}{day}", "kind": "sale", "sku": sku, "quantity": quantity,
                      "event_time": at % (day, 12)})
lines.append({"id": "o", "kind": "order", "sku": "milk", "quantity": 60, "ref": "PO1",
              "due": at % (11, 8), "event_time": at % (8, 14)})
data = "\\n".join(json.dumps({"source": "t", "location": "330", **line}) for line in lines).encode()
with open_warehouse(store, create=True) as warehouse, Writer(warehouse) as writer:
    for _, block in partition.lines(data) + partition.finish():
        group.apply(block)
    taken = group.take()
    alerts = sorted(set(taken["ledger"]["alert_id"].to_pylist()))
    for table, batch in taken.items():
        writer.write(table, batch)
    writer.reference("catalogue", pa.table({"sku": ["milk", "salt"], "name": ["香蕉牛奶", "Salt"]}))
    writer.reference("location", pa.table({"location": ["330"], "name": ["Nord"]}))
    policy = Policy(defaults=Terms(time_zone="Asia/Shanghai"))
    run = writer.run_started("log", policy_version="v")
    writer.policy_version("v", policy_document(policy), run)
    writer.flush()

app = typer.Typer()
for command in (doctor, explain, position):
    app.command()(command)
said = {"alerts": alerts}
W = ["--warehouse", store]
for name, arguments in {
    "both": ["explain", alerts[0], "--lang", "en,zh", *W],
    "json": ["explain", alerts[0], "--json", *W],
    "short": ["explain", alerts[0][:3].lower(), *W] if len({a[:3] for a in alerts}) == len(alerts)
             else ["explain", alerts[0], *W],
    "klingon": ["explain", alerts[0], "--lang", "tlh", *W],
    "nobody": ["explain", "ZZZ", *W],
    "position": ["position", "milk", "330", *W],
    "position_json": ["position", "milk", "330", "--json", *W],
    "named": ["position", "牛奶", "nord", "--lang", "zh", *W],
    "quiet": ["position", "salt", "330", *W],
    "nowhere": ["position", "milk", "331", *W],
    "doctor": ["doctor", "--json", *W],
}.items():
    result = CliRunner().invoke(app, arguments)
    error = result.exception if isinstance(result.exception, LowtideError) else None
    if result.exception and not error and not isinstance(result.exception, SystemExit):
        raise result.exception
    said[name] = [error.exit_code if error else result.exit_code, str(error) if error else result.output]
print("SAID" + json.dumps(said))
"""


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict:
    store = tmp_path_factory.mktemp("explained") / "warehouse"
    env = {"COLUMNS": "100", "PYTHONUTF8": "1", "PATH": "/usr/bin:/bin"}
    command = [*python(), "-c", SCRIPT, str(store)]
    done = subprocess.run(command, capture_output=True, text=True, env=env, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.split("SAID", 1)[1])


def test_an_alert_is_explained_in_two_languages(said):
    code, text = said["both"]
    assert code == 0
    assert "all the same" in text and "全部一致" in text
    assert "by record `" in text and "from `t`" in text
    assert "Why this estimate" in text and "估计的依据" in text
    assert said["short"][0] == 0


def test_the_machine_readable_form_holds_both_numbers(said):
    code, text = said["json"]
    explained = json.loads(text)
    assert code == 0 and explained["agrees"] is True
    assert explained["learned"]["since"] == "2026-11-01" and explained["learned"]["off_by"] < 1
    assert {"engine", "recomputed", "difference", "ok"} <= set(explained["numbers"][0])
    assert explained["entry"]["alert_id"] == said["alerts"][0]


def test_mistakes_say_what_to_do(said):
    assert said["klingon"][0] == 2 and "--lang en,zh" in said["klingon"][1]
    assert said["nobody"][0] == 2 and "lowtide alerts --all" in said["nobody"][1]
    assert said["nowhere"][0] == 2 and "lowtide sql" in said["nowhere"][1]


def test_a_position_is_drawn_with_its_alert(said):
    code, text = said["position"]
    assert code == 0
    assert "available 20" in text and "P(out)" in text
    assert "available to promise" in text and "Safety stock" in text
    assert "lowtide explain" in text
    drawn = json.loads(said["position_json"][1])
    assert len(drawn["projection"]) == 8 and drawn["alerts"]
    assert drawn["position"]["available"] == "20"
    assert [promise["cumulative"] for promise in drawn["targets"]["available_to_promise"]] == ["20", "80"]
    assert float(drawn["targets"]["reorder_point"]) > float(drawn["targets"]["safety_stock"]) > 0


def test_a_position_is_found_by_names_and_told_in_the_zone_of_its_place(said):
    code, text = said["named"]
    assert code == 0 and text.startswith("香蕉牛奶，SKU milk，Nord（330）\n")
    assert "最近变动 2026年11月8日 22:00 Asia/Shanghai" in text and "可用 20" in text
    assert "周" in text and "缺货率" in text and "用 `lowtide explain" in text
    assert "SKU milk in Nord (330)" in said["position"][1] and "Nord (330)" in said["both"][1]


def test_a_position_without_any_alert_is_drawn_and_says_from_what(said):
    code, text = said["quiet"]
    assert code == 0
    assert "No alert has left an estimate here" in text and "No alert is open." in text


def test_the_doctor_names_every_finding_and_what_to_do(said):
    code, text = said["doctor"]
    findings = [json.loads(line) for line in text.splitlines()]
    assert code == 0
    assert {"Python", "lowtide._native", "store folder", "time zone data"} <= {f["name"] for f in findings}
    assert all(f["advice"] for f in findings if f["verdict"] != "ok")
