"""One line becomes a Record, or a Reject named by the first check that fails.

Every check runs over all fields before the next one starts, so the code of a reject never depends on the
order of fields. Where one check fails for several fields at once, `fields` holds them all: the page does
not say which is named.
"""

import json
import re
import unicodedata
from dataclasses import dataclass

from tests.model import instant
from tests.model.policy import Policy
from tests.model.quantity import thousandths

MAX_RECORD_BYTES = 65_536
MAX_CHARACTERS = 128
KINDS = """
    sale return void receipt order shipment transfer_out transfer_in adjustment count hold release
    reserve unreserve heartbeat
""".split()
EVERYWHERE = ("id", "source", "kind", "event_time")
ON_A_POSITION = ("sku", "location", "quantity")
NEEDS_REF = ("order", "shipment")
NEVER_VOIDED = ("count", "order", "heartbeat", "policy", "inputs", "void")
TEXTS = ("id", "source", "kind", "sku", "location", "ref", "of", "counterparty", "reason")
NAMES = ("id", "source", "sku", "location")
MAY_BE_NUMBERS = (*NAMES, "ref", "counterparty")
WHOLE = re.compile(r"-?[0-9]{1,18}")
ABSENT = (None, False, "")
"""A field with one of these is a field that is not there, as an empty cell of a table is."""
TIMES = ("event_time", "due", "expiry")
MAY_BE_DATES = ("due", "expiry")
AMOUNTS = ("quantity", "unit_value")
KNOWN = {*TEXTS, *TIMES, *AMOUNTS}


class Number(str):
    """A JSON number, still as it was written."""


@dataclass(frozen=True)
class Reject:
    reason: str
    fields: frozenset = frozenset({None})


@dataclass(frozen=True)
class Record:
    id: str
    source: str
    kind: str
    event_time: int
    sku: str | None = None
    location: str | None = None
    quantity: int = 0
    ref: str | None = None
    due: int | None = None
    expiry: int | None = None
    of: str = "sale"
    """What a void takes back, where its record is not known."""
    reason: str | None = None

    @property
    def position(self) -> tuple[str, str]:
        return self.location, self.sku


def read(line: bytes, policy: Policy | None = None) -> Record | Reject:
    if len(line) > MAX_RECORD_BYTES:
        return Reject("too_long")
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError:
        return Reject("not_utf8")
    try:
        pairs = json.loads(
            text, object_pairs_hook=Pairs, parse_int=Number, parse_float=Number, parse_constant=refuse
        )
        json.dumps(pairs, ensure_ascii=False).encode("utf-8")
    except ValueError:
        return Reject("not_json")
    if not isinstance(pairs, Pairs):
        return Reject("not_an_object")
    names = [name for name, _ in pairs if name in KNOWN]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        return Reject("duplicate_field", frozenset(twice))
    fields = {name: value for name, value in pairs if name in KNOWN and value not in ABSENT}
    return validate(fields, policy or Policy())


class Pairs(list):
    """A JSON object that still knows which of its names came twice."""


def refuse(constant: str):
    raise ValueError(constant)


def validate(fields: dict, policy: Policy) -> Record | Reject:
    times, amounts = {}, {}
    for reason, failing in (
        ("missing_field", missing(fields)),
        ("wrong_type", {name for name, value in fields.items() if not of_its_type(name, value)}),
        (
            "too_long",
            {n for n in NAMES if isinstance(fields.get(n), str) and len(fields[n]) > MAX_CHARACTERS},
        ),
        ("unknown_kind", unknown_kinds(fields)),
    ):
        if failing:
            return Reject(reason, frozenset(failing))
    wrong, zoneless = set(), set()
    for name in TIMES:
        try:
            times[name] = time(name, fields, policy)
        except instant.NotATime:
            wrong.add(name)
        except instant.NoZone:
            zoneless.add(name)
    if wrong or zoneless:
        return Reject("bad_time", frozenset(wrong)) if wrong else Reject("no_zone", frozenset(zoneless))
    for name in AMOUNTS:
        amounts[name] = thousandths(fields[name]) if name in fields else 0
    wrong = {name for name, value in amounts.items() if value is None}
    if wrong:
        return Reject("bad_quantity", frozenset(wrong))
    kind, quantity = fields["kind"], amounts["quantity"]
    signed = kind == "adjustment" or (kind == "sale" and policy.negative_sale == "return")
    if quantity < 0 and not signed:
        return Reject("negative_quantity", frozenset({"quantity"}))
    if kind == "void" and fields.get("of") in NEVER_VOIDED:
        return Reject("void_of_what", frozenset({"of"}))
    return Record(
        id=fields["id"],
        source=fields["source"],
        kind=kind,
        event_time=times["event_time"],
        sku=composed(fields.get("sku")),
        location=composed(fields.get("location")),
        quantity=quantity,
        ref=fields.get("ref"),
        due=times["due"],
        expiry=times["expiry"],
        of=fields.get("of", "sale"),
        reason=fields.get("reason"),
    )


def composed(name: str | None) -> str | None:
    return name and unicodedata.normalize("NFC", name)


def unknown_kinds(fields: dict) -> set:
    """`of` says something on a void only."""
    wrong = set() if fields.get("kind") in KINDS else {"kind"}
    if fields.get("kind") == "void" and fields.get("of", "sale") not in (*KINDS, *NEVER_VOIDED):
        wrong.add("of")
    return wrong


def time(name: str, fields: dict, policy: Policy) -> int | None:
    if name not in fields:
        return None
    location = composed(fields.get("location"))
    if name in MAY_BE_DATES:
        return instant.due(fields[name], policy.naive(location), policy.zone(location))
    return instant.instant(fields[name], policy.naive(location))


def missing(fields: dict) -> set:
    needed = EVERYWHERE if fields.get("kind") == "heartbeat" else EVERYWHERE + ON_A_POSITION
    absent = {name for name in needed if name not in fields}
    if fields.get("kind") in NEEDS_REF and "ref" not in fields:
        absent.add("ref")
    return absent


def of_its_type(name: str, value) -> bool:
    if isinstance(value, Number) and name in MAY_BE_NUMBERS:
        return WHOLE.fullmatch(value) is not None
    if name in TEXTS:
        return isinstance(value, str) and not isinstance(value, Number)
    return isinstance(value, str)
