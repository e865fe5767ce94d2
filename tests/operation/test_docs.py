"""docs/operations.md and docs/alert-rules.yaml must name the metrics, events, alerts and options of the code."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.main import get_command

from lowtide.cli.application import application
from lowtide.desk.metrics import DeskMetrics
from lowtide.operation import RESTART, Metrics, Terms
from lowtide.operation.endpoint import LISTEN, OPEN
from lowtide.operation.health import STALL_S, START_S
from lowtide.operation.log import EVENTS
from lowtide.operation.supervisor import HOPELESS
from lowtide.operation.watchdog import PATIENCE_S

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "operations.md").read_text("utf-8")
RULES: list[dict[str, Any]] = [
    rule
    for group in yaml.safe_load((DOCS / "alert-rules.yaml").read_text("utf-8"))["groups"]
    for rule in group["rules"]
]


def families() -> dict[str, str]:
    """The type of every metric of Lowtide, by its name in the page."""
    registries = (Metrics().registry, DeskMetrics(None, None, lambda: 0).registry)
    return {
        family.name + ("_total" if family.type == "counter" else ""): family.type
        for registry in registries
        for family in registry.collect()
        if family.name.startswith("lowtide_")
    }


def series() -> set[str]:
    """Every name that an expression may use."""
    found = families()
    parts = ("_bucket", "_sum", "_count")
    return {*found, *(name + part for name, type_ in found.items() if type_ == "histogram" for part in parts)}


def test_each_metric_has_a_row_and_each_row_a_metric() -> None:
    rows = re.findall(r"^\| `(lowtide_\w+)", PAGE, re.MULTILINE)
    assert sorted(rows) == sorted(families())


def test_no_other_metric_is_named() -> None:
    assert set(re.findall(r"\blowtide_\w+", PAGE)) <= series()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: str(rule["alert"]))
def test_a_rule_asks_for_metrics_that_there_are_and_leads_to_what_to_do(rule: dict[str, Any]) -> None:
    asked = set(re.findall(r"\blowtide_\w+", rule["expr"]))
    assert asked and asked <= series(), asked - series()
    assert rule["labels"]["severity"] in ("page", "ticket")
    assert rule["annotations"]["summary"] and rule["annotations"].keys() == {"summary", "runbook"}
    assert rule["annotations"]["runbook"] == f"docs/operations.md#{rule['alert'].lower()}"
    assert f"\n### {rule['alert']}\n" in PAGE


def test_each_page_about_an_alert_has_its_rule() -> None:
    alerts = PAGE.partition("\n## Alerts\n")[2].partition("\n## ")[0]
    assert re.findall(r"^### (\w+)$", alerts, re.MULTILINE) == [rule["alert"] for rule in RULES]


def test_labels_of_a_rule_are_those_of_the_metrics() -> None:
    known = {
        "job",
        "instance",
        "le",
        "partition",
        "reason",
        "table",
        "severity",
        "because",
        "state",
        "target",
        "outcome",
    }
    for rule in RULES:
        by = re.findall(r"\b(?:by|on)\s*\(([^)]*)\)", rule["expr"])
        used = {label.strip() for group in by for label in group.split(",")}
        assert used | set(re.findall(r"\$labels\.(\w+)", str(rule["annotations"]))) <= known


def test_each_event_is_explained() -> None:
    table = PAGE.partition("\n## Log\n")[2].partition("\n## ")[0]
    listed = [name for row in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE) for name in row.split(", ")]
    assert sorted(listed) == sorted(f"`{name}`" for name in EVENTS)


def test_figures_are_those_of_the_code() -> None:
    assert (STALL_S, START_S, PATIENCE_S) == (120, 600, 30), "two minutes, ten, 30 seconds"
    terms = Terms()
    assert f"after {terms.grace_s:.0f} s the supervisor kills" in PAGE
    assert f"1 s, 2 s, … {terms.backoff_most_s:.0f} s later" in PAGE and terms.backoff_s == 1
    assert f"| {RESTART} |" in PAGE and f"| {', '.join(map(str, HOPELESS))} |" in PAGE
    assert f"http://{LISTEN}/metrics" in PAGE and f"--metrics {OPEN}0.0.0.0:9464" in PAGE


def options(command: Any) -> set[str]:
    """Every option of a command and of its subcommands."""
    below = [options(one) for one in getattr(command, "commands", {}).values()]
    return {name for parameter in command.params for name in parameter.opts}.union(*below)


def test_its_options_are_there() -> None:
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", PAGE)) <= options(get_command(application()))


def test_what_it_starts_is_understood() -> None:
    """The units of systemd and the pod give the program arguments that it takes."""
    units = PAGE + (DOCS / "warehouse.md").read_text("utf-8")
    started = [
        shlex.split(line)[1:] for line in re.findall(r"^ExecStart=((?:.*\\\n)*.*)$", units, re.MULTILINE)
    ]
    (text,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    pods = [one for one in yaml.safe_load_all(text) if one["kind"] == "StatefulSet"]
    started += [one["spec"]["template"]["spec"]["containers"][0]["args"] for one in pods]
    program: Any = get_command(application())
    for name, *arguments in started:
        with program.commands[name].make_context(name, arguments):
            pass
    assert sorted(name for name, *_ in started) == ["desk", "run", "run", "warehouse"]


def test_what_it_deploys_is_whole() -> None:
    """Numbers and names in the Kubernetes files must agree: for example ports of probes, and the name of the service."""
    (text,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    service, pods, network = yaml.safe_load_all(text)
    (container,) = pods["spec"]["template"]["spec"]["containers"]
    environment = {one["name"]: one.get("value") for one in container["env"]}
    name, replicas = pods["metadata"]["name"], pods["spec"]["replicas"]
    addresses = [f"{name}-{number}.{service['metadata']['name']}:2101" for number in range(replicas)]
    assert environment["BYTEWAX_ADDRESSES"] == ";".join(addresses)
    assert {"BYTEWAX_PROCESS_ID", "LOWTIDE_METRICS"} <= environment.keys()
    ports = {port["name"]: port["containerPort"] for port in container["ports"]}
    assert ports == {port["name"]: port["port"] for port in service["spec"]["ports"]}
    assert str(environment["LOWTIDE_METRICS"]).endswith(f":{ports['metrics']}")
    assert [one["ports"][0]["port"] for one in network["spec"]["ingress"]] == list(ports.values())
    assert pods["spec"]["template"]["spec"]["terminationGracePeriodSeconds"] > Terms().grace_s
    volumes = {one["name"] for one in pods["spec"]["template"]["spec"]["volumes"]}
    assert {one["name"] for one in container["volumeMounts"]} == volumes


def test_its_links_lead_somewhere() -> None:
    heads = {
        re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-")
        for head in re.findall(r"^#+ (.*)$", PAGE, re.MULTILINE)
    }
    for target in re.findall(r"\]\(([^)]+)\)", PAGE):
        file, _, anchor = target.partition("#")
        assert anchor in heads if not file else (DOCS / file).exists(), target
