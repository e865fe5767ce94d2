"""A compiled policy becomes a file again: the same version, in the words that people write."""

from __future__ import annotations

from pathlib import Path

import pytest

import lowtide
from lowtide.policy import compile_policy, policy_document, policy_text, read_policy_text
from lowtide.policy.places import Places
from tests.policy.test_policy_compiled import EXAMPLE

SAMPLE = Path(lowtide.__file__).parent / "samples" / "policy.yaml"
PLACES = Places({"330": "east", "331": "west"}, {"330": "Europe/Paris", "331": "Europe/Berlin"})
TEXTS = (
    "",
    EXAMPLE,
    "dedup_window: 1.234s\nnaive_zone: position\ndefaults: {watch: 0.01, grace: 1d12h}",
    SAMPLE.read_text("utf-8"),
    "defaults: {prior_days: 28, low_turnover_days: 20, spike_after: 3d}",
    "defaults: {auto_approve: {up_to: 3, p_over: 0.5}, propose_before: 90m}",
    "layers: [{match: {sku: ['0123', 'no']}, set: {watch: null, lateness: [[0, 0.9], [7.5, 1]], horizon: 9}}]",
    "profiles: {hours: [1, 2, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 7]}",
    "layers: [{name: 鲜, match: {department: [FRESH, MEAT]}, set: {over_max: down, severity: {sales_spike: watch}}}]",
)


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("places", [None, PLACES])
def test_the_text_of_a_version_makes_the_same_version(text: str, places: Places | None) -> None:
    policy = read_policy_text(text, "p", places)
    again = read_policy_text(policy_text(policy_document(policy), places), "p", places)
    assert compile_policy(again)["version"] == compile_policy(policy)["version"]


def test_it_is_written_as_people_write_it() -> None:
    text = policy_text(policy_document(read_policy_text(EXAMPLE, "p")))
    assert text == (
        "late_window: 2d\n"
        "profiles:\n  weekend: [1, 1, 1, 1, 1, 2, 2]\n"
        "defaults: {lead_time: 5d, profile: weekend, time_zone: Europe/Paris}\n"
        "layers:\n"
        "- name: layer 2\n  match: {location: 33*}\n  set: {watch: 0.2}\n"
        "- name: dairy\n  match: {category: DAIRY}\n  set:\n    horizon: 2 lead\n    lead_time: 36h\n"
        "    'off': [sales_spike]\n    reorder_point: formula\n"
    )


def test_a_region_has_become_its_locations() -> None:
    policy = read_policy_text("layers: [{match: {region: east}, set: {watch: 0.2}}]", "p", PLACES)
    text = policy_text(policy_document(policy), PLACES)
    assert "location: '330'" in text and "region" not in text
