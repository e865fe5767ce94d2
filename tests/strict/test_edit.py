"""A value of a YAML text is changed where it stands: everything else stays, comments too."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from lowtide.strict.edit import Edit, EditFault, changed, edited, written

POLICY = """\
# Ours.
version: spring   # a label
defaults:
  lead_time: 5d   # promised
  # what spoils
  watch: 0.4

layers:
  # fresh goods
  - name: fresh
    match: {department: [PRODUCE, MEAT]}
    set: {watch: 0.5, warning: 0.65}
  - match:
      sku: "0123"
    set:
      watch: 0.3   # low
# the end
"""


SET, MATCH = "    set: {watch: 0.5, warning: 0.65}", "    match: {department: [PRODUCE, MEAT]}"
NEW = {"match": {"location": "330"}, "set": {"watch": 0.1}}


def diff(before: str, after: str) -> tuple[list[str], list[str]]:
    """Lines that went and lines that came."""
    old, new = before.splitlines(), after.splitlines()
    return [line for line in old if line not in new], [line for line in new if line not in old]


@pytest.mark.parametrize(
    ("path", "value", "gone", "come"),
    [
        (("defaults", "watch"), 0.25, ["  watch: 0.4"], ["  watch: 0.25"]),
        (("defaults", "lead_time"), "36h", ["  lead_time: 5d   # promised"], ["  lead_time: 36h   # promised"]),
        (("defaults", "warning"), 0.6, [], ["  warning: 0.6"]),
        (("layers", 0, "set", "watch"), 0.45, [SET], ["    set: {watch: 0.45, warning: 0.65}"]),
        (("layers", 0, "set", "critical"), 0.9, [SET], ["    set: {watch: 0.5, warning: 0.65, critical: 0.9}"]),
        (("layers", 0, "set", "watch"), None, [SET], ["    set: {warning: 0.65}"]),
        (("layers", 0, "set", "warning"), None, [SET], ["    set: {watch: 0.5}"]),
        (("layers", 1, "set", "watch"), 0.2, ["      watch: 0.3   # low"], ["      watch: 0.2   # low"]),
        (("layers", 2), NEW, [], ['  - {match: {location: "330"}, set: {watch: 0.1}}']),
        (("layers", 0, "match", "department", 2), "DELI", [MATCH], ["    match: {department: [PRODUCE, MEAT, DELI]}"]),
        (("profiles", "flat"), [1, 1, 1, 1, 1, 1, 1], [], ["profiles: {flat: [1, 1, 1, 1, 1, 1, 1]}"]),
        (("version",), None, ["version: spring   # a label"], []),
        (("layers", 0, "name"), None, ["  - name: fresh", MATCH], ["  - match: {department: [PRODUCE, MEAT]}"]),
    ],
)  # fmt: skip
def test_only_the_line_changes(path: Any, value: Any, gone: list[str], come: list[str]) -> None:
    assert diff(POLICY, edited(POLICY, [Edit(path, value)])) == (gone, come)


def test_the_last_value_of_a_block_leaves_an_empty_one() -> None:
    made = edited(POLICY, [Edit(("layers", 1, "set", "watch"), None)])
    assert "    set: {}   # low\n" in made and made.endswith("# the end\n")
    assert edited("defaults:\n", [Edit(("defaults", "watch"), 0.2)]) == "defaults: {watch: 0.2}\n"
    assert edited("", [Edit(("layers", 0), {"set": {}})]) == "layers:\n  - {set: {}}\n"
    assert edited("a: 1", [Edit(("b",), "x")]) == "a: 1\nb: x\n"


def test_an_item_goes_with_its_lines() -> None:
    made = edited(POLICY, [Edit(("layers", 0), None)])
    assert yaml.safe_load(made)["layers"] == [{"match": {"sku": "0123"}, "set": {"watch": 0.3}}]
    assert "# fresh goods" in made and "fresh\n" not in made
    made = edited("routes:\n- {to: a}\n- to: b\n  follow: [c]\n", [Edit(("routes", 1), None)])
    assert made == "routes:\n- {to: a}\n"


def test_the_first_of_a_list_goes_that_begins_behind_a_dash() -> None:
    assert edited("a:\n- x\n- - y\n  - z\n", [Edit(("a", 1, 0), None)]) == "a:\n- x\n- - z\n"
    assert edited("a:\n- b: 1\n  c: 2\n", [Edit(("a", 0, "b"), None)]) == "a:\n- c: 2\n"


def test_what_cannot_be_changed_says_so() -> None:
    with pytest.raises(EditFault, match="change it in the file"):
        edited("a: &x {b: 1}\nc: *x\n", [Edit(("c", "b"), 2)])  # it would change `a` too
    with pytest.raises(EditFault, match="no item 5"):
        edited(POLICY, [Edit(("layers", 5, "set"), {})])


@pytest.mark.parametrize(
    "text",
    ["no", "0123", "12:30", "2026-11-30", "1e3", "a: b", "#x", "*", "", " a", "NULL", "陈晨", "a, b"]
    + [f"a{sign}b" for sign in "\x00\x1b\x7f\x85\x8d\u2028\u202e\ufeff\ufffe\U0001f95b"],
)
def test_a_text_stays_that_text(text: str) -> None:
    assert yaml.safe_load(written(text)) == text
    assert yaml.safe_load(f"[{written(text)}, x]") == [text, "x"]


VALUES = st.recursive(
    st.sampled_from(["a", "0.5", "no", "x y", "#", "21:00-08:00"]) | st.integers(0, 9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abcd"), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None)
@given(
    st.dictionaries(st.sampled_from("abcd"), VALUES, min_size=1, max_size=4), VALUES, st.booleans(), st.data()
)
def test_an_edit_does_what_it_says_whatever_the_form(
    document: Any, value: Any, flow: bool, data: Any
) -> None:
    text = yaml.safe_dump(document, default_flow_style=flow, sort_keys=False, allow_unicode=True)
    path: list[Any] = []
    node: Any = document
    while isinstance(node, dict | list) and node and (not path or data.draw(st.booleans())):
        key = data.draw(st.sampled_from(sorted(node) if isinstance(node, dict) else list(range(len(node)))))
        path.append(key)
        node = node[key]
    edit = Edit(tuple(path), data.draw(st.none() | st.just(value)))
    before = yaml.load(text, Loader=yaml.BaseLoader)
    assert (yaml.load(edited(text, [edit]), Loader=yaml.BaseLoader) or {}) == changed(before, edit)
