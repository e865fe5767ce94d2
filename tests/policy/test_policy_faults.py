"""All mistakes of a policy are reported together: line, column, and what would be correct."""

from __future__ import annotations

import pytest

from lowtide.errors import PolicyError
from lowtide.policy import Places, load_policy, read_policy_text

LAYER = "layers:\n  - name: a\n    match: {sku: x}\n    set: "

FAULTS = {
    # text: (line, column, part of the sentence)
    "defaults:\n  led_time: 3d\n": (2, 3, "unknown word `led_time`: did you mean `lead_time`?"),
    "defalts: {}\n": (1, 1, "unknown word `defalts`: did you mean `defaults`?"),
    "zzz: {}\n": (1, 1, "use one of version, dedup_window"),
    LAYER + "{watchh: 0.2}\n": (4, 11, "did you mean `watch`?"),
    "layers:\n  - match: {categry: X}\n    set: {}\n": (2, 13, "did you mean `category`?"),
    "layers:\n  - {mach: {sku: 1}, match: {sku: 1}, set: {}}\n": (2, 6, "did you mean `match`?"),
    "defaults:\n  off: [out_of_stok]\n": (2, 9, "unknown word `out_of_stok`: did you mean `out_of_stock`?"),
    "defaults:\n  severity: {sales_spikes: watch}\n": (2, 14, "did you mean `sales_spike`?"),
    "defaults:\n  severity: {sales_spike: high}\n": (2, 14, "'watch', 'warning' or 'critical'"),
    "defaults:\n  lead_time: 3x\n": (2, 3, "write a duration with its unit, such as 7d"),
    "defaults:\n  lead_time: 1 2h\n": (2, 3, "write a duration with its unit"),
    "defaults:\n  lead_time: -1\n": (2, 3, "a number of days from 0 to 3660"),
    "defaults:\n  lead_time: .nan\n": (2, 3, "a number of days from 0 to 3660"),
    "defaults:\n  grace: 5\n": (2, 3, "write a duration with its unit"),
    "defaults:\n  grace: 1:30\n": (2, 3, "write a duration with its unit"),
    "late_window: 99999d\n": (1, 1, "at most ten years"),
    "publish_every: 0.5s\n": (1, 1, "at least 1s"),
    "max_record_bytes: 1\n": (1, 1, "greater than or equal to 256"),
    "negative_sale: maybe\n": (1, 1, "'return' or 'reject'"),
    "naive_zone: Mars/Olympus\n": (1, 1, "name of a time zone"),
    "defaults:\n  time_zone: Europe/Pariss\n": (2, 3, "name of a time zone"),
    "defaults:\n  time_zone: 2026-13-45\n": (2, 3, "name of a time zone"),
    "defaults:\n  watch: 2\n": (2, 3, "less than 1 (it is 2)"),
    "defaults:\n  watch: .nan\n": (2, 3, "finite number"),
    "defaults:\n  flap_count: 1.5\n": (2, 3, "valid integer"),
    "defaults:\n  flap_count: yes\n": (2, 3, "yes, no, on and off are not allowed"),
    "defaults:\n  half_life: 28\n": (2, 3, "unknown word `half_life`"),
    "defaults:\n  horizon: 0\n": (2, 3, "a number of days from 1 to 365, `lead`"),
    "defaults:\n  horizon: 366\n": (2, 3, "a number of days from 1 to 365, `lead`"),
    "defaults:\n  horizon: 3 lead\n": (2, 3, "a number of days from 1 to 365, `lead`"),
    "defaults:\n  service: most\n": (2, 3, "'cycle' or 'fill'"),
    "defaults:\n  unplanned: quiet\n": (2, 3, "'silent' or 'alert'"),
    "defaults:\n  sold_out_day: half\n": (2, 3, "'whole' or 'part'"),
    "defaults:\n  calm: -1\n": (2, 3, "greater than or equal to 0"),
    "defaults:\n  prior_days: 0\n": (2, 3, "greater than or equal to 0.1"),
    "calibration_sample: -1\n": (1, 1, "greater than or equal to 0"),
    "defaults:\n  reorder_point: formla\n": (2, 3, "a number of units from 0 up, or `formula`"),
    "defaults:\n  reorder_point: -1\n": (2, 3, "a number of units from 0 up, or `formula`"),
    "defaults:\n  lateness: [[5, 0.9], [3, 1]]\n": (2, 3, "rising days"),
    "defaults:\n  lateness: []\n": (2, 3, "rising days"),
    "defaults:\n  lateness: [[5]]\n": (2, 14, "write a pair, such as [5, 0.9]"),
    "profiles: {a: [1, 2]}\n": (1, 12, "7 weights (Monday first)"),
    "profiles: {a: [0, 0, 0, 0, 0, 0, 0]}\n": (1, 12, "not all 0"),
    "profiles: {a: [1, 1, 1, 1, 1, 1, .inf]}\n": (1, 34, "finite number"),
    "profiles: {a: [1.0e+308, 1, 1, 1, 1, 1, 1]}\n": (1, 12, "7 weights"),
    "profiles: {flat: [1, 1, 1, 1, 1, 1, 1]}\n": (1, 12, "`flat` is built in"),
    "defaults: {profile: x}\n": (1, 12, "there is no profile `x`: use one of flat"),
    "defaults:\n  warning: 0.5\n  watch: 0.9\n": (3, 3, "lines must rise from watch to warning to critical"),
    LAYER + "{warning: 0.5, critical: 0.4}\n": (4, 11, "`warning` is 0.5 and `critical` is 0.4"),
    LAYER + "{lead_time: 365}\n": (4, 11, "at most 365 days"),
    LAYER + "{profile: sundays}\n": (4, 11, "there is no profile `sundays`"),
    "layers:\n  - match: {sku: x}\n": (2, 5, "`set` is missing"),
    "layers:\n  - set: {}\n": (2, 5, "`match` is missing"),
    "layers:\n  - match: {}\n    set: {}\n": (2, 5, "name at least one of sku"),
    "layers:\n  - match: {sku: []}\n    set: {}\n": (2, 13, "a text or a list of texts"),
    "layers:\n  - match: {sku: {a: b}}\n    set: {}\n": (2, 13, "a text or a list of texts"),
    "layers:\n  - {name: a, match: {sku: 1}, set: {}}\n  - {name: a, match: {sku: 2}, set: {}}\n": (3, 6, "twice"),
    "layers:\n  - {name: defaults, match: {sku: 1}, set: {}}\n": (2, 6, "layer `defaults` stands twice"),
    "layers:\n  - match: {abc: A,\n      xyz: [X, x]}\n    set: {}\n": (3, 7, "there is no class `x`: use one of X, Y, Z"),
    "layers:\n  - match: {xyz: CZ}\n    set: {}\n": (2, 13, "no class `CZ`: did you mean `abc: C, xyz: Z`?"),
    "layers: 3\n": (1, 1, "valid list"),
    "defaults:\n": (1, 1, "valid dictionary"),
    "- a\n": (1, 1, "a policy is a mapping"),
    "\n\n3\n": (3, 1, "a policy is a mapping"),
    "defaults:\n  watch: 0.3\n  watch: 0.4\n": (3, 3, "`watch` stands twice: keep one"),
    "layers: []\ndefaults: {}\nlayers: []\n": (3, 1, "`layers` stands twice"),
    "? [a]\n: 1\n": (1, 3, "a key must be a plain word"),
    "defaults:\n  a: b: c\n": (2, 7, "not YAML: mapping values are not allowed here"),
    "defaults:\n\twatch: 0.3\n": (2, 1, "not YAML"),
    "defaults: [1, 2\n": (2, 1, "not YAML"),
    "defaults: *nowhere\n": (1, 11, "not YAML: found undefined alias"),
    "defaults: {}\n---\ndefaults: {}\n": (2, 1, "not YAML"),
    "defaults: !secret 3\n": (1, 1, "valid dictionary"),
    "late_window: !!binary abc\n": (1, 1, "write a duration"),
    "defaults: &a {lateness: [*a]}\n": (1, 11, "more than 32 deep"),
    "defaults: " + "[" * 5000: (1, 44, "more than 32 deep"),
}  # fmt: skip


MEET = (
    "layers:\n"
    "  - {name: milk, match: {sku: 1}, set: {warning: 0.55}}\n"
    "  - {name: north, match: {location: '33*'}, set: {watch: 0.6, warning: 0.7}}\n"
)


@pytest.mark.parametrize("text", FAULTS, ids=lambda text: text[:40].replace("\n", " "))
def test_a_fault_names_its_place_and_what_would_be_right(text):
    line, column, words = FAULTS[text]
    with pytest.raises(PolicyError) as caught:
        read_policy_text(text, "policy.yaml")
    faults = caught.value.message.splitlines()
    assert len(faults) == 1, "one fault, one sentence"
    assert faults[0].startswith(f"policy.yaml:{line}:{column}: ") and words in faults[0]
    assert caught.value.exit_code == 2


def test_all_faults_are_said_at_once_from_top_to_bottom():
    text = "late_window: 3x\ndefaults:\n  watch: 7\nlayers:\n  - match: {skus: 1}\n    set: {wrning: 0.2}\n"
    with pytest.raises(PolicyError) as caught:
        read_policy_text(text, "p")
    places = [line.split(": ")[0] for line in caught.value.message.splitlines()]
    assert places == ["p:1:1", "p:3:3", "p:5:13", "p:6:11"]


REGIONS = (
    "layers:\n"
    "  - {name: a, match: {region: [East, Nrth]}, set: {}}\n"
    "  - {name: b, match: {sku: 1}, set: {watch: 0.9, warning: 0.8}}\n"
)


@pytest.mark.parametrize(
    ("places", "words"),
    [
        (None, "p:2:23: the locations file says which region a place is in: give it with `--locations F`"),
        (Places({"1": "East", "2": "North"}), "p:2:23: no place of the locations file is in the region `Nrth`: did you"),
        (Places({"1": "East", "2": "Nrth"}, {"1": "Asia/Tokyo", "2": "Asia/Seoul"}), "p:3:38: lines must rise"),
    ],
)  # fmt: skip
def test_a_region_needs_a_locations_file_that_has_it(places, words):
    with pytest.raises(PolicyError) as caught:
        read_policy_text(REGIONS, "p", places)
    assert caught.value.message.startswith(words)


def test_two_layers_that_can_meet_in_a_position_must_agree():
    """Else the position would have a `watch` above its `warning`, and nobody would notice."""
    with pytest.raises(PolicyError) as caught:
        read_policy_text(MEET, "p")
    assert caught.value.message == (
        "p:2:41: lines must rise from watch to warning to critical, but `watch` is 0.6 and `warning` is 0.55, in a position "
        "that layer `north` matches as well: set `watch` and `warning` in this layer"
    )
    for mended in (
        MEET.replace("{warning: 0.55}", "{watch: 0.2, warning: 0.55}"),
        MEET.replace("{sku: 1}", "{sku: 1, location: 44}"),
        MEET + "  - {match: {sku: 1, location: '33*'}, set: {watch: 0.5}}\n",
    ):
        assert read_policy_text(mended, "p").layers


def test_a_few_aliases_are_fine_and_a_bomb_is_not():
    shared = read_policy_text("defaults: &d {watch: 0.2}\nlayers: [{match: {sku: 1}, set: *d}]\n", "p")
    assert shared.layers[0].set.watch == 0.2
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for level in range(1, 9):
        bomb += f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 10)}]\n"
    with pytest.raises(PolicyError, match="100,000 values: use fewer aliases"):
        read_policy_text(bomb, "p")


def test_names_and_patterns_stay_as_they_are_written():
    """`0123` and `no` are SKUs and store names before they are YAML's octal numbers and truths."""
    text = (
        "version: 1.10\nlayers: [{name: 007, match: {sku: 0123, location: [no, 2026-01-01, 1e3]}, set: {}}]\n"
    )
    policy = read_policy_text(text, "p")
    assert policy.version == "1.10" and policy.layers[0].name == "007"
    assert policy.layers[0].match == {"sku": ["0123"], "location": ["no", "2026-01-01", "1e3"]}
    policy = read_policy_text("layers: [{match: {category: Cafe\u0301}, set: {}}]\n", "p")
    assert policy.layers[0].match["category"] == ["Caf\u00e9"], "compared after NFC, like the records"


def test_nothing_written_is_the_defaults():
    for text in ("", "# only a remark\n", "---\n", "~\n", "{}\n"):
        assert read_policy_text(text, "p").model_dump() == load_policy(None).model_dump()


def test_a_file_that_is_not_there_or_no_text_is_a_policy_error(tmp_path):
    with pytest.raises(PolicyError, match="there is no policy"):
        load_policy(tmp_path / "none.yaml")
    (tmp_path / "latin.yaml").write_bytes(b"# caf\xe9\n")
    with pytest.raises(PolicyError, match="cannot be read"):
        load_policy(tmp_path / "latin.yaml")
    with pytest.raises(PolicyError, match="cannot be read"):
        load_policy(tmp_path)
    (tmp_path / "bom.yaml").write_bytes(b"\xef\xbb\xbfdefaults: {watch: 0.2}\n")
    assert load_policy(tmp_path / "bom.yaml").defaults.watch == 0.2
