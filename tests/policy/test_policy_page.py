"""docs/policy.md fails when it lies: fields, defaults, ranks, examples and what the commands answer.

`python tests/policy/test_policy_page.py` prints the tables of fields as they must stand there.
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from pydantic import BaseModel

from lowtide.cli.main import main
from lowtide.errors import PolicyError
from lowtide.policy import Layer, Policy, Terms, load_policy, policy_schema, read_policy_text
from lowtide.policy.layers import specificity
from lowtide.policy.model import MATCH_KEYS
from lowtide.runner.replay import replay_lines

PAGE = Path(__file__).parents[2] / "docs/policy.md"
TEXT = PAGE.read_text("utf-8")
SCHEMA = policy_schema()


def default_of(model: type[BaseModel], name: str) -> str:
    """As a person would write it."""
    holder = SCHEMA if model is Policy else SCHEMA["$defs"][model.__name__]
    value = holder["properties"][name].get("default")
    if name in holder.get("required", ()):
        return "required"
    if (model, name) == (Layer, "name"):
        return "its place, such as `layer 2`"
    if name in ("lateness", "defaults"):
        return "see below"
    if value in (None, "", [], {}):
        return "nothing"
    return f"`{value:g}`" if isinstance(value, float) else f"`{value}`"


def table(model: type[BaseModel]) -> list[str]:
    """The rows of a model's fields."""
    return [
        f"| `{name}` | {default_of(model, name)} | {' '.join(field.description.split())} |"
        for name, field in model.model_fields.items()
    ]


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("model", [Policy, Layer, Terms])
def test_every_field_stands_there_with_its_default_and_meaning(model):
    missing = [row for row in table(model) if row not in TEXT.splitlines()]
    assert not missing, "\n".join(["run `python tests/policy/test_policy_page.py`", *missing])


def test_no_field_stands_there_that_is_none():
    named = set(re.findall(r"^\| `(\w+)` \| .+ \| .+ \|$", TEXT, re.MULTILINE))
    assert named - set(MATCH_KEYS) == {*Policy.model_fields, *Layer.model_fields, *Terms.model_fields}


def test_the_ranks_are_those_of_the_program():
    told = re.findall(r"^\| `(\w+)`( with `\*`)? \| (\d+) \|$", TEXT, re.MULTILINE)
    ranks = {(key, bool(star)): int(rank) for key, star, rank in told}
    assert [rank for *_, rank in told] == sorted((rank for *_, rank in told), key=int, reverse=True)
    for (key, star), rank in ranks.items():
        assert rank == specificity(Layer(match={key: ["a*" if star else "a"]}, set=Terms())), key
    assert {key for key, _ in ranks} == set(MATCH_KEYS)
    for key in set(MATCH_KEYS) - {"sku", "location"}:
        assert specificity(Layer(match={key: ["a*"]}, set=Terms())) == ranks[key, False], "as the page says"


def test_the_lateness_is_the_default():
    (told,) = re.findall(r"`(lateness: \[\[.*?\]\])`", TEXT)
    assert read_policy_text(f"defaults: {{{told}}}", "p").defaults.lateness == Terms().lateness


def test_the_service_levels_by_class_are_those_of_the_file():
    told = dict(re.findall(r"^\| ([ABC]) \| (.+) \|$", TEXT, re.MULTILINE))
    policy = load_policy(PAGE.with_name("service-levels.yaml"))
    assert [layer.name for layer in policy.layers] == [abc + xyz for abc in "ABC" for xyz in "XYZ"]
    for layer in policy.layers:
        abc, xyz = layer.name
        assert layer.match == {"abc": [abc], "xyz": [xyz]}
        assert layer.set.service_level == float(told[abc].split(" | ")["XYZ".index(xyz)])


ONE_DAY = b"""\
{"id":"1","source":"s","kind":"count","sku":"A","location":"L","quantity":5,"event_time":"2026-03-02T08:00:00Z"}
{"id":"2","source":"s","kind":"sale","sku":"A","location":"L","quantity":5,"event_time":"2026-03-02T09:00:00Z"}
"""


def test_the_examples_of_lines_are_those_of_the_core():
    rows = re.findall(
        r"^\| (\d+) days \| (.+?) \| (\d+) \| ([.\d]+) \| ([.\d]+) \| ([.\d]+) \|$", TEXT, re.MULTILINE
    )
    assert len(rows) >= 5
    for cover, horizon, days, *lines in rows:
        chosen = "" if horizon == "not set" else f", horizon: {horizon.strip('`')}"
        policy = f"defaults: {{lead_time: {int(cover) - 1}d{chosen}}}"
        detail = replay_lines(ONE_DAY, policy=policy).ledger[0]["detail"]
        used = [detail["lines"][line] for line in ("watch", "warning", "critical")]
        assert (detail["horizon_days"], used) == (int(days), [float(line) for line in lines]), policy


def test_the_table_of_lines_is_the_core_s():
    rows = re.findall(r"^\| ([\d and]+) days? \| ([.\d]+) \| ([.\d]+) \| ([.\d]+) \|$", TEXT, re.MULTILINE)
    assert len(rows) == 10
    for horizons, *lines in rows:
        for horizon in horizons.split(" and "):
            policy = f"defaults: {{lead_time: {int(horizon) - 1}d, horizon: {horizon}}}"
            detail = replay_lines(ONE_DAY, policy=policy).ledger[0]["detail"]
            assert list(detail["lines"].values())[:3] == [float(line) for line in lines], policy


def test_every_policy_of_the_page_is_good():
    assert len(blocks("yaml")) >= 2
    for text in blocks("yaml"):
        read_policy_text(text, "docs/policy.md")


def test_the_commands_answer_as_shown(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")
    (tmp_path / "policy.yaml").write_text(blocks("yaml")[0])
    (tmp_path / "items.csv").write_text(blocks("csv")[0])
    for name, text in zip(("wrong", "meet"), blocks("yaml-wrong"), strict=True):
        (tmp_path / f"{name}.yaml").write_text(text)
    for session in blocks("console"):
        command, *answer = session.splitlines()
        with pytest.raises(SystemExit):
            main(shlex.split(command.removeprefix("$ lowtide ")))
        said = capsys.readouterr()
        lines = [line.rstrip() for line in (said.out + said.err).splitlines()]
        at = 0
        for line in answer:  # `…` stands for lines that are left out
            if line != "…":
                at = lines.index(line, at) + 1


def test_what_the_page_calls_a_mistake_is_one():
    for text in blocks("yaml-wrong"):
        with pytest.raises(PolicyError):
            read_policy_text(text, "wrong.yaml")


if __name__ == "__main__":
    for model in (Policy, Layer, Terms):
        print("\n".join(["| field | default | meaning |", "|---|---|---|", *table(model), ""]))
