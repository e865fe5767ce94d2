"""Layers by ABC and XYZ class: what gives a position its class, what is refused, and what `policy show` says."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pytest

from lowtide.cli.main import main
from lowtide.errors import PolicyError
from lowtide.inputs import Inputs, InputSet, write_inputs
from lowtide.inputs.tables import classes_rows
from lowtide.policy import check_classes, class_layers, load_policy, read_policy_text

BY_CLASS = """\
layers:
  - {name: steady and dear, match: {abc: A, xyz: X}, set: {service_level: 0.98}}
  - {name: dear, match: {abc: A}, set: {service_level: 0.97}}
  - {name: the rest, match: {abc: [B, C]}, set: {service_level: 0.9}}
"""


@pytest.fixture
def typed(capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "160")

    def run(*arguments: object) -> tuple[int, str, str]:
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as stop:
            code = int(stop.code or 0)
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def classes(folder: Path, *rows: tuple[str, str, str, str]) -> str:
    """Writes inputs that hold these classes; gives their hash."""
    table = pa.Table.from_pylist(
        [dict(zip(("location", "sku", "abc", "xyz"), row, strict=True)) for row in rows]
    )
    return write_inputs(folder, InputSet(Inputs(), classes=classes_rows(table, "c"))).name


def shown(out: str) -> dict[str, list[str]]:
    return {line.split()[0]: line.split()[1:] for line in out.splitlines() if line.split()[1:]}


def test_the_class_of_the_inputs_decides_and_is_shown_with_its_layer(typed, tmp_path):
    (tmp_path / "p.yaml").write_text(BY_CLASS)
    (tmp_path / "items.csv").write_text("sku,abc\nmilk,C\nsalt,C\n")
    name = classes(tmp_path / "in", ("330", "milk", "A", "X"), ("331", "milk", "A", "Z"))
    arguments = ("--catalogue", "items.csv", "--inputs", "in")
    for sku, place, abc, level, layer in [
        ("milk", "330", ['"A"', "inputs", name], "0.98", "steady and dear"),
        ("milk", "331", ['"A"', "inputs", name], "0.97", "dear"),
        ("milk", "332", ['"C"', "catalogue"], "0.9", "the rest"),
        ("salt", "330", ['"C"', "catalogue"], "0.9", "the rest"),
    ]:
        code, out, _ = typed("policy", "show", "p.yaml", sku, place, *arguments)
        assert (code, shown(out)["abc"], shown(out)["service_level"]) == (0, abc, [level, *layer.split()])
    rows = map(
        json.loads, typed("policy", "show", "p.yaml", "milk", "331", *arguments, "--json")[1].splitlines()
    )
    assert {"name": "xyz", "value": "Z", "layer": f"inputs {name}"} in list(rows)


def test_a_layer_that_matches_nothing_without_inputs_says_what_it_needs(typed, tmp_path):
    (tmp_path / "p.yaml").write_text(BY_CLASS)
    out = typed("policy", "show", "p.yaml", "milk", "330")[1]
    assert shown(out)["service_level"] == ["0.95", "defaults"]
    assert "`steady and dear`, `dear`, `the rest`: matches on `abc`, of which this position has none." in out
    assert (
        "`steady and dear`: matches on `xyz`, of which this position has none. It comes from inputs: `--inputs DIR`"
        in out
    )
    (tmp_path / "lowtide.yaml").write_text("inputs: in\n")
    classes(tmp_path / "in", ("330", "milk", "A", "X"))
    assert "of which" not in typed("policy", "show", "p.yaml", "milk", "330")[1], (
        "the settings name the inputs"
    )


def test_classes_that_nothing_gives_are_refused_with_their_place(typed, tmp_path):
    policy = tmp_path / "p.yaml"
    policy.write_text(
        "layers:\n- match: {abc: [A, D, '*']}\n  set: {watch: 0.5}\n- match:\n    abc: top\n  set: {}\n"
    )
    code, _, err = typed("policy", "check", "p.yaml")
    assert code == 2
    assert (
        "p.yaml:2:11: `abc`: there is no class `D`: write A, B or C, or give the catalogue that has it" in err
    )
    assert "p.yaml:5:5: `abc`: there is no class `top`" in err
    (tmp_path / "items.csv").write_text("sku,abc\nmilk,D\nsalt,E\nrice,\n")
    code, _, err = typed("policy", "check", "p.yaml", "--catalogue", "items.csv")
    assert code == 2 and "`D`" not in err
    assert (
        "p.yaml:5:5: `abc`: there is no class `top`: write A, B, C, D, E: the catalogue has no other" in err
    )
    with pytest.raises(PolicyError):
        check_classes(policy, load_policy(policy), pa.RecordBatch.from_pydict({"sku": ["milk"]}))


def test_layers_that_need_classes_are_known_by_name():
    policy = read_policy_text(BY_CLASS, "p")
    assert class_layers(policy) == ["steady and dear", "dear", "the rest"]
    assert class_layers(policy, ["xyz"]) == ["steady and dear"]
