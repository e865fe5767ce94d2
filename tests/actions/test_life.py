"""The life of an alert in people's hands, every verb in every state."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from lowtide.actions import VERBS, Action, Standing, fold
from lowtide.actions.life import identity
from lowtide.errors import ActionError
from lowtide.ledger import ACTIONS

NINE = datetime(2026, 11, 22, 9, tzinfo=UTC)
LEGAL = {
    "new": {"ack", "assign", "note"},
    "acknowledged": {"assign", "start", "resolve", "note"},
    "in_progress": {"assign", "resolve", "note"},
    "resolved": {"assign", "close", "reopen", "note"},
    "closed": {"reopen", "note"},
}


def done(entry: str, actor: str = "ana", minute: int = 0, **more: str) -> Action:
    at = NINE + timedelta(minutes=minute)
    return Action(entry, actor, at, **more, action_id=f"{entry}-{actor}-{minute}")


@pytest.mark.parametrize("state", LEGAL)
@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_in_every_state(state, verb):
    standing = Standing(state, owner="ana")
    if verb in LEGAL[state]:
        standing.check(verb, "A")
    else:
        with pytest.raises(ActionError) as error:
            standing.check(verb, "A")
        for legal in LEGAL[state]:
            assert f"`{legal}`" in error.value.hint
        assert state.replace("_", " ") in error.value.message


@pytest.mark.parametrize("state", ["new", "acknowledged", "in_progress", "resolved"])
def test_what_the_data_have_ended_may_be_closed_at_once(state):
    Standing(state, ended=True).check("close", "A")
    after = Standing(state, ended=True).after(done("CLOSED", feedback="unnecessary"))
    assert (after.state, after.feedback) == ("closed", "unnecessary")


def test_a_whole_life():
    life = [
        done("ACKNOWLEDGED", "ana", 0, owner="ana"),
        done("ASSIGNED", "ana", 1, owner="ben"),
        done("STARTED", "ben", 2, owner="ben"),
        done("NOTED", "eve", 3, comment="shelf is empty"),
        done("RESOLVED", "ben", 4),
        done("CLOSED", "ben", 5, feedback="right"),
    ]
    states = [fold(life[:count]) for count in range(len(life) + 1)]
    assert [one.state for one in states] == [
        "new", "acknowledged", "acknowledged", "in_progress", "in_progress", "resolved", "closed",
    ]  # fmt: skip
    assert [one.owner for one in states] == ["", "ana", "ben", "ben", "ben", "ben", "ben"]
    assert states[-1].feedback == "right"
    again = fold([*life, done("REOPENED", "ana", 6)])
    assert (again.state, again.owner, again.feedback) == ("acknowledged", "ben", "")


def test_time_orders_actions_not_arrival():
    life = [
        done("ACKNOWLEDGED", "ana", 0, owner="ana"),
        done("ASSIGNED", "ana", 1, owner="ben"),
        done("RESOLVED", "ben", 2),
        done("REOPENED", "ana", 3),
    ]
    assert len({fold(order) for order in permutations(life)}) == 1


def test_of_two_who_act_at_once_the_later_one_holds():
    both = [done("ACKNOWLEDGED", "ana", 0, owner="ana"), done("ACKNOWLEDGED", "ben", 1, owner="ben")]
    assert fold(both).owner == "ben" and fold(both).state == "acknowledged"


def test_entries_of_other_kinds_are_passed_over():
    """A newer version may write kinds of entries that this one does not know."""
    life = [done("ACKNOWLEDGED", "ana", 0, owner="ana"), done("STARTED", "ana", 2)]
    assert fold([done("ESCALATED", "desk", 1, owner="lead", feedback="right"), *life]) == fold(life)
    assert fold([done("ESCALATED", "desk", 1)]) == Standing()


def test_who_was_routed_to_owns_it_until_an_action_names_another():
    routed = done("ROUTED", "desk", 5, owner="chen")
    assert fold([routed]) == Standing(owner="chen")
    assert fold([done("NOTED", "eve", 6, comment="look"), routed]).owner == "chen"
    taken = done("ACKNOWLEDGED", "ana", 0, owner="ana")
    assert {fold(order).owner for order in permutations([routed, taken])} == {"ana"}, (
        "also where it was routed later"
    )


def test_the_words_of_actions_are_those_of_the_ledger():
    assert tuple(verb.entry for verb in VERBS.values()) == ACTIONS


def test_the_identity_is_pinned_and_free_of_time():
    first = done("ACKNOWLEDGED", "ana", 0, owner="ana", comment="calling")
    later = done("ACKNOWLEDGED", "ana", 9, owner="ana", comment="calling")
    assert identity("A1", first, "") == identity("A1", later, "") == "1G0CDR38QYYW4FJ0Q2WFZAR5KQ"
    different = {
        identity("A2", first, ""),
        identity("A1", first, "before"),
        identity("A1", done("ACKNOWLEDGED", "ben", 0, owner="ana", comment="calling"), ""),
        identity("A1", done("ACKNOWLEDGED", "ana", 0, owner="ana", comment="callin"), ""),
        identity("A1", done("ACKNOWLEDGED", "ana", 0, owner="an", comment="acalling"), ""),
        identity("A1", first, "", "key"),
    }
    assert len(different) == 6
    assert identity("A1", first, "", "key") == identity("A1", done("NOTED", "eve"), "x", "key")
