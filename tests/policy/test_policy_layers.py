"""The most specific layer wins, among equals the later, and the core agrees with a model of ten lines."""

from __future__ import annotations

import re

import orjson
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lowtide.core import Job
from lowtide.errors import PolicyError
from lowtide.policy import Layer, Places, Policy, Terms, compile_policy
from lowtide.policy.layers import in_order, specificity

KEYS = ("sku", "category", "supplier", "abc", "department", "region", "location")
REGIONS = {"L1": "north", "M*": "south"}
PLACES = Places(REGIONS)
ITEMS = {"11": ("DAIRY", "FRESH", "acme", "A"), "12": ("MEAT", "FRESH", "acme", "B"), "2": ("", "", "", "")}
SUBJECTS = [(location, sku) for location in ("L1", "L2", "M*") for sku in (*ITEMS, "unknown")]
CATALOGUE = pa.RecordBatch.from_pydict(
    {
        "sku": list(ITEMS),
        **{name: [row[n] for row in ITEMS.values()] for n, name in enumerate(("category", "department", "supplier", "abc"))},
        **{name: pa.nulls(len(ITEMS), pa.float64()) for name in ("unit_cost", "unit_price", "pack")},
    }
)  # fmt: skip


def layer(name: str, match: dict[str, list[str]], days: float) -> Layer:
    return Layer(name=name, match=match, set=Terms(lead_time=days))


def terms(policy: Policy, location: str, sku: str) -> dict:
    return orjson.loads(Job.of(policy.at(PLACES), CATALOGUE).group().terms(location, sku))


def model(policy: Policy, location: str, sku: str) -> tuple[float, str]:
    """Lead time of a position and the layer it comes from, in ten lines."""
    category, department, supplier, abc = ITEMS.get(sku, ("",) * 4)
    subject = {
        "location": location,
        "region": REGIONS.get(location, "another"),
        "sku": sku,
        "category": category,
        "department": department,
        "supplier": supplier,
        "abc": abc,
    }

    def fits(pattern: str, text: str) -> bool:
        return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), text, re.DOTALL) is not None

    found = (policy.defaults.lead_time, "defaults")
    for one in sorted(policy.layers, key=specificity):
        if all(any(fits(p, subject[key]) for p in patterns) for key, patterns in one.match.items()):
            found = (one.set.lead_time, one.name)
    return found


PATTERNS = {
    "sku": ("11", "1*", "*", "2"),
    "location": ("L1", "L*", "*", "*1"),
    "category": ("DAIRY", "*A*", ""),
    "supplier": ("acme", "none"),
    "abc": ("A", "B"),
    "department": ("FRESH", "F*"),
    "region": ("north", "*th", "*", "south"),
}
MATCHES = st.dictionaries(st.sampled_from(KEYS), st.none(), min_size=1, max_size=3).flatmap(
    lambda keys: st.fixed_dictionaries(
        {key: st.lists(st.sampled_from(PATTERNS[key]), min_size=1, max_size=2, unique=True) for key in keys}
    )
)


@settings(derandomize=True, deadline=None, max_examples=60)
@given(st.lists(MATCHES, max_size=6), st.data())
def test_the_core_takes_each_value_from_the_layer_that_the_model_names(matches, data):
    layers = [layer(f"layer {n}", match, float(n)) for n, match in enumerate(matches, 1)]
    policy = Policy(layers=layers)
    for location, sku in SUBJECTS:
        term = terms(policy, location, sku)["lead_time_days"]
        assert (term["value"], term["layer"]) == model(policy, location, sku)
    shuffled = Policy(layers=data.draw(st.permutations(layers)))
    assert [specificity(one) for one in in_order(shuffled.layers)] == sorted(map(specificity, layers))
    for rank in {specificity(one) for one in layers}:
        equals = [one.name for one in shuffled.layers if specificity(one) == rank]
        assert [one.name for one in in_order(shuffled.layers) if specificity(one) == rank] == equals


@settings(derandomize=True, deadline=None, max_examples=40)
@given(st.permutations(list(KEYS)))
def test_layers_of_different_rank_may_stand_in_any_order(order):
    everything = {
        "sku": "11",
        "category": "DAIRY",
        "supplier": "acme",
        "abc": "A",
        "department": "FRESH",
        "region": "north",
        "location": "L1",
    }
    layers = [layer(key, {key: [everything[key]]}, float(KEYS.index(key))) for key in order]
    policy = Policy(layers=layers)
    by_name = Policy(layers=sorted(layers, key=lambda one: one.name))
    assert compile_policy(policy.at(PLACES)) == compile_policy(by_name.at(PLACES))
    assert terms(policy, "L1", "11")["lead_time_days"] == {"value": 0.0, "layer": "sku"}


def test_among_layers_of_the_same_rank_the_later_wins():
    one, two = layer("one", {"sku": ["11"]}, 1.0), layer("two", {"sku": ["12", "11"]}, 2.0)
    assert terms(Policy(layers=[one, two]), "L1", "11")["lead_time_days"]["layer"] == "two"
    assert terms(Policy(layers=[two, one]), "L1", "11")["lead_time_days"]["layer"] == "one"


@pytest.mark.parametrize(
    ("more", "less"),
    [
        ({"sku": ["11"]}, {"sku": ["1*"], "location": ["L1"], "category": ["DAIRY"]}),
        ({"sku": ["1*"]}, {"category": ["DAIRY"], "supplier": ["acme"], "abc": ["A"], "location": ["L1"]}),
        ({"category": ["DAIRY"]}, {"supplier": ["acme"], "abc": ["A"], "department": ["FRESH"], "location": ["L1"]}),
        ({"supplier": ["acme"]}, {"abc": ["A"], "department": ["FRESH"], "location": ["L1"]}),
        ({"abc": ["A"]}, {"xyz": [""], "department": ["FRESH"], "location": ["L1"]}),
        ({"xyz": [""]}, {"department": ["FRESH"], "location": ["L1"]}),
        ({"department": ["FRESH"]}, {"region": ["north"], "location": ["L1"]}),
        ({"region": ["north"]}, {"location": ["L1"]}),
        ({"location": ["L1"]}, {"location": ["L*"]}),
        ({"sku": ["11"], "location": ["L1"]}, {"sku": ["11"], "location": ["*"]}),
    ],
)  # fmt: skip
def test_the_more_specific_wins_wherever_it_stands(more, less):
    first, second = layer("more", more, 1.0), layer("less", less, 2.0)
    for layers in ([first, second], [second, first]):
        assert terms(Policy(layers=layers), "L1", "11")["lead_time_days"]["layer"] == "more"


def test_a_layer_gives_only_what_it_sets():
    policy = Policy(layers=[Layer(name="fresh", match={"department": ["FRESH"]}, set=Terms(watch=0.4))])
    shown = terms(policy, "L1", "11")
    plain = ("defaults", "shipped")
    assert {name: term["layer"] for name, term in shown.items() if term["layer"] not in plain} == {
        "watch": "fresh"
    }
    assert {term["layer"] for term in terms(policy, "L1", "2").values()} == set(plain)


EAST = Places({"330": "East", "331": "East", "340": "West"}, {"330": "Asia/Shanghai", "340": "Asia/Urumqi"})


def compiled_layers(policy: Policy, places: Places) -> dict[str, tuple[dict, dict]]:
    return {
        layer["name"]: (layer["match"], layer["set"]) for layer in compile_policy(policy.at(places))["layers"]
    }


def test_a_region_is_the_list_of_its_places():
    layers = [
        layer("east", {"region": ["East"]}, 2.0),
        layer("both", {"region": ["E*"], "location": ["*1", "340"]}, 3.0),
        layer("nobody", {"region": ["West"], "location": ["330"]}, 4.0),
        layer("all", {"region": ["*"]}, 5.0),
    ]
    matches = {name: match for name, (match, _) in compiled_layers(Policy(layers=layers), EAST).items()}
    assert matches["east"] == {"location": ["330", "331"]} and matches["both"] == {"location": ["331"]}
    assert matches["nobody"] == {"location": [""]} and matches["all"] == {"location": ["*"]}
    with pytest.raises(PolicyError, match="matches on a region"):
        compile_policy(Policy(layers=layers))


def test_the_zone_of_a_place_ranks_above_the_defaults_and_below_every_layer():
    west = Layer(name="west", match={"location": ["34*"]}, set=Terms(time_zone="Asia/Tokyo"))
    found = compiled_layers(Policy(layers=[west]), EAST)
    assert list(found) == ["defaults", "locations file: Asia/Shanghai", "locations file: Asia/Urumqi", "west"]
    group = Job.of(Policy(layers=[west]).at(EAST)).group()
    zones = {
        place: orjson.loads(group.terms(place, "1"))["time_zone"]["value"] for place in ("330", "331", "340")
    }
    assert zones == {"330": "Asia/Shanghai", "331": "UTC", "340": "Asia/Tokyo"}


def test_one_zone_of_all_places_is_the_default_unless_the_policy_says_another():
    places = Places(zones={"330": "Europe/Paris", "331": "Europe/Paris"})
    found = compiled_layers(Policy(), places)
    assert list(found) == ["defaults"] and found["defaults"][1]["time_zone"] == "Europe/Paris"
    explicit = compiled_layers(Policy(defaults=Terms(time_zone="UTC")), places)
    assert explicit["defaults"][1]["time_zone"] == "UTC"
    assert explicit["locations file: Europe/Paris"][0] == {"location": ["330", "331"]}
