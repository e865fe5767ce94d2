"""A replay is the same whatever the size of blocks, and one policy holds throughout."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from lowtide.backtest import History, Outcome, Period, run
from lowtide.backtest.truth import neutral, stockouts
from lowtide.errors import InputError, SettingsError
from lowtide.intake.journal import Document, bodies_of, document_hash
from lowtide.policy import Policy, compile_policy, load_policy, read_policy_text
from lowtide.settings import Settings
from tests.backtest import story
from tests.intake.documents import journal_of


def _history(folder: Path, **reading: int | str) -> tuple[History, dict[str, str]]:
    files = story.write(folder)
    return History.of([files["history"]], Settings(catalogue=files["catalogue"], **reading)), files  # type: ignore[arg-type]


def _same(one: Outcome, other: Outcome) -> bool:
    tables = (
        one.ledger.equals(other.ledger),
        one.calibration.equals(other.calibration),
        one.positions.equals(other.positions),
    )
    return all(tables) and (one.clock, one.moved, one.since) == (other.clock, other.moved, other.since)


@pytest.mark.parametrize("last", [None, date(2026, 3, 4), date(2026, 3, 7)])
def test_the_size_of_blocks_does_not_show(tmp_path: Path, last: date | None) -> None:
    """Reading stops with the block in which the clock passes the period: what else stands in it must not count."""
    outcomes = []
    for size in (4096, 7, 1):
        history, files = _history(tmp_path, block_records=size)
        outcomes.append(run(history, load_policy(files["after"]), Period(None, last)))
    assert outcomes[0].ledger.num_rows > 0
    assert all(_same(outcomes[0], other) for other in outcomes[1:])


def test_an_outcome_is_the_same_when_it_was_saved(tmp_path: Path) -> None:
    history, files = _history(tmp_path)
    outcome = run(history, load_policy(files["after"]))
    outcome.save(tmp_path / "saved")
    again = Outcome.load(tmp_path / "saved")
    assert (
        _same(outcome, again)
        and again.policy_version == outcome.policy_version
        and again.counts == outcome.counts
    )
    alert = outcome.ledger["alert_id"][0].as_py()
    assert [row["seq"] for row in again.entries(alert)] == list(range(1, len(again.entries(alert)) + 1))
    assert again.entries("not there") == []


def test_a_policy_that_the_log_brings_does_not_take_the_place_of_the_one_that_is_tried(
    tmp_path: Path,
) -> None:
    """A policy was put in force within the year: the back-test is to say what another one would have done all the year."""
    history, files = _history(tmp_path)
    tried = load_policy(files["after"])
    alone = run(history, tried)
    other = json.dumps(compile_policy(read_policy_text("defaults: {reorder_point: 1}", "other.yaml")))
    record = {
        "id": "p",
        "source": "lowtide",
        "kind": "policy",
        "event_time": "2026-03-02T09:30:00Z",
        "ref": other,
    }
    lines = Path(files["history"]).read_text().splitlines()
    lines.insert(9, json.dumps(record))
    Path(files["history"]).write_text("\n".join(lines) + "\n")
    beside = run(history, tried)
    assert beside.counts["rejects"] == 1
    assert set(beside.ledger["policy_version"].to_pylist()) == {tried_version(tried)}
    assert beside.ledger["alert_id"].equals(alone.ledger["alert_id"])


def tried_version(policy: Policy) -> str:
    return str(compile_policy(policy)["version"])


def test_a_journal_and_a_folder_of_files_are_histories_too(tmp_path: Path) -> None:
    history, files = _history(tmp_path)
    policy = load_policy(files["after"])
    alone = run(history, policy)
    lines = Path(files["history"]).read_bytes().splitlines()
    journal = journal_of(tmp_path / "journal", Document(document_hash(b"week"), list(bodies_of(lines))))
    read = History.of([f"journal:{journal}"], Settings())
    beside = run(read, policy)
    assert beside.ledger["alert_id"].equals(alone.ledger["alert_id"]) and beside.clock == alone.clock
    assert read.digest() is None and read.bytes is None
    folder = tmp_path / "week"
    folder.mkdir()
    for name, part in (("b.jsonl", lines[:20]), ("a.jsonl", lines[20:])):  # put in order of event time
        (folder / name).write_bytes(b"\n".join(part) + b"\n")
    parts = History.of([str(folder)], Settings())
    assert run(parts, policy).ledger["alert_id"].equals(alone.ledger["alert_id"])
    assert parts.digest() != history.digest() == _history(tmp_path)[0].digest()


def test_the_truth_depends_on_no_choice_of_a_policy(tmp_path: Path) -> None:
    """Dwell, exemptions, flapping, switched off types and lines are choices; zones and the reading of records are facts."""
    choices = "defaults: {dwell: 4h, low_turnover_units: 50, off: [out_of_stock], watch: 0.9, warning: 0.95, critical: 0.99}"
    facts = "{negative_sale: reject, defaults: {time_zone: Asia/Shanghai, returns: hold, dwell: 4h}}"
    plain, chosen, placed = (
        neutral(policy)
        for policy in (
            Policy(),
            read_policy_text(choices, "choices.yaml"),
            read_policy_text(facts, "facts.yaml"),
        )
    )
    assert compile_policy(plain)["version"] == compile_policy(chosen)["version"]
    assert placed.defaults.time_zone == "Asia/Shanghai" and placed.defaults.returns == "hold"
    assert placed.negative_sale == "reject" and placed.defaults.dwell == 0
    history, _ = _history(tmp_path)
    real = stockouts(run(history, chosen))
    assert [(one.sku, one.opened_at) for one in real] == [
        (sku, round(story.at(day, 19).timestamp() * 1000)) for sku, day in story.SOLD_ON.items()
    ]


def test_zones_of_layers_are_facts_too() -> None:
    text = (
        '{layers: [{name: west, match: {location: "4*"}, set: {time_zone: Asia/Urumqi, dwell: 1h}},'
        " {name: tea, match: {sku: tea}, set: {dwell: 2h}}]}"
    )
    (layer,) = neutral(read_policy_text(text, "layers.yaml")).layers
    assert layer.name == "west" and layer.set.model_fields_set == {"time_zone"}


def test_standard_input_is_refused_because_it_can_be_read_only_once() -> None:
    with pytest.raises(SettingsError, match="standard input can be read only once"):
        History.of(["-"], Settings())


def test_a_history_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        run(History.of([str(tmp_path / "no.jsonl")], Settings()), Policy())


def test_a_period_that_ends_before_it_begins() -> None:
    with pytest.raises(SettingsError, match="before it begins"):
        Period(date(2026, 3, 2), date(2026, 3, 1))
