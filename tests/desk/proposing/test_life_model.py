"""Hundreds of histories of orders in a desk and in the model: the same states, holders and quantities after every step.

``LOWTIDE_MODEL_HISTORIES`` sets how many, ``LOWTIDE_MODEL_SEED`` where they begin.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from lowtide.desk.proposing import answering, exporting, fresh, mirror
from lowtide.desk.proposing.decider import Decider, MovedError
from lowtide.desk.proposing.entries import entry_of
from lowtide.desk.proposing.shelf import Arrived, Known
from lowtide.desk.proposing.verdict import Verdict
from lowtide.desk.store import Store
from lowtide.people import Book
from tests.desk.proposing.life_model import FULL, LOW, LifeModel, cut_off_after
from tests.desk.proposing.world import Life, RowShelf, alert, milk

HISTORIES = int(os.environ.get("LOWTIDE_MODEL_HISTORIES", "2"))
SEED = int(os.environ.get("LOWTIDE_MODEL_SEED", "0"))
BEGIN = datetime(2026, 11, 30, 12)
END = BEGIN + timedelta(days=4)
"""After eight days without a record of the shop the desk holds its data for stale."""
SKUS = ("1001", "1002", "1003")
STEPS = 18


def people_of(random: Random) -> tuple[str, dict[str, dict[str, Any]]]:
    """A people file and the same as the model has it: chen below wang below zhao; li is everybody's deputy."""
    limits = {
        "chen": random.choice([200, 400]), "wang": random.choice([300, 400, 1000]), "zhao": random.choice([None, 350]),
        "li": random.choice([100, 400]),
    }  # fmt: skip
    lead_of_li = random.choice(["wang", "zhao", None])
    leads = {"chen": "wang", "wang": "zhao", "zhao": None, "li": lead_of_li}
    people: dict[str, dict[str, Any]] = {}
    lines, absences = [], []
    for name in ("zhao", "wang", "chen", "li"):
        more = f", lead: {leads[name]}" if leads[name] else ""
        more += f", approve_up_to: {limits[name]}" if limits[name] is not None else ""
        lines.append(f"  {name}: {{name: {name}, calendar: always, contacts: [first]{more}}}")
        people[name] = {"lead": leads[name], "deputy": "li"}
        people[name] |= {} if limits[name] is None else {"limit": limits[name]}
    for name in ("wang", "zhao"):
        if random.random() < 0.5:
            first = datetime(2026, 12, random.randint(1, 4))
            last = first + timedelta(days=random.randint(1, 4))
            people[name]["absences"] = [(first, last + timedelta(days=1))]
            absences.append(f"  - {{person: {name}, from: {first:%F}, to: {last:%F}, deputy: li}}")
    text = "\n".join([PEOPLE, "people:", *lines, *(["absences:", *absences] if absences else [])])
    return text, people


PEOPLE = """
time_zone: Asia/Shanghai
calendars:
  always: {}
teams:
  buyers: {lead: wang, members: [chen], fallback: wang, calendar: always}
routes:
  - {to: buyers, group_by: [supplier]}
ladders:
  critical: {ack: 30m, resolve: 4h, steps: [owner 0m, lead 30m], repeat: 2h}
  warning: {ack: 4h, resolve: 2d, steps: [owner 0m, lead 4h], repeat: 1d}
  watch: {steps: [digest]}
targets:
  first: {kind: file, path: first.jsonl}
  erp: {kind: file, path: erp.jsonl}
"""


def shelf_of(sku: str, available: int) -> Known:
    known = milk(sku=sku, available=str(available), mean=1.0)
    return replace(
        known, terms=replace(known.terms, method="min_max", min_level=LOW * 1000, max_level=FULL * 1000)
    )


class History:
    """One random history of a desk and of the model."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.random, self.folder = Random(f"history {seed}"), folder
        text, people = people_of(self.random)
        self.book = Book.read(text, "people.yaml")
        stock = {sku: self.random.choice([5, 15, 60]) for sku in SKUS}
        self.model = LifeModel(people, stock, BEGIN)
        self.shelf = RowShelf([shelf_of(sku, have) for sku, have in stock.items()])
        self.rows: list[dict[str, Any]] = []
        self.told: list[str] = []
        self.opened, self.started, self.changes = 0, 0, 0
        self.life = self.start()
        self.live(1)

    def start(self) -> Life:
        self.started += 1
        return Life(self.folder, self.shelf, self.rows, self.book, since=f"{BEGIN:%F %R}")

    # --- one step ------------------------------------------------------------------------------------------

    def steps(self) -> Iterator[str]:
        names = (
            "position",
            "open",
            "worsen",
            "end",
            "approve",
            "approve",
            "approve",
            "reject",
            "export",
            "came",
            "restart",
        )
        for _ in range(STEPS):
            if self.model.now > END:
                return
            name = self.random.choice(names)
            self.told.append(f"{self.model.now:%a %d %R} {name}")
            getattr(self, f"do_{name}")()
            to_order_day = cut_off_after(self.model.now) - timedelta(minutes=55) - self.model.now
            is_far = to_order_day > timedelta(minutes=6) and self.random.random() < 0.2
            self.live(
                round(to_order_day / timedelta(minutes=1))
                if is_far
                else self.random.choice([7, 11, 25, 90, 300])
            )
            yield name

    def live(self, minutes: int) -> None:
        then = self.model.now + timedelta(minutes=minutes)
        self.life.until(f"{then:%F %R}")
        self.model.until(then)

    def do_position(self) -> None:
        sku, have = self.random.choice(SKUS), self.random.choice([-10, 5, 8, 15, 20, 21, 60])
        self.changes += 1
        self.model.available[sku] = have
        self.shelf.put(shelf_of(sku, have), version=f"v{self.changes}")

    def news(self, name: str, kind: str, seq: int, **more: Any) -> None:
        """An entry of the core, now."""
        at = f"{self.model.now + timedelta(minutes=1):%F %R}"
        self.rows.append(alert(name, at, kind, seq, **more))
        self.restart()
        self.live(1)

    def do_open(self) -> None:
        self.opened += 1
        name, sku = f"A{self.opened}", self.random.choice(SKUS)
        severity = self.random.choice(["watch", "warning", "critical"])
        self.told.append(f"    {name} {sku} {severity}")
        self.news(name, "OPENED", 1, sku=sku, severity=severity)
        self.model.opened(name, sku, severity)
        self.live(1)

    def do_worsen(self) -> None:
        if not self.model.alerts:
            return
        name, sku = self.random.choice(sorted(self.model.alerts.items()))
        seq = 2 + sum(row.get("alert_id") == name for row in self.rows)
        self.told.append(f"    {name} {sku} {seq}")
        self.news(name, "WORSENED", seq, sku=sku, severity="critical")
        self.model.opened(name, sku, f"critical {seq}")
        self.live(1)

    def do_end(self) -> None:
        if not self.model.alerts:
            return
        name, sku = self.random.choice(sorted(self.model.alerts.items()))
        seq = 2 + sum(row.get("alert_id") == name for row in self.rows)
        self.told.append(f"    {name} {sku} {seq}")
        self.news(name, "CLEARED", seq, sku=sku)
        self.model.ended(name)
        self.live(1)

    def pair(self) -> tuple[dict[str, Any], dict[str, Any]] | None:
        """A proposal of the desk and the same in the model, mostly one that waits."""
        ours = self.life.rows(ORDERED)
        pairs = list(zip(ours, self.model.ordered(), strict=True))
        live = [
            pair for pair in pairs if pair[0]["state"] in ("proposed", "submitted", "approved", "exported")
        ]
        if self.random.random() < 0.8:
            pairs = live
        return self.random.choice(pairs) if pairs else None

    def do_approve(self) -> None:
        if (pair := self.pair()) is None:
            return
        row, one = pair
        person = self.random.choice(["chen", "chen", "wang", "zhao", "li"])
        amount = self.random.choice([None, None, None, 24, 60, 110])
        is_current = self.random.random() < 0.9
        told = self.model.approve(one, person, is_current, amount)
        version = row["version"] if is_current else "0" * 12
        now = self.life.clock.now()
        found = answering.rows(self.life.store, [row["proposal_id"]])
        numbers = fresh.reckoned(
            self.shelf, self.book, found.values(), now, answering.transfers(self.life.store)
        )
        order = answering.Order(row["proposal_id"], version, None if amount is None else str(amount))
        answers = answering.approve(
            self.life.store, self.book, [order], Decider(person, person), now, numbers
        )
        self.same_answer(
            answers[row["proposal_id"]], told, f"{person} approves {row['sku']} {amount} {is_current}"
        )

    def do_reject(self) -> None:
        if (pair := self.pair()) is None:
            return
        (row, one), person = pair, self.random.choice(["chen", "wang"])
        told = self.model.reject(one, person)
        ids = [row["proposal_id"]]
        answers = answering.reject(
            self.life.store,
            self.book,
            ids,
            Decider(person, person),
            self.life.clock.now(),
            reason="not_needed",
        )
        self.same_answer(answers[ids[0]], told, f"{person} rejects {row['sku']}")

    def do_export(self) -> None:
        if (pair := self.pair()) is None:
            return
        row, one = pair
        told, ids = self.model.export(one), [row["proposal_id"]]
        with self.life.store.transaction() as tx:
            now = self.life.clock.now()
            answers = exporting.note(tx, self.book, ids, Decider("chen", "chen"), now, to="csv")
        self.same_answer(answers[ids[0]], told, f"export {row['sku']}")

    def do_came(self) -> None:
        if (pair := self.pair()) is None:
            return
        row, one = pair
        self.shelf.came.append(Arrived("330", row["sku"], row["ref"], self.life.clock.now(), row["quantity"]))
        self.shelf.changed = True
        self.model.came(one)

    def do_restart(self) -> None:
        if self.random.random() < 0.5:
            self.rebuild()
        self.restart()

    def restart(self) -> None:
        self.life.close()
        before = self.life
        self.life = self.start()
        self.life.clock.set(before.clock.now())
        self.life.messages += before.messages

    def rebuild(self) -> None:
        """The proposals of another store are folded from the entries that were written, in another order."""
        rows = self.life.shipped()
        self.random.shuffle(rows)
        (self.folder / f"rebuilt{self.started}").mkdir(exist_ok=True)
        store = Store.open(self.folder / f"rebuilt{self.started}" / "desk.db")
        with store.transaction() as tx:
            mirror.apply(tx, self.book, [entry_of(row) for row in rows])
        with store.read() as tx:
            found = [shown(dict(row)) for row in tx.rows(ORDERED)]
        store.close()
        assert found == [shown(row) for row in self.life.rows(ORDERED)], self.story("rebuilt")

    # --- the comparison ------------------------------------------------------------------------------------

    def same_answer(self, answer: Any, told: str, what: str) -> None:
        found = (
            answer.entry
            if isinstance(answer, Verdict)
            else "conflict"
            if isinstance(answer, MovedError)
            else "refused"
        )
        self.told.append(f"    {what}: {found}, model {told}")
        if isinstance(answer, Verdict) and answer.is_repeated:
            return
        if told == "refused":
            assert not isinstance(answer, Verdict), self.story(what)
        else:
            assert found == told, self.story(what)

    def compare(self) -> None:
        ours = [shown(row) for row in self.life.rows(ORDERED)]
        told = [
            (
                one["sku"],
                one["state"],
                one["quantity"],
                one["holder"] if one["state"] in HELD else "",
                one["over_limit"],
            )
            for one in self.model.ordered()
        ]
        assert ours == told, self.story("states")

    def story(self, what: str) -> str:
        ours = [shown(row) for row in self.life.rows(ORDERED)]
        told = [
            tuple(one[k] for k in ("sku", "state", "quantity", "holder", "over_limit"))
            for one in self.model.ordered()
        ]
        people = json.dumps(self.model.people, default=str)
        return "\n".join(
            [what, people, str(self.model.available), *self.told, f"desk  {ours}", f"model {told}"]
        )


ORDERED = "SELECT * FROM proposal ORDER BY sku, proposed_at, superseded_by = '', proposal_id"
HELD = ("proposed", "submitted", "approved", "exported")


def shown(row: dict[str, Any]) -> tuple[str, str, int, str, bool]:
    return (
        row["sku"],
        row["state"],
        int(row["quantity"]),
        row["holder"],
        "over_limit" in json.loads(row["marks"]),
    )


def test_random_histories_leave_the_desk_where_the_model_is(tmp_path: Path) -> None:
    wrong = []
    for seed in range(SEED, SEED + HISTORIES):
        folder = tmp_path / str(seed)
        folder.mkdir()
        history = History(folder, seed)
        try:
            for _ in history.steps():
                history.compare()
        except AssertionError as error:
            wrong.append(f"history {seed}: {error}")
        history.life.close()
    assert not wrong, f"{len(wrong)} of {HISTORIES} differ\n" + "\n\n".join(wrong[:3])
