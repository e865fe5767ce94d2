"""A policy is good or wrong alike, as a file and as a record in the log, in whatever layer the wrong value stands."""

from __future__ import annotations

from typing import Any

import orjson
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from lowtide.core import Job, Partition
from lowtide.errors import PolicyError
from lowtide.policy import Layer, Policy, Terms, policy_document, policy_record, read_policy_text
from lowtide.policy.layers import specificity
from lowtide.policy.table import TABLE, wire_name

NOT_VALUES = ("version", "profiles", "defaults", "layers")
FIELDS = {
    wire_name(name): name for name in (*Policy.model_fields, *Terms.model_fields) if name not in NOT_VALUES
}
LOG = (
    "dedup_window_ms",
    "late_window_ms",
    "max_ahead_ms",
    "max_record_bytes",
    "publish_every_ms",
    "calibration_sample",
)
LINES = ("watch", "warning", "critical")
WEEK = [1.0] * 168
NO_NUMBER = st.sampled_from(["soon", [], {}, True])
NO_TEXT = st.sampled_from([5, None, [], {}, True, "elsewhere", ""])


def numbers(name: str) -> tuple[st.SearchStrategy, st.SearchStrategy]:
    """Good and wrong values of a number, in the unit of its name, up to both ends of its range."""
    row = TABLE[name]
    least, most = row.get("ge", row.get("gt")), row.get("le", row.get("lt", 1e300))
    if isinstance(row["default"], int):
        step = 1000 if name.endswith("_ms") else 1
        inside = st.integers(-(-least // step), most // step).map(lambda n: n * step)
        outside = st.sampled_from([least - step, most + step, -step, 10**15 * step])
        return inside, outside | NO_NUMBER | st.none()
    inside = st.floats(least, most, exclude_min="gt" in row, exclude_max="lt" in row)
    inside |= st.just(row["default"])
    if name == "reorder_point":
        return inside | st.sampled_from([None, "formula"]), st.sampled_from([-1.0, 2e12, "formla", [], True])
    wrong = [least - 0.5, *(row[bound] for bound in ("gt", "lt") if bound in row)]
    wrong += [row["le"] * 1.5] if "le" in row else []
    if name == "horizon":
        return inside | st.sampled_from(["lead", "lead+review", "2 lead"]), st.sampled_from(
            [*wrong, "3 lead"]
        ) | NO_NUMBER
    return inside, st.sampled_from(wrong if name in LINES else [*wrong, None]) | NO_NUMBER


VALUES: dict[str, tuple[st.SearchStrategy, st.SearchStrategy]] = {
    **{name: numbers(name) for name, row in TABLE.items() if "ge" in row or "gt" in row},
    "time_zone": (st.sampled_from(["UTC", "Europe/Paris"]), NO_TEXT | st.just("europe/paris")),
    "returns": (st.sampled_from(["stock", "hold"]), NO_TEXT),
    "service": (st.sampled_from(["cycle", "fill"]), NO_TEXT),
    "unplanned": (st.sampled_from(["silent", "alert"]), NO_TEXT),
    "sold_out_day": (st.sampled_from(["whole", "part"]), NO_TEXT),
    "season": (st.sampled_from([None, "harvest", ""]), st.sampled_from([5, [], {}, True])),
    "profile": (st.sampled_from(["flat", "week"]), NO_TEXT),
    "off": (
        st.lists(st.sampled_from(["sales_spike", "out_of_stock"])),
        st.sampled_from([["spikes"], "sales_spike", None, 5]),
    ),
    "severity": (
        st.sampled_from([{}, {"overdue_supply": "critical", "sales_spike": "warning"}]),
        st.sampled_from([{"overdue_supply": "high"}, {"spikes": "watch"}, {"sales_spike": None}, [], None]),
    ),
    "lateness": (
        st.sampled_from([[[0, 0.9], [7, 1]], [[0, 0], [0.5, 0]], [[2, 1]]]),
        st.sampled_from([[], [[5, 0.9], [3, 1]], [[1, 0.5], [2, 0.4]], [[0, 1.1]], [[-1, 1]]])
        | st.sampled_from([[[0, 1, 2]], [[0]], [0, 1], None, "x"]),
    ),
}  # fmt: skip
MATCHES = st.dictionaries(
    st.sampled_from(["sku", "category", "location"]),
    st.lists(st.sampled_from(["1", "1*", "DAIRY", "*"]), min_size=1, max_size=2),
    min_size=1,
)
WRONG_MATCHES = st.sampled_from([{}, {"sku": []}, {"colour": ["red"]}, {"sku": ["1"], "colour": ["red"]}])
WRONG_PROFILES = st.sampled_from(
    [{"flat": WEEK}, {"week": [0.0] * 168}, {"week": WEEK[1:]}, {"week": [-1.0, *WEEK[1:]]}]
)
HORIZON = ("lead_time_days", "review_period_days")
FREE = [name for name in VALUES if name not in (*LOG, *LINES, *HORIZON)]
SETS = st.fixed_dictionaries({}, optional={name: VALUES[name][0] for name in FREE})
CHANCES = st.floats(0.001, 0.999)
TRIPLES = st.tuples(*[CHANCES] * 3, st.sets(st.sampled_from(LINES))).map(
    lambda row: {line: None if line in row[3] else p for line, p in zip(LINES, sorted(row[:3]), strict=True)}
)
"""Three lines that rise, some of them not set."""
TOGETHER = st.one_of(
    st.just({}),
    TRIPLES,
    st.dictionaries(st.sampled_from(HORIZON), st.floats(0, 180), min_size=1),
    st.dictionaries(st.sampled_from(LINES), VALUES["watch"][0], min_size=1, max_size=1),
    st.dictionaries(st.sampled_from(HORIZON), st.floats(150, 400), min_size=1, max_size=1),
)
"""Values that depend on one another; the last two are often wrong, alone or where layers meet."""
MISTAKES = ("nothing", "nothing", "nothing", "value", "value", "match", "name", "profile", "log")


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """A compiled policy; half of them have something wrong in the first layer, in another one, or above them."""
    first = {name: row["default"] for name, row in TABLE.items() if name in VALUES and name not in LOG}
    first |= draw(TRIPLES)
    layers = [{"name": "defaults", "match": {}, "set": first}]
    for number in range(draw(st.integers(0, 3))):
        values = draw(SETS) | draw(TOGETHER)
        layers.append({"name": f"layer {number}", "match": draw(MATCHES), "set": values})
    log = {name: TABLE[name]["default"] for name in TABLE if name not in VALUES or name in LOG}
    document = {**log, "profiles": {"week": WEEK}, "layers": layers}
    layer = draw(st.sampled_from(layers))
    match draw(st.sampled_from(MISTAKES)):
        case "value":
            name = draw(st.sampled_from([name for name in VALUES if name not in LOG]))
            layer["set"][name] = draw(VALUES[name][1])
        case "match" if layer is not layers[0]:
            layer["match"] = draw(WRONG_MATCHES)
        case "name":
            layers[-1]["name"] = "defaults" if len(layers) < 3 else "layer 0"
        case "profile":
            document["profiles"] = draw(WRONG_PROFILES)
        case "log":
            name = draw(st.sampled_from(LOG))
            document[name] = draw(VALUES[name][1])
    if all(layer["match"].keys() <= {"sku", "category", "location"} for layer in layers[1:]):
        layers[1:] = sorted(
            layers[1:], key=lambda one: specificity(Layer.model_construct(match=one["match"]))
        )
    return document


def as_file(document: dict[str, Any]) -> str:
    """The policy as a person would write it."""

    def written(name: str, value: Any) -> Any:
        is_duration = name.endswith("_ms") and isinstance(value, int) and not isinstance(value, bool)
        return f"{value // 1000}s" if is_duration else value

    def fields(values: dict[str, Any]) -> dict[str, Any]:
        return {FIELDS.get(name, name): written(name, value) for name, value in values.items()}

    first, *layers = document["layers"]
    rest = {name: value for name, value in document.items() if name != "layers"}
    file = fields(rest) | {"defaults": fields(first["set"])}
    file["layers"] = [{**layer, "set": fields(layer["set"])} for layer in layers]
    return yaml.safe_dump(file)


def reader(document: dict[str, Any]) -> tuple[Partition, list[tuple[int, bytes]]]:
    """A log that has met the policy as a record."""
    partition = Job.of().partition(groups=1)
    text = orjson.dumps({"version": "x", **document}).decode()
    return partition, partition.lines(policy_record(text, "here") + b"\n")


@settings(max_examples=200, deadline=None)
@given(documents())
def test_both_readers_agree(document):
    partition, _ = reader(document)
    reasons = partition.rejects().column("reason").to_pylist()
    try:
        policy = read_policy_text(as_file(document), "p")
    except PolicyError as error:
        assert reasons == ["bad_policy"], f"only the file is refused: {error}"
    else:
        assert not reasons, "only the record is refused"
        compiled = orjson.loads(policy_document(policy))
        assert {**compiled, "version": None} == {**document, "version": None}


@settings(max_examples=50, deadline=None)
@given(documents())
def test_under_a_policy_that_was_taken_every_position_has_terms(document):
    """Wherever its layers meet; and every search for a number has an end."""
    partition, blocks = reader(document)
    group = Job.of().group()
    line = b'{"id":"%d","source":"s","kind":"%s","sku":"%s","location":"%s","quantity":9,'
    line += b'"event_time":"2026-01-%02dT12:00:00Z"}\n'
    places = [(sku, location) for sku in (b"1", b"11", b"2") for location in (b"1", b"12", b"DAIRY")]
    for day in range(1, 5):
        for number, place in enumerate(places):
            blocks += partition.lines(
                line % (day * 100 + number, b"receipt" if day == 1 else b"sale", *place, day)
            )
    for _, block in blocks + partition.finish():
        group.apply(block)
    assert len(group) == len(places)
