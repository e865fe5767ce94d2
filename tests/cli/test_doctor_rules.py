"""`lowtide doctor` and the settings: a policy by class without classes is told before a run."""

from __future__ import annotations

import pyarrow as pa
import pytest

from lowtide.cli.doctor_rules import examine_rules
from lowtide.inputs import Inputs, InputSet, write_inputs
from lowtide.inputs.tables import classes_rows
from lowtide.words import Language

POLICY = """\
layers:
  - {name: dear, match: {abc: A}, set: {watch: 0.3}}
  - {name: even, match: {xyz: X}, set: {watch: 0.3}}
"""


@pytest.fixture
def found(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "policy.yaml").write_text(POLICY)
    (tmp_path / "items.csv").write_text("sku,abc\nmilk,A\n")
    (tmp_path / "plain.csv").write_text("sku\nmilk\n")

    def examine(**settings: str) -> list:
        (tmp_path / "lowtide.yaml").write_text(
            "".join(f"{name}: {value}\n" for name, value in settings.items())
        )
        return list(examine_rules())

    return examine


def test_without_a_policy_there_is_nothing_to_say(found):
    assert found(pipeline="shop") == []


def test_layers_whose_class_nothing_gives_are_named(found, tmp_path):
    for more, layers in [
        ({}, "`dear`, `even`"),
        ({"catalogue": "plain.csv"}, "`dear`, `even`"),
        ({"catalogue": "items.csv"}, "`even`"),
    ]:
        (finding,) = found(policy="policy.yaml", **more)
        assert (finding.verdict, finding.values["layers"]) == ("warn", layers)
        assert "lowtide learn" in finding.to_dict(Language("en"))["advice"]
        assert "不会生效" in finding.to_dict(Language("zh"))["advice"]
    rows = pa.table({"location": ["L"], "sku": ["milk"], "abc": ["A"], "xyz": ["X"]})
    write_inputs(tmp_path / "inputs", InputSet(Inputs(), classes=classes_rows(rows, "c")))
    (finding,) = found(policy="policy.yaml", inputs="inputs")
    assert (finding.verdict, finding.found) == ("ok", "policy.yaml")


def test_a_wrong_policy_fails_with_its_place(found, tmp_path):
    (tmp_path / "policy.yaml").write_text("defaults: {wotch: 1}\n")
    (finding,) = found(policy="policy.yaml")
    assert finding.verdict == "fail" and "policy.yaml:1:12" in finding.found
