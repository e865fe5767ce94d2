"""Two categories under a wrong policy: what is proposed, what it is worth, and that no day chooses by which it is judged."""

from __future__ import annotations

import json
from pathlib import Path

from lowtide.backtest import History
from lowtide.policy import compile_policy, read_policy_text
from lowtide.settings import Settings
from lowtide.tune import Tuning
from lowtide.tune.document import data_of, document_of
from lowtide.tune.written import written
from lowtide.words import Language
from tests.tune import story
from tests.tune.conftest import told


def _document(folder: Path, found: Tuning) -> dict[str, object]:
    history = History.of([str(folder / "days.jsonl")], Settings())
    return json.loads(data_of(document_of(found, history, "shop.yaml", "")))


def test_too_many_pushes_go_and_late_warnings_come_early(found: Tuning) -> None:
    """Soap is pushed for nothing, bread is told on its last day: both are mended, and the days that chose nothing agree."""
    by_group = {one.group: one for one in found.proposals}
    assert set(by_group) == {"BREAD", "SOAP"} and found.holds
    assert by_group["SOAP"].after.pushes < by_group["SOAP"].before.pushes / 2
    assert by_group["SOAP"].values["watch"] > 0.02 and by_group["SOAP"].was["watch"] == 0.02
    assert by_group["BREAD"].after.in_time > 4 * by_group["BREAD"].before.in_time
    assert "horizon" in by_group["BREAD"].values and by_group["BREAD"].was["horizon"] == "1d"
    assert found.judged is not None
    for figures in (found.promise, found.judged):
        assert figures["after"]["loss_a_day"] > 1.2 * figures["before"]["loss_a_day"]
        assert figures["after"]["pushes_a_day"] < figures["before"]["pushes_a_day"]


def test_no_day_chooses_by_which_it_is_judged(found: Tuning, tmp_path: Path) -> None:
    """Other sales on the days that judge change what is judged, and nothing of what was chosen and promised."""
    other = told(tmp_path, judged_seed=8)
    before, after = _document(tmp_path, found), _document(tmp_path, other)
    for name in ("changes", "promise", "choosing", "tried", "policy"):
        assert json.dumps(before[name]) == json.dumps(after[name])
    assert before["judged"] != after["judged"]


def test_the_policy_has_a_reason_above_every_value(found: Tuning) -> None:
    """Somebody has to read it before it is applied. What the file said before stays, with its comments."""
    for lang in ("en", "zh"):
        text = written(found, story.POLICY, Language(lang))
        assert text.startswith(story.POLICY)
        lines = text[len(story.POLICY) :].splitlines()
        values = [
            n
            for n, line in enumerate(lines)
            if line.startswith("      ") and not line.lstrip().startswith("#")
        ]
        assert len(values) == 4 and all(lines[n - 1].lstrip().startswith("# ") for n in values)
        read = read_policy_text(text, "policy.yaml")
        assert compile_policy(read)["version"] == compile_policy(found.policy)["version"]
    assert "推送" in text


def test_a_policy_within_brackets_is_written_anew(found: Tuning) -> None:
    flow = json.dumps(
        {
            "defaults": {"off": ["overdue_supply", "sales_spike", "negative_stock"]},
            "layers": [
                {"name": "soap", "match": {"category": "SOAP"}, "set": {"watch": 0.02, "warning": 0.03, "critical": 0.5}},
                {"name": "bread", "match": {"category": "BREAD"}, "set": {"horizon": "1d"}},
            ],
        }
    )  # fmt: skip
    text = written(found, flow, Language("en"))
    assert "# " in text and "{watch" in text
    assert compile_policy(read_policy_text(text, "p"))["version"] == compile_policy(found.policy)["version"]


def test_nothing_is_proposed_where_nothing_gains(tmp_path: Path) -> None:
    """Nobody sells slowly here, so no exemption can gain: it is said, and the days that judge are not looked at."""
    nothing = told(tmp_path, kinds=("low_turnover",))
    assert not nothing.holds and not nothing.proposals and nothing.judged is None
    document = _document(tmp_path, nothing)
    assert document["changes"] == [] and document["policy"]["after"] is None
    assert document == _document(tmp_path, nothing)


def test_people_who_say_false_switch_a_type_off(tmp_path: Path) -> None:
    """Thirty ratings, two of them right: the type goes where it was rated, and its value counts no more."""
    rows = [
        {
            "type": "projected_stockout",
            "sku": "soap-1",
            "rated": 30,
            "right": 2,
            "false": 25,
            "unnecessary": 3,
        }
    ]
    asked: list[object] = []

    def ratings(day: object) -> list[dict[str, object]]:
        asked.append(day)
        return rows

    found = told(tmp_path, ratings=ratings, kinds=("horizon",))
    soap = next(one for one in found.proposals if one.group == "SOAP")
    assert "projected_stockout" in soap.off and "overdue_supply" in soap.off
    assert asked == [story.JUDGE_FROM] and found.holds
    text = written(found, story.POLICY, Language("en"))
    assert "People rated 30 alerts `projected stockout` here, 2 of them as right" in text
