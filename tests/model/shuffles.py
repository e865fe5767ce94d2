"""Logs for which the order of arrival must not matter, and the orders in which they may arrive.

The promise: two statements about one thing (two orders of a ref, or orders and shipments with a due; two counts
of a position) have different event times; copies of an id are equal; a record has one void at most, from its own
time on to `dedup_window - late_window` after it; a ref is used again within `ref_memory - late_window` of its
last use, or more than `ref_memory + late_window` after it.
"""

from hypothesis import strategies as st

from tests.model.instant import DAY, HOUR
from tests.model.outcome import MONDAY
from tests.model.policy import Policy
from tests.model.quantity import text

POLICIES = [
    Policy(),
    Policy(
        late_window=24 * HOUR, dedup_window=48 * HOUR, ref_memory=5 * DAY, returns="hold", lead_time=2 * DAY
    ),
    Policy(late_window=30 * HOUR, dedup_window=30 * HOUR, ref_memory=60 * HOUR, returns="hold"),
]
SUPPLY = ("order", "order", "shipment", "shipment", "receipt", "transfer_in")
PROMISES = ("hold", "release", "reserve", "unreserve")
SHELF = ("sale", "sale", "return", "receipt", "transfer_in", "transfer_out", "adjustment", "count")
EVERYTHING = (*SHELF, *SUPPLY, *PROMISES, "heartbeat")
REFS = {"PO": ("PO1", "PO2"), "SO": ("SO1", "SO1", None)}
WRONG_GUESSES = (None, None, "sale", "return", "receipt", "transfer_out", "adjustment", "reserve", "shipment")

numbers = st.integers(0, 2**31)


@st.composite
def logs(draw, kinds=EVERYTHING, most=24):
    """(records in order of event time, policy): several positions, sources and units of time."""
    policy = draw(st.sampled_from(POLICIES))
    step = draw(st.sampled_from((HOUR, 12 * HOUR)))
    span = min(9 * DAY, 3 * policy.ref_memory)
    rest = span + policy.ref_memory + policy.late_window
    rows = draw(st.lists(st.tuples(st.sampled_from(kinds), numbers, numbers), min_size=1, max_size=most))
    records = []
    for number, (kind, dice, more) in enumerate(rows):
        start = rest if dice % 7 == 0 else 0
        made = record(
            number, kind, start + dice // 7 % (span // step) * step + moment(kind, number, more), more
        )
        records.append(made)
        if dice % 3 == 0 and may_be_voided(made):
            latest = policy.dedup_window - policy.late_window
            records.append(void(number, made, more % (latest + 1) if dice % 5 else 0, dice))
        elif dice % 31 == 1 and kind != "heartbeat":
            records.append(void(number, made | {"id": f"never seen {number}"}, 0, dice))
    return promised(sorted(records, key=lambda record: record["event_time"]), policy), policy


def promised(records: list, policy: Policy) -> list:
    """Without those that use a ref while it may be forgotten or not."""
    names = {(record["source"], record["id"]): record for record in records}
    last, kept = {}, []
    for record in records:
        of = names.get((record["source"], record.get("ref"))) if record["kind"] == "void" else record
        if of and of["kind"] in SUPPLY and "ref" in of:
            past = record["event_time"] - last.get((of["sku"], of["ref"]), 0) - policy.ref_memory
            if -policy.late_window < past <= policy.late_window:
                continue
            last[of["sku"], of["ref"]] = record["event_time"]
        kept.append(record)
    return kept


def moment(kind: str, number: int, dice: int) -> int:
    """Milliseconds past the hour: a statement's are its own, another movement may fall on them."""
    return number if kind in ("order", "shipment", "count") else dice % 6


def record(number: int, kind: str, when: int, dice: int) -> dict:
    made = {
        "id": f"m{number}",
        "source": ("till", "erp")[dice % 2],
        "kind": kind,
        "event_time": MONDAY + when,
    }
    if kind == "heartbeat":
        return made
    size = dice // 2 % 40 * (1000 if dice % 5 else 37)
    sign = -1 if kind in ("sale", "adjustment") and dice % 3 == 0 else 1
    made |= {"location": "L", "sku": "AB"[dice % 8 == 7], "quantity": text(sign * size)}
    if kind in SUPPLY and (kind in ("order", "shipment") or dice % 6):
        made["ref"] = REFS["PO"][dice % 3 == 2]
    if kind in PROMISES and (ref := REFS["SO"][dice // 3 % 3]):
        made["ref"] = ref
    if kind in ("order", "shipment") and dice % 5 < 3:
        made["due"] = MONDAY + when + (dice % 9 - 2) * DAY
    return made


def may_be_voided(made: dict) -> bool:
    return made["kind"] not in ("count", "order", "heartbeat")


def void(number: int, made: dict, after: int, dice: int) -> dict:
    """Mostly of the whole record, and often with a wrong guess of its kind."""
    undone = {"id": f"v{number}", "kind": "void", "ref": made["id"], "event_time": made["event_time"] + after}
    undone |= {name: made[name] for name in ("source", "location", "sku") if name in made}
    undone["quantity"] = made["quantity"].lstrip("-") if dice % 4 else "3"
    guess = WRONG_GUESSES[dice // 4 % len(WRONG_GUESSES)]
    return undone | ({"of": guess} if guess else {})


@st.composite
def arrivals(draw, records: list, policy: Policy, copies=True):
    """The records in another order of arrival, none more than `late_window` behind the clock."""
    window = policy.late_window
    delays = st.one_of(st.sampled_from((0, window)), st.integers(0, window), st.integers(0, 2 * HOUR))
    posted = [(record["event_time"] + draw(delays), record) for record in records]
    if copies and records:
        for record in draw(st.lists(st.sampled_from(records), max_size=4)):
            posted.append((record["event_time"] + draw(delays), record))
    turn = draw(st.randoms(use_true_random=False))
    turn.shuffle(posted)
    return [record for _, record in sorted(posted, key=lambda row: row[0])]
