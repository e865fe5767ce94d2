"""A dry run gives the numbers that two replays and two simulations give, and stores nothing."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from lowtide.catalogue import load_catalogue
from lowtide.core import Job
from lowtide.desk.history.episodes import difference, episodes
from lowtide.desk.history.simulation import simulate
from lowtide.errors import PolicyError, SettingsError
from lowtide.people import Book
from lowtide.policy import policy_document, policy_record, read_policy_text
from lowtide.rows import instant_of_ms
from lowtide.runner.logs import open_logs
from lowtide.runner.order import Sorting
from lowtide.runner.replay import replay_logs
from lowtide.samples.synthetic import Synthetic
from lowtide.service import dry_runs
from lowtide.service.children.room import ROOM
from lowtide.service.refusal import Missing, NotAllowed
from lowtide.service.tasks.facts import Facts
from lowtide.strict.edit import Edit
from lowtide.warehouse import Warehouse, desk_rows
from tests.desk.entries import DAY
from tests.warehouse.desk.ledger import insert, row
from tests.warehouse.rules.shop import CHEN, LI, POLICY, WANG, shop

START = 1_767_225_600_000 + 20 * DAY
END = START + 10 * DAY
CHANGED = POLICY.replace("watch: 0.5, warning: 0.65", "watch: 0.2, warning: 0.3").replace("5d", "3d")


def log(folder: Path) -> Path:
    """A month of a small shop, with a record in it that changes the policy."""
    path = folder / "log.jsonl"
    lines = b"".join(Synthetic(30, 32, 7).lines()).splitlines(keepends=True)
    policy = policy_record(
        policy_document(read_policy_text("defaults: {watch: 0.01, warning: 0.02}", "p")), "x"
    )
    lines.insert(len(lines) // 2, policy + b"\n")
    path.write_bytes(b"".join(lines))
    skus = sorted({sku for line in lines for sku in re.findall(rb'"sku":"([^"]+)"', line)})
    rows = [
        f"{sku.decode()},Item {n},{'PRODUCE' if n % 2 else 'DAIRY'},{n % 5 + 1}.5"
        for n, sku in enumerate(skus)
    ]
    (folder / "items.csv").write_text("sku,name,department,margin\n" + "\n".join(rows) + "\n")
    return path


def replayed(source: Path, items: Path | None, policy: str, order: Any = None) -> list[Any]:
    """The entries of one replay under one policy: as `lowtide replay` of the log without the record makes them."""
    clean = source.with_name("clean.jsonl")
    clean.write_bytes(source.read_bytes().replace(b'"kind":"policy"', b'"kind":"polixy"'))
    catalogue = load_catalogue(items) if items else None
    job = Job.of(read_policy_text(policy, "p"), catalogue)
    facts = Facts(catalogue, None)
    logs = open_logs([str(clean)], order=order, sorting=Sorting(job))
    entries = [json.loads(one) for outcome in replay_logs(job, logs) for one in outcome.entries]
    return [facts.row(entry, "log") for entry in entries]


def wait(caller: Any, run: Any) -> Any:
    while not run.is_over:
        visit = ROOM.look(run.id, caller.actor)
        assert visit is not None
        visit.wait(0.2)
        run = dry_runs.look(caller, run.id)
    return run


def test_a_policy_gives_the_numbers_of_two_replays(warehouse: Warehouse, tmp_path: Path) -> None:
    source = log(tmp_path)
    with shop(tmp_path, warehouse, history=(str(source),)) as context:
        context.settings.catalogue = str(tmp_path / "items.csv")
        run = wait(CHEN, dry_runs.begin_policy(context, CHEN, document=CHANGED, start=START, end=END))
        assert run.state == "done", run.error
        with pytest.raises(Missing):
            dry_runs.look(WANG, run.id)
    ledgers = [replayed(source, tmp_path / "items.csv", policy) for policy in (POLICY, CHANGED)]
    before, after = (episodes(rows, START, END) for rows in ledgers)
    wanted = difference(before, after, START)
    assert run.result["alerts"] == json.loads(json.dumps(wanted))
    assert wanted["added"] > 0 and wanted["moved"] > 0 and wanted["before"]["loss"] > 0
    book = Book.load(tmp_path / "people.yaml")
    for name, rows in zip(("before", "after"), ledgers, strict=True):
        met = {one.alert_id for one in episodes(rows, START, END)}
        alone = simulate([one for one in rows if one["alert_id"] in met], book, START, END).to_dict()
        told = run.result["people"][name]
        assert {key: told[key] for key in ("pushes", "worth_told", "untold")} == {
            key: alone[key] for key in ("pushes", "worth_told", "untold")
        }
    assert warehouse.rows("SELECT count() AS n FROM lowtide.ledger")[0]["n"] == 0


def test_an_export_is_replayed_without_its_changes_of_the_policy_too(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    """Its records come in sorted blocks of the core."""
    source = log(tmp_path)
    with shop(tmp_path, warehouse, history=(str(source),)) as context:
        context.settings.order = "event"
        run = wait(CHEN, dry_runs.begin_policy(context, CHEN, document=CHANGED, start=START, end=END))
        assert run.state == "done", run.error
    clean = replayed(source, None, CHANGED, "event")
    assert run.result["alerts"]["after"]["alerts"] == len(episodes(clean, START, END))


def test_people_give_the_numbers_of_two_simulations(warehouse: Warehouse, tmp_path: Path) -> None:
    now = START + 2 * DAY
    rows = [
        row(
            f"A{n}",
            event_time=instant_of_ms(now),
            opened_at=instant_of_ms(now),
            severity="warning",
            sku=f"s{n}",
        )
        for n in range(9)
    ]
    insert(warehouse, *rows)
    with shop(tmp_path, warehouse) as context:
        edits = [
            Edit(("routes", 0, "group_by"), ["sku"]), Edit(("people", "chen", "budget"), 2),
            Edit(("people", "chen", "quiet"), None),
        ]  # fmt: skip
        run = wait(CHEN, dry_runs.begin_people(context, CHEN, edits, start=START, end=END))
        assert run.state == "done", run.error
        entries = [one for rows in desk_rows.entries_between(warehouse, START, END) for one in rows]
        assert len(entries) == 9
        before = simulate(entries, context.book(), START, END)
        assert run.result["before"]["pushes"] == before.pushes > 0
        load = run.result["after"]["people"][0]
        assert (load["person"], load["most"]) == ("chen", 2)
        assert list((tmp_path / "desk" / "dry-runs").iterdir()) == []
        assert warehouse.rows("SELECT count() AS n FROM lowtide.notification")[0]["n"] == 0


def test_what_cannot_be_run_is_said_before_it_begins(warehouse: Warehouse, tmp_path: Path) -> None:
    with shop(tmp_path, warehouse) as context:
        with pytest.raises(SettingsError, match="no log to replay") as told:
            dry_runs.begin_policy(context, CHEN, document=CHANGED)
        assert "--history" in told.value.hint
        with pytest.raises(NotAllowed):
            dry_runs.begin_people(context, LI, document="")
        with pytest.raises(SettingsError, match="ends before"):
            dry_runs.begin_people(context, CHEN, document="", start=END, end=START)
    with shop(tmp_path, warehouse, history=("log.jsonl",)) as context, pytest.raises(PolicyError):
        dry_runs.begin_policy(context, CHEN, document="defaults: {watch: 2}")
