"""Stock does not depend on the order of arrival, and only movements and counts change it."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.model.instant import HOUR
from tests.model.log import run
from tests.model.quantity import thousandths
from tests.properties.engine import replay
from tests.properties.logs import COMPOSED, MONDAY, SHELF_KINDS, line, movement, quantities, records, written

quick = settings(max_examples=100, deadline=None, derandomize=True)
SIGN = {"sale": -1, "transfer_out": -1} | dict.fromkeys(
    ("return", "void", "receipt", "transfer_in", "adjustment"), 1
)


REMEMBER = "dedup_window: 3650d\n"
"""Under it a void is never forgotten. By default one that is a week behind the clock is, and a second one counts."""


def on_hand(moves, policy=None) -> dict:
    found = replay(written(moves), policy)
    return {(row["location"], row["sku"]): row["on_hand"] for row in found.positions}


@st.composite
def two_orders(draw):
    """Movements within 72 hours of each other, no two at the same time, and the same shuffled."""
    whens = draw(st.lists(st.integers(0, 72 * HOUR), min_size=2, max_size=24, unique=True))
    parts = st.tuples(st.sampled_from(SHELF_KINDS), st.integers(0, 2), quantities)
    moves = [movement(number, *draw(parts), MONDAY + when) for number, when in enumerate(whens)]
    return moves, draw(st.permutations(moves))


@quick
@given(two_orders())
def test_shuffled_within_the_window(orders):
    assert on_hand(orders[0]) == on_hand(orders[1])


@quick
@given(records(kinds=tuple(kind for kind in SHELF_KINDS if kind != "count"), repeats=False))
def test_stock_is_the_signed_sum_of_effects(moves):
    expected, voided = Counter(), set()
    for move in moves:
        if move["kind"] == "void":
            once = (move["source"], move.get("ref"), move["location"], move["sku"])
            if move.get("ref") and once in voided:
                continue
            voided.add(once)
        expected[move["location"], move["sku"]] += SIGN[move["kind"]] * move["quantity"]
    assert {key: thousandths(value) for key, value in on_hand(moves, REMEMBER).items()} == dict(expected)


@quick
@given(records(kinds=SHELF_KINDS, repeats=False))
def test_stock_is_effects_and_variances(moves):
    """Counted variances, and effects but for those a count had seen before they arrived: nothing else."""
    data = written(moves)
    expected = Counter({key: stock.effects - stock.absorbed for key, stock in run(data).stock.items()})
    found = replay(data)
    for count in (count for count in found.stock_counts if count["mark"] != "older"):
        expected[count["location"], count["sku"]] += thousandths(count["variance"])
    rows = {(row["location"], row["sku"]): thousandths(row["on_hand"]) for row in found.positions}
    assert rows == dict(expected)


@quick
@given(
    records(kinds=("sale", "transfer_in", "transfer_out", "receipt", "count"), repeats=False),
    st.integers(0, 5000),
)
def test_a_transfer_moves_and_never_makes(moves, quantity):
    """Both ends of a transfer, appended later than all else: the sum over positions stays."""
    last = MONDAY + 10_000 * HOUR
    pair = [
        movement(9001, "transfer_out", 0, quantity, last),
        movement(9002, "transfer_in", 2, quantity, last + 1),
    ]
    before, after = on_hand(moves), on_hand([*moves, *pair])
    assert sum(map(thousandths, before.values())) == sum(map(thousandths, after.values()))


def test_small_and_large_quantities_do_not_round():
    big, small = 10**15, 1
    moves = [movement(n, "receipt", 0, big if n % 2 else small, MONDAY + n) for n in range(10)]
    assert on_hand(moves) == {COMPOSED[0]: "5000000000000.005"}
    assert line(moves[1], 0)
