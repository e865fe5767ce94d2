"""A place that gives promises its excess once: to alerts of one poll, to those that come later, and to what waits."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from lowtide.desk.proposing.decider import MovedError
from lowtide.explain.proposal import proposal_story
from lowtide.propose import Donor, Lane, thousandths
from lowtide.words import Language
from tests.desk.proposing.world import Life, RowShelf, alert, milk

DAY = "2026-12-01"
"""A Tuesday: the next order day is Thursday, so an order comes on Friday."""
RECEIVERS = {"330": 10.0, "332": 14.0, "333": 12.0}
"""Locations that run out, with what they sell a day: who sells more avoids more."""


def shelf(available: str, receivers: dict[str, float] = RECEIVERS) -> RowShelf:
    """Receivers with 5 left each, and one place that can give to all of them."""
    made = RowShelf([milk(location=name, mean=mean) for name, mean in receivers.items()])
    give(made, available)
    return made


def give(made: RowShelf, available: str) -> None:
    giver = milk(location="331", available=available, mean=1.0)
    for name in RECEIVERS:
        lane = Lane("331", name, hours=3.0, pack=1_000)
        made.givers[name, "1001"] = [Donor(giver.position, giver.terms, lane)]


def opened(*names: str, at: str = "10:00") -> list[dict[str, Any]]:
    return [alert(f"A{name}", f"{DAY} {at}", location=name) for name in names]


def begin(folder: Path, made: RowShelf, rows: list[dict[str, Any]]) -> Life:
    return Life(folder, made, rows, since=f"{DAY} 09:00")


def transfers(life: Life) -> dict[str, dict[str, Any]]:
    """The transfers that wait or are decided, by receiver, each with its arithmetic."""
    found = {}
    for row in life.rows("SELECT * FROM proposal WHERE kind = 'transfer' ORDER BY proposed_at, location"):
        if row["state"] in ("proposed", "submitted", "approved", "exported"):
            told = life.rows(
                "SELECT detail FROM proposal_entry WHERE proposal_id = ? AND entry = 'PROPOSED'",
                row["proposal_id"],
            )
            found[row["location"]] = row | {
                "detail": json.loads(told[0]["detail"]),
                "marks": json.loads(row["marks"]),
            }
    return found


def promised(row: dict[str, Any]) -> int:
    return thousandths(row["detail"]["inputs"]["donor"]["promised"])


def quantity(row: dict[str, Any]) -> int:
    return thousandths(row["quantity"])


def test_alerts_of_one_poll_share_an_excess_the_greater_loss_first(tmp_path: Path) -> None:
    """Each of them was promised the whole excess of the same place."""
    life = begin(tmp_path, shelf("80"), opened("330", "332", "333")).until(f"{DAY} 10:02")
    found = transfers(life)
    first, second = found["332"], found["333"]
    excess = thousandths(first["detail"]["steps"]["excess"])
    assert (promised(first), promised(second)) == (0, quantity(first))
    assert first["avoided"] > second["avoided"]
    assert sum(quantity(row) for row in found.values()) <= excess
    assert thousandths(second["detail"]["steps"]["excess"]) == excess - quantity(first)
    assert "donor_short" in second["marks"] and "330" not in found, "nothing was left for the least"
    life.close()


def test_explain_finds_the_same_numbers_and_says_what_is_promised(tmp_path: Path) -> None:
    life = begin(tmp_path, shelf("80"), opened("332", "333")).until(f"{DAY} 10:02")
    row = transfers(life)["333"]
    for lang, said in (("en", "has promised"), ("zh", "已答应调给其他地点")):
        story = proposal_story(row, Language(lang, "", "Asia/Shanghai"))
        assert story.agrees, story.wrong
        assert any(said in one for one in story.sections["arithmetic"])
    plain = proposal_story(transfers(life)["332"], Language("en", "", "Asia/Shanghai"))
    assert not any("has promised" in one for one in plain.sections["arithmetic"])
    life.close()


def test_an_alert_that_comes_later_gets_what_is_left_whatever_became_of_the_first(tmp_path: Path) -> None:
    for at, do in (("10:03", None), ("10:03", "approve")):
        rows = [*opened("332"), *opened("333", at="11:00")]
        life = begin(tmp_path / str(do), shelf("80"), rows).until(f"{DAY} {at}")
        if do is not None:
            decide(life, "332")
        life.until(f"{DAY} 11:02")
        found = transfers(life)
        assert promised(found["333"]) == quantity(found["332"]) > 0
        life.close()


def decide(life: Life, location: str) -> Any:
    """chen approves the transfer to a location."""
    (row,) = [row for row in transfers(life).values() if row["location"] == location]
    return life.approve("chen", proposal_id=row["proposal_id"])


def test_what_is_rejected_or_has_left_is_promised_no_longer(tmp_path: Path) -> None:
    from lowtide.desk.proposing import answering
    from lowtide.desk.proposing.decider import Decider

    rows = [*opened("332"), *opened("333", at="11:00")]
    life = begin(tmp_path, shelf("80"), rows).until(f"{DAY} 10:03")
    ids = [transfers(life)["332"]["proposal_id"]]
    answering.reject(
        life.store, life.office.book, ids, Decider("chen", "chen"), life.clock.now(), reason="not_needed"
    )
    life.until(f"{DAY} 11:02")
    assert promised(transfers(life)["333"]) == 0
    life.close()


def test_when_the_giver_has_less_the_greater_loss_keeps_its_share(tmp_path: Path) -> None:
    made = shelf("150")
    life = begin(tmp_path, made, opened("332", "333")).until(f"{DAY} 10:02")
    before = transfers(life)
    assert {name: quantity(row) for name, row in before.items()}.keys() == {"332", "333"}
    give(made, "80")
    for name in ("332", "333"):
        made.put(replace(milk(location=name, mean=RECEIVERS[name])))
    life.until(f"{DAY} 10:12")
    after = transfers(life)
    assert after["332"]["proposal_id"] == before["332"]["proposal_id"]
    assert quantity(after["333"]) < quantity(before["333"])
    excess = thousandths(after["333"]["detail"]["steps"]["excess"])
    assert quantity(after["333"]) <= excess and promised(after["333"]) == quantity(after["332"])
    life.close()


def test_approving_looks_at_what_the_giver_has_left(tmp_path: Path) -> None:
    """Both were approved, and the place had promised more than it had."""
    made = shelf("150")
    life = begin(tmp_path, made, opened("332", "333")).until(f"{DAY} 10:02")
    assert decide(life, "332").entry == "APPROVED"
    give(made, "80")
    answer = decide(life, "333")
    assert isinstance(answer, MovedError)
    new = transfers(life)["333"]
    assert answer.now["quantity"] == new["quantity"] and promised(new) == quantity(transfers(life)["332"])
    assert decide(life, "333").entry == "APPROVED"
    life.close()
