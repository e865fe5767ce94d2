"""The same policy is the same bytes and the same version, here and in the core."""

from __future__ import annotations

from typing import get_args

import orjson
import pytest

from lowtide.core import Job
from lowtide.errors import PolicyError
from lowtide.policy import (
    Policy,
    Terms,
    compile_policy,
    load_policy,
    policy_document,
    read_policy_text,
    with_unset,
)
from lowtide.policy.model import AlertType, Severity
from lowtide.policy.table import OPTIONAL, TABLE, policy_faults, wire_name

EXAMPLE = """\
late_window: 48h
profiles:
  weekend: [1, 1, 1, 1, 1, 2, 2]
defaults: {lead_time: 5d, time_zone: Europe/Paris, profile: weekend}
layers:
  - name: dairy
    match: {category: DAIRY}
    set: {lead_time: 36h, horizon: 2 lead, reorder_point: formula, off: [sales_spike]}
  - match: {location: "33*"}
    set: {watch: 0.2}
"""


WORDS = {
    "returns": ("stock", "hold"),
    "method": ("order_up_to", "min_max", "ddmrp"),
    "over_max": ("down", "up", "ask"),
    "propose_at": get_args(Severity),
    "auto_approve": (None, {"up_to": 0, "p_over": 1}),
    "service": ("cycle", "fill"),
    "unplanned": ("silent", "alert"),
    "sold_out_day": ("whole", "part"),
    "horizon": ("lead", "lead+review", "2 lead", None, 9),
    "watch": (None, 0.2),
    "season": (None, "harvest"),
    "off": get_args(AlertType),
}


def test_the_version_of_the_defaults_and_of_an_example_never_change():
    """A changed hash makes every ledger entry of the past name a policy that nobody has."""
    assert compile_policy(load_policy(None))["version"] == "ae8c168abf3d"
    assert compile_policy(read_policy_text(EXAMPLE, "p"))["version"] == "559e937737f4"


def test_what_a_person_may_write_in_two_ways_is_one_policy():
    defaults = compile_policy(Policy())["version"]
    for text in (
        "",
        "version: my label\n",
        "late_window: 72h\n",
        "late_window: 3d\n",
        "defaults: {lead_time: 7, grace: 24h, spike_min: 5, revise_over: '0.1'}\n",
        "defaults: {lead_time_sd: 2d, remainder: 1, horizon: null}\n",
    ):
        assert compile_policy(read_policy_text(text, "p"))["version"] == defaults, text
    reordered = "layers:" + EXAMPLE.split("layers:")[1] + EXAMPLE.split("layers:")[0]
    assert policy_document(read_policy_text(reordered, "p")) == policy_document(
        read_policy_text(EXAMPLE, "p")
    )


def test_every_value_counts_for_the_version():
    versions = {
        compile_policy(read_policy_text(text, "p"))["version"]
        for text in (
            "",
            "late_window: 71h\n",
            "defaults: {watch: 0.31}\n",
            "layers: [{match: {sku: 1}, set: {watch: 0.31}}]\n",
            "layers: [{match: {sku: 2}, set: {watch: 0.31}}]\n",
            "layers: [{name: b, match: {sku: 2}, set: {watch: 0.31}}]\n",
        )
    }
    assert len(versions) == 6


def test_a_layer_compiles_to_what_it_sets_and_a_profile_to_a_week_of_mean_one():
    compiled = compile_policy(read_policy_text(EXAMPLE, "p"))
    assert [layer["name"] for layer in compiled["layers"]] == ["defaults", "layer 2", "dairy"]
    assert compiled["layers"][2]["set"] == {
        "horizon": "2 lead",
        "lead_time_days": 1.5,
        "off": ["sales_spike"],
        "reorder_point": "formula",
    }
    week = compiled["profiles"]["weekend"]
    assert len(week) == 168 and abs(sum(week) - 168) < 1e-9 and week[120] == 2 * week[0]


def test_the_core_has_the_same_values_and_defaults():
    """A value that only one side knows could not be checked, or could not be written."""
    compiled = orjson.loads(policy_document(Policy()))
    values = {**compiled, **compiled["layers"][0]["set"]}
    for name in ("version", "profiles", "layers"):
        del values[name]
    assert values == {name: row["default"] for name, row in TABLE.items() if name not in OPTIONAL}


def test_what_proposals_go_by_is_compiled_only_where_it_is_set():
    """A new value must not give every policy of the past another version."""
    assert TABLE.keys() >= OPTIONAL <= {wire_name(field) for field in Terms.model_fields}
    policy = read_policy_text(
        "defaults: {method: min_max, max_level: 20}\nlayers:\n- match: {sku: '1'}\n  set: {min_level: 5}\n"
        "- match: {sku: '2'}\n  set: {auto_approve: {up_to: 200, p_over: 0.9}, propose_before: 2h, over_max: ask}\n",
        "p",
    )
    layers = [layer["set"] for layer in compile_policy(policy)["layers"]]
    assert {name for layer in layers for name in layer} & OPTIONAL == {
        "method", "max_level", "min_level", "auto_approve", "propose_before_ms", "over_max",
    }  # fmt: skip
    shown = with_unset(orjson.loads(Job.of(policy).group().terms("L1", "2")))
    assert shown["auto_approve"] == {"value": {"up_to": 200.0, "p_over": 0.9}, "layer": "layer 2"}
    assert shown["method"] == {"value": "min_max", "layer": "defaults"}
    assert shown["variability_factor"] == {"value": 0.5, "layer": "defaults"}


def test_a_wave_is_compiled_only_where_it_is_set():
    """A policy without one keeps its version, and so every byte of its ledger."""
    policy = read_policy_text(
        "layers:\n- match: {abc: C}\n  set: {low_turnover_units: 12, wave_units: 4}\n", "p"
    )
    first, layer = [one["set"] for one in compile_policy(policy)["layers"]]
    assert layer == {"low_turnover_units": 12.0, "wave_units": 4.0}
    assert not {"wave_units", "wave_days"} & first.keys()
    assert with_unset({})["wave_days"] == {"value": 7, "layer": "defaults"}


def test_wrong_values_of_proposals_are_refused_with_their_place():
    text = "defaults:\n  method: minmax\n  min_level: -1\n  auto_approve: {upto: 3, p_over: 2}\n  propose_before: soon\n"
    with pytest.raises(PolicyError) as refused:
        read_policy_text(text, "p")
    for words in (
        "p:2:3: `defaults.method`: input should be 'order_up_to', 'min_max' or 'ddmrp'",
        "p:3:3: `defaults.min_level`: input should be greater than or equal to 0",
        "p:4:18: unknown word `upto`: did you mean `up_to`?",
        "p:4:27: `defaults.auto_approve.p_over`",
        "p:5:3: `defaults.propose_before`: write a duration",
    ):
        assert words in str(refused.value), str(refused.value)
    with pytest.raises(
        PolicyError,
        match="p:1:12: max_level is at least min_level, but `min_level` is 5 and `max_level` is 0",
    ):
        read_policy_text("defaults: {min_level: 5}", "p")


def test_the_words_of_the_model_are_those_of_the_core():
    for field, words in WORDS.items():
        for word in words:
            chosen = [word] if field == "off" else word
            assert not policy_faults(orjson.dumps(compile_policy(Policy(defaults={field: chosen}))))
    for kind in get_args(AlertType):
        for severity in get_args(Severity):
            assert not policy_faults(
                orjson.dumps(compile_policy(Policy(defaults={"severity": {kind: severity}})))
            )


def test_the_core_shows_every_value_of_the_defaults():
    shown = orjson.loads(Job.of().group().terms("L1", "11"))
    compiled = orjson.loads(orjson.dumps(compile_policy(Policy())["layers"][0]["set"]))
    lines = {"watch": 0.4, "warning": 0.55, "critical": 0.8}
    shipped = {"horizon": 8, "horizon_days": 8, **lines}
    assert {name: term["value"] for name, term in shown.items()} == {**compiled, **shipped}
    assert {name for name, term in shown.items() if term["layer"] == "shipped"} == set(shipped)
