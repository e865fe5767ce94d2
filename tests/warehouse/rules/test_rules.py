"""A change of rules: proposed by one person, approved by another, applied as the command applies it."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from lowtide.desk import people_versions
from lowtide.errors import ActionError, PeopleError, PolicyError, SettingsError
from lowtide.intake.journal import Journal, JournalFolder, frames
from lowtide.people import Book
from lowtide.people.loading import read_over
from lowtide.people.source import Source
from lowtide.people.written import text_of
from lowtide.policy import load_policy, policy_document, read_policy_text
from lowtide.service import Caller, Context, Role
from lowtide.service.refusal import Missing, Moved, NotAllowed
from lowtide.service.rules import desk
from lowtide.settings import Settings
from lowtide.strict.edit import Edit
from lowtide.warehouse import Warehouse
from lowtide.warehouse.writer import Writer, new_run_id
from tests.warehouse.rules.shop import CHEN, LI, NOW, PEOPLE, POLICY, WANG, ZHAO, shop

MINUTE = timedelta(minutes=1)
ENTRY = {
    "pipeline": "p",
    "type": "out_of_stock",
    "severity": "warning",
    "location": "330",
    "sku": "S1",
    "entry": "OPENED",
}
WATCH = Edit(("layers", 0, "set", "watch"), 0.4)


def records(journal: Path) -> list[dict[str, Any]]:
    """The records of a journal in our own form."""
    return [json.loads(line) for frame in frames(JournalFolder(journal)) for line in frame.body.splitlines()]


def proposed(context: Context, kind: Any = "policy", *edits: Edit) -> Any:
    return desk.propose(context, CHEN, desk.draft(context, kind, edits or (WATCH,)), "too many")


def test_a_policy_goes_into_the_journal_as_policy_apply_writes_it(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    journal = tmp_path / "journal"
    with shop(tmp_path, warehouse, intake=f"journal:{journal}") as context:
        draft = desk.draft(context, "policy", [WATCH, Edit(("defaults", "review_period"), "2d")])
        assert [(line["path"], line["before"], line["after"]) for line in draft.lines] == [
            (["defaults", "review_period"], None, "2d"), (["layers", 0, "set", "watch"], "0.5", "0.4"),
        ]  # fmt: skip
        assert "# Ours." in draft.document and "lead_time: 5d   # promised" in draft.document
        one = desk.propose(context, CHEN, draft, "fresh goods cry wolf", {"added": 3})
        assert (one.state, one.author, one.result) == ("proposed", "chen", {"added": 3})
        done = desk.approve(context, WANG, one.change_id, "yes")
        assert (done.state, done.step, done.decided_by, done.comment) == ("applied", 3, "wang", "yes")
        (record,) = records(journal)
        (tmp_path / "new.yaml").write_text(draft.document)
        assert record["kind"] == "policy" and record["ref"] == policy_document(
            load_policy(tmp_path / "new.yaml")
        )
        assert record["id"] == f"{draft.version}/change/{one.change_id}"
        after = desk.in_force(context, "policy")
        assert (after.version, after.origin, after.text) == (draft.version, "change", draft.document)
        assert (tmp_path / "policy.yaml").read_text() == POLICY
        with pytest.raises(ActionError, match="was applied by `wang`"):
            desk.approve(context, WANG, one.change_id)


def test_nobody_approves_the_own_change(warehouse: Warehouse, tmp_path: Path) -> None:
    with shop(tmp_path, warehouse) as context:
        draft = desk.draft(context, "policy", [WATCH])
        own = desk.propose(context, WANG, draft, "mine")
        with pytest.raises(NotAllowed, match="own change"):
            desk.approve(context, WANG, own.change_id)
        with pytest.raises(NotAllowed, match="only an administrator"):
            desk.approve(context, CHEN, own.change_id)
        with pytest.raises(NotAllowed, match="viewer"):
            desk.propose(context, LI, draft, "mine")
        with pytest.raises(Missing):
            desk.approve(context, ZHAO, "nowhere")
        assert desk.change(context, own.change_id).state == "proposed"
        assert desk.approve(context, ZHAO, own.change_id).state == "applied"
    (tmp_path / "alone").mkdir()
    warehouse.command("TRUNCATE TABLE lowtide.rule_change")
    with shop(tmp_path / "alone", warehouse, second_person=lambda: False) as context:
        own = desk.propose(context, WANG, desk.draft(context, "policy", [WATCH]), "mine")
        assert desk.approve(context, WANG, own.change_id).state == "applied"


def test_a_token_is_not_a_second_person(warehouse: Warehouse, tmp_path: Path) -> None:
    """Its author may have made it a minute ago."""
    token = Caller("minted", Role.ADMIN, None, "token", "minted")
    with shop(tmp_path, warehouse) as context:
        own = desk.propose(context, WANG, desk.draft(context, "policy", [WATCH]), "mine")
        with pytest.raises(NotAllowed, match="not a second person"):
            desk.approve(context, token, own.change_id)
        assert desk.change(context, own.change_id).state == "proposed"


WAYS_OUT = (
    [Edit(("targets",), {"out": {"kind": "webhook", "url": "http://169.254.169.254/", "secret_file": "people.yaml"}})],
    [Edit(("targets",), {"out": {"kind": "file", "path": "/etc/cron.d/x"}})],
    [Edit(("people", "chen", "contacts"), ["file:/etc/cron.d/x"])],
    [Edit(("people", "chen", "contacts"), ["mail:thief@example.com"])],
    [Edit(("public_url",), "https://evil.example")],
    [Edit(("checklists",), "/etc")],
    [Edit(("locations",), "/etc/passwd")],
)  # fmt: skip


@pytest.mark.parametrize("edits", WAYS_OUT)
def test_no_change_opens_a_way_out_of_the_desk(
    warehouse: Warehouse, tmp_path: Path, edits: list[Edit]
) -> None:
    with shop(tmp_path, warehouse) as context:
        with pytest.raises(SettingsError, match="cannot be"):
            desk.draft(context, "people", edits)
        desk.draft(context, "people", [Edit(("people", "li"), {"name": "Li", "contacts": ["console"]})])


def test_where_nothing_else_is_the_file_is_written_and_the_old_one_kept(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    with shop(tmp_path, warehouse) as context:
        one = proposed(context)
        desk.approve(context, WANG, one.change_id)
        assert (tmp_path / "policy.yaml").read_text() == POLICY.replace("watch: 0.5", "watch: 0.4")
        assert (tmp_path / "policy.yaml.before").read_text() == POLICY


def test_a_change_of_a_version_that_moved_is_refused_with_both(warehouse: Warehouse, tmp_path: Path) -> None:
    with shop(tmp_path, warehouse) as context:
        one, two = proposed(context), proposed(context, "policy", Edit(("defaults", "lead_time"), "6d"))
        first = desk.approve(context, WANG, one.change_id)
        now = desk.in_force(context, "policy").version
        with pytest.raises(Moved, match=now) as moved:
            desk.approve(context, WANG, two.change_id)
        assert moved.value.facts == {"in_force": now, "based_on": two.based_on} and first.state == "applied"
        with pytest.raises(Moved):
            desk.draft(context, "policy", [Edit(("defaults", "lead_time"), "6d")], based_on=two.based_on)
        assert desk.reject(context, WANG, two.change_id, "starts from an old one").state == "rejected"


def test_what_cannot_be_applied_stays_approved_and_is_applied_later(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    journal = tmp_path / "journal"
    with shop(tmp_path, warehouse, intake=f"journal:{journal}") as context:
        one = proposed(context)
        with Journal.open(journal), pytest.raises(SettingsError, match="in use"):
            desk.approve(context, WANG, one.change_id)
        assert desk.change(context, one.change_id).state == "approved"
        assert desk.approve(context, WANG, one.change_id).state == "applied"
        assert len(records(journal)) == 1


def entry_under(warehouse: Warehouse, text: str, minute: int) -> str:
    """An alert opened under a policy that a run has met; returns its version."""
    document = policy_document(read_policy_text(text, "p"))
    version = str(json.loads(document)["version"])
    Writer(warehouse).policy_version(version, document, new_run_id())
    Writer(warehouse).insert_rows(
        "ledger", [{**ENTRY, "policy_version": version, "event_time": NOW + minute * MINUTE}]
    )
    return version


def test_without_a_policy_file_a_change_starts_from_the_policy_of_the_newest_alerts(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    """The form was empty after `make demo`: whoever proposed one line took all the others away."""
    with shop(tmp_path, warehouse, settings=Settings()) as context:
        usual = desk.in_force(context, "policy")
        assert (usual.origin, usual.text, usual.differs) == ("defaults", "", "")
        entry_under(warehouse, "defaults: {lead_time: 3d}", 0)
        version = entry_under(warehouse, POLICY, 1)
        text = desk.in_force(context, "policy")
        assert (text.origin, text.version, text.differs) == ("version", version, "")
        assert text.value["defaults"] == {"lead_time": "5d"}
        draft = desk.draft(context, "policy", [WATCH])
        assert [(line["path"], line["before"]) for line in draft.lines] == [
            (["layers", 0, "set", "watch"], "0.5")
        ]


def test_a_change_that_no_run_has_met_is_what_the_next_one_starts_from(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    """The newest alerts still name the version before: whoever proposed a second change took the first one back."""
    with shop(tmp_path, warehouse, intake=f"journal:{tmp_path / 'journal'}") as context:
        before = entry_under(warehouse, POLICY, 0)
        one = proposed(context)
        desk.approve(context, WANG, one.change_id)
        text = desk.in_force(context, "policy")
        assert (text.origin, text.text, text.differs) == ("change", one.document, before)
        entry_under(warehouse, one.document, 1)
        assert desk.in_force(context, "policy").differs == ""
        entry_under(warehouse, POLICY, 2)  # a run began with the file
        assert desk.in_force(context, "policy").origin == "file"


def test_people_become_a_new_version_and_the_file_keeps_its_comments(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    with shop(tmp_path, warehouse) as context:
        before = desk.in_force(context, "people")
        assert (before.origin, before.text) == ("file", PEOPLE)
        one = proposed(
            context, "people", Edit(("people", "chen", "budget"), 3),
            Edit(("absences", 0), {"person": "chen", "from": "2026-12-07", "to": "2026-12-11", "deputy": "wang"}),
        )  # fmt: skip
        assert "budget: 3}   # buys dairy" in one.document and "# Who is who." in one.document
        desk.approve(context, WANG, one.change_id)
        there = people_versions.in_force(warehouse)
        assert there is not None and there.applied_by == "wang" and there.book().people["chen"].budget == 3
        after = desk.in_force(context, "people")
        assert (after.origin, after.text, after.version) == ("change", one.document, there.version)
        assert after.differs == before.version  # the file on disk is the old one, and says so


def test_a_text_that_is_wrong_cannot_be_proposed(warehouse: Warehouse, tmp_path: Path) -> None:
    with shop(tmp_path, warehouse) as context:
        with pytest.raises(PolicyError, match=r"policy.yaml:3:3: .*lead_time"):
            desk.draft(context, "policy", [Edit(("defaults", "lead_time"), "soon")])
        with pytest.raises(PeopleError, match="nobody"):
            desk.draft(context, "people", [Edit(("routes", 0, "to"), "nobody")])
        with pytest.raises(SettingsError, match="changes nothing"):
            desk.draft(context, "policy", [Edit(("layers", 0, "set", "watch"), "0.50")])
        with pytest.raises(SettingsError, match="needs a reason"):
            desk.propose(context, CHEN, desk.draft(context, "policy", [WATCH]), "  ")


def test_the_same_key_is_the_same_change(warehouse: Warehouse, tmp_path: Path) -> None:
    with shop(tmp_path, warehouse) as context:
        draft = desk.draft(context, "policy", [WATCH])
        one, two = (desk.propose(context, CHEN, draft, "why", key="k") for _ in range(2))
        assert one.change_id == two.change_id and len(desk.changes(context).changes) == 1


def test_a_version_without_its_file_is_written_as_one(warehouse: Warehouse, tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text(
        "person,name,contacts\nwang,王芳,console\n0123,零,console;mail:a@b.example\n"
    )
    (tmp_path / "p.yaml").write_text(
        "time_zone: UTC\npeople: people.csv\nroutes: [{to: wang}, {match: {sku: '0123'}, to: '0123'}]\n"
    )
    book = Book.load(tmp_path / "p.yaml")
    source = Source.of(book.document)
    text = text_of(source)
    assert Book.of(read_over(text, "people.yaml", source)).version == book.version
    assert Book.of(read_over((tmp_path / "p.yaml").read_text(), "p.yaml", source)).version == book.version
