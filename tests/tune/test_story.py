"""Two categories under a wrong policy: what is proposed, what it is worth, and that no day chooses by which it is judged."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from lowtide.backtest import History
from lowtide.backtest.kept import keep
from lowtide.policy import compile_policy, read_policy_text
from lowtide.settings import Settings
from lowtide.tune import Tuning
from lowtide.tune.changes import with_layers
from lowtide.tune.choosing import KEEP, NOW
from lowtide.tune.document import data_of, document_of
from lowtide.tune.feedback import Feedback
from lowtide.tune.figures import Figures
from lowtide.tune.proposal import proposals
from lowtide.tune.written import written
from lowtide.words import Language
from tests.cli.conftest import start
from tests.tune import story
from tests.tune.conftest import told


def _document(folder: Path, found: Tuning) -> Any:
    history = History.of([str(folder / "days.jsonl")], Settings())
    return json.loads(data_of(document_of(found, history, "shop.yaml", "")))


def test_too_many_pushes_go_and_late_warnings_come_early(found: Tuning) -> None:
    """Soap is pushed for nothing, bread is told on its last day: both are mended, and the days that chose nothing agree."""
    by_group = {one.group: one for one in found.proposals}
    assert set(by_group) == {"BREAD", "SOAP"} and found.holds
    assert by_group["SOAP"].after.pushes < by_group["SOAP"].before.pushes / 2
    assert by_group["SOAP"].values["watch"] > 0.05 and by_group["SOAP"].was["watch"] == 0.05
    assert by_group["BREAD"].after.in_time > 4 * by_group["BREAD"].before.in_time
    assert "horizon" in by_group["BREAD"].values and by_group["BREAD"].was["horizon"] == 1
    assert found.judged is not None
    for figures in (found.promise, found.judged):
        assert figures["after"]["loss_a_day"] > 1.2 * figures["before"]["loss_a_day"]
        assert figures["after"]["pushes_a_day"] < figures["before"]["pushes_a_day"]


def test_no_day_chooses_by_which_it_is_judged(found: Tuning, tmp_path: Path) -> None:
    """Other sales on the days that judge change nothing of what is chosen and promised, not by a byte."""
    one, other = story.movements(), story.movements(judged_seed=8)
    assert one != other and one[:5000] == other[:5000]
    before, after = (_document(tmp_path, this) for this in (found, told(tmp_path, 8, False)))
    for name in ("changes", "promise", "is_promised", "choosing", "tried", "policy", "groups", "money"):
        assert json.dumps(before[name]) == json.dumps(after[name])


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
                {"name": "soap", "match": {"category": "SOAP"}, "set": {"watch": 0.05, "warning": 0.08, "critical": 0.5}},
                {"name": "bread", "match": {"category": "BREAD"}, "set": {"horizon": "1d"}},
            ],
        }
    )  # fmt: skip
    text = written(found, flow, Language("en"))
    assert "    # A projected stockout opens at this chance." in text
    assert compile_policy(read_policy_text(text, "p"))["version"] == compile_policy(found.policy)["version"]


def test_many_categories_with_odd_names_stand_in_one_layer(found: Tuning) -> None:
    """Names of categories come from anywhere: a comma, a colon or a word of YAML must not become another match."""
    names = tuple(
        sorted(["A, B", "- C: d", "no", "", "x]", *(f"CATEGORY {number:03}" for number in range(60))])
    )
    policy = read_policy_text(story.POLICY, "shop.yaml")
    one = replace(found.proposals[0], match={"category": list(names)})
    many = replace(found, proposals=[one], policy=with_layers(policy, [one.layer]))
    text = written(many, story.POLICY, Language("en"))
    assert read_policy_text(text, "p").layers[-1].match["category"] == list(names)
    assert max(map(len, text.splitlines())) <= 112


def test_people_who_say_false_switch_a_type_off(found: Tuning) -> None:
    """Thirty ratings, two of them right: the type goes where it was rated, beside what is off already."""
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
    feedback = Feedback.of_rows(rows, found.groups.of_sku)
    assert feedback.weight("projected_stockout", "SOAP") == 2 / 30
    policy = read_policy_text(story.POLICY, "shop.yaml")
    nothing = {group: [Figures()] for group in found.groups.categories}
    (soap,) = proposals(policy, found.groups, feedback, [], {}, {NOW: nothing, KEEP: nothing}, [0])
    assert soap.off == ["overdue_supply", "sales_spike", "negative_stock", "projected_stockout"]
    rated = replace(found, proposals=[soap], policy=with_layers(policy, [soap.layer]))
    text = written(rated, story.POLICY, Language("en"))
    assert (
        "# People rated 30 alerts `projected stockout` here, 2 of them as right: surely less than 21%."
        in text
    )


def test_from_the_proposal_to_the_review(found: Tuning, tmp_path: Path) -> None:
    """A person applies it, a run goes by it, and after four weeks the ledger says whether the promise held."""
    assert found.backtest is not None
    out, history = tmp_path / "tuned", History.of([story.write(tmp_path)["history"]], Settings())
    hash_ = keep(out / "backtests", found.backtest.document, "<html>").name
    (out / "tune.json").write_bytes(data_of(document_of(found, history, "shop.yaml", hash_)))
    (out / "policy.yaml").write_text(written(found, story.POLICY, Language("en")), encoding="utf-8")
    store = ("--warehouse", str(tmp_path / "store"))
    asked = start(
        "run", "days.jsonl", "--policy", "tuned/policy.yaml", "--catalogue", "items.csv", *store, cwd=tmp_path
    )
    assert asked.code == 0, asked.err
    said = start("policy", "apply", "tuned/policy.yaml", "-", "--as", "wang", *store, cwd=tmp_path)
    assert said.code == 0 and f"linked to its back-test {hash_}" in said.err, said.err
    reviewed = json.loads(start("tune", "--review", "--json", *store, cwd=tmp_path).out)
    (one,) = reviewed["policies"]
    assert (one["backtest"], one["applied_by"], one["verdict"]) == (hash_, "wang", "held")
    assert [line["name"] for line in one["lines"]] == ["pushes_a_day", "loss_a_day", "share_met"]
    (out / "policy.yaml").write_text(story.POLICY, encoding="utf-8")
    other = start(
        "policy", "apply", "tuned/policy.yaml", "-", "--backtest", f"tuned/backtests/{hash_}", cwd=tmp_path
    )
    assert other.code == 2 and "Give `--warehouse W`" in other.err


def test_nothing_is_found_within_a_budget_of_nothing(tmp_path: Path) -> None:
    """It is said, with exit code 0, and no policy is written."""
    story.write(tmp_path)
    said = start(
        "tune", "days.jsonl", "--policy", "shop.yaml", "--catalogue", "items.csv", "--judge-from", "2026-03-16",
        "--budget", "0", "--try", "clear_after", "--out", "out", "--lang", "zh", cwd=tmp_path,
    )  # fmt: skip
    assert said.code == 0 and "没有找到能成立的改动" in said.out, said.err
    assert [file.name for file in (tmp_path / "out").iterdir()] == ["tune.json"]
    wrong = start("tune", "days.jsonl", "--try", "colour", cwd=tmp_path)
    assert wrong.code == 2 and "`--try` does not know `colour`" in wrong.err
