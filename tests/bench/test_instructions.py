"""The core takes no more instructions for a record than it did: a guard that a busy machine cannot move."""

from __future__ import annotations

import copy
import json
import warnings

import pytest

DUMP = """\
desc: Trigger: Client Request: shop

ob=(1) /core.so
fl=(1) ???
fn=(1) apply
+3 100
cob=(2) /libc.so
cfn=(2) memcpy
calls=7 0
+1 5000
* 10

ob=(2)
fn=(2)
1 30
-1 20
ob=(1)
fn=(3) look_closely
2 4
fn=(1)
5 6
cfn=(3)
calls=2 0
* 4
totals: 170
"""


@pytest.fixture
def record():
    core = {"compiler": "rustc 1", "processor": ["avx2"]}
    return {
        "circumstances": {"core": core, "all": core | {"glibc": "2.36"}},
        "mixes": {mix: {"records": 10, "core": 1000, "all": 1200} for mix in ("shop", "tight")},
    }


def test_the_core_takes_at_most_five_percent_more_instructions_than_the_record():
    """Rates of a bench differ by tens of percent on a busy machine, so a loss of some percent would pass unseen."""
    import instructions

    if (why := instructions.missing()) is None and instructions.has_symbols(instructions.installed()):
        why = "the extension has symbols, so `make` did not build it"
    if why is not None:
        warnings.warn(f"instructions were not counted: {why}", stacklevel=1)
        pytest.skip(why)
    record = json.loads(instructions.RECORD.read_text())
    here = instructions.circumstances(instructions.installed())
    if (differs := instructions.unlike(record["circumstances"]["core"], here["core"])) is not None:
        warnings.warn(f"instructions were not compared: {differs}. {instructions.AGAIN}", stacklevel=1)
        pytest.skip(differs)
    wrong, known = instructions.verdict(record, here, instructions.count(instructions.installed()))
    for told in known:
        warnings.warn(told, stacklevel=1)
    assert not wrong, "\n".join(wrong)


def test_five_percent_more_in_one_mix_is_told_with_the_way_out(record):
    import instructions

    found = copy.deepcopy(record["mixes"])
    found["tight"]["core"] = 1060
    wrong, known = instructions.verdict(record, record["circumstances"], found)
    assert len(wrong) == 1 and not known
    assert "tight, `core`: 106 instructions a record, +6.0% against 100" in wrong[0]
    assert "--record" in wrong[0]


def test_a_count_is_of_records_so_another_number_of_records_does_not_matter(record):
    import instructions

    found = {mix: {"records": 20, "core": 2080, "all": 2400} for mix in record["mixes"]}
    assert instructions.verdict(record, record["circumstances"], found) == ([], [])


def test_a_gain_is_told_because_a_guard_far_above_the_count_guards_nothing(record):
    import instructions

    found = copy.deepcopy(record["mixes"])
    found["shop"]["core"] = 900
    wrong, known = instructions.verdict(record, record["circumstances"], found)
    assert not wrong
    assert "-10.0%" in known[0]


def test_another_compiler_is_not_compared_and_another_glibc_only_leaves_the_core(record):
    import instructions

    found = {mix: {"records": 10, "core": 2000, "all": 2400} for mix in record["mixes"]}
    here = copy.deepcopy(record["circumstances"])
    here["all"]["glibc"] = "2.41"
    wrong, known = instructions.verdict(record, here, found)
    assert len(wrong) == 2 and all("`core`" in told for told in wrong)
    assert known == ["instructions `all` were not compared: glibc is 2.41, in the record 2.36"]
    for of in ("core", "all"):
        here[of]["compiler"] = "rustc 2"
    wrong, known = instructions.verdict(record, here, found)
    assert not wrong and len(known) == 2


def test_a_dump_counts_the_cost_of_a_call_once_where_it_arises():
    import instructions

    dump = instructions.Dump.read(DUMP)
    assert dump.mix == "shop"
    assert dump.instructions == {"/core.so": 120, "/libc.so": 50}
    assert dump.calls == {"memcpy": 7, "look_closely": 2}


def test_without_valgrind_the_reason_is_told(monkeypatch):
    import instructions

    monkeypatch.setenv("PATH", "")
    assert "valgrind" in instructions.missing()
