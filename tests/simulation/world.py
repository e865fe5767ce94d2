"""The input of a history: logs of a topic, or one log of files, and how their source delivers them.

A log is a list of messages. Each log has its own location. Its records sell, count, order and receive a few SKUs; some come
twice, late or very late; some are heartbeats, a new policy, or bad records. A tape is a feed over a log: in blocks of any
size, with pauses, and often from a record before the one it was asked to continue with.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

import orjson
import pyarrow as pa

from lowtide.core import Job
from lowtide.policy import policy_record, read_policy_text
from lowtide.sources.block import Block, Messages
from lowtide.sources.feed import Feed, ResumePoint
from lowtide.sources.fingerprint import Fingerprint

from .dice import Dice

START = 1_795_392_000_000
MINUTE, HOUR = 60_000, 3_600_000
WINDOWS = ("6h", "30h", "7d")
POLICIES = (
    "",
    "late_window: 12h\npublish_every: 1h\n",
    "publish_every: 12h\ndefaults:\n  dwell: 6h\n  clear_after: 9h\n  flap_count: 2\n",
)
KINDS = (
    "sale sale sale sale sale sale return void receipt order shipment transfer_out transfer_in adjustment count count "
    "hold release reserve unreserve heartbeat"
).split()
NAMED = ("order", "shipment", "receipt")
STEPS = (0, 0, 1, MINUTE, 10 * MINUTE, HOUR, HOUR, 5 * HOUR, 26 * HOUR)
LAGS = (0, 0, 0, 0, 0, 1, HOUR, 11 * HOUR, 13 * HOUR, 71 * HOUR, 73 * HOUR, 100 * HOUR)
BAD = (
    b"nonsense", b"{", b'{"id":"x"}', b"\xff\xfe", b"null", b"",
    b'{"id":"b","source":"t","kind":"sale","sku":"a","location":"L0","quantity":"NaN","event_time":1795392000000}',
    b'{"id":"b","source":"t","kind":"gift","sku":"a","location":"L0","quantity":"1","event_time":1795392000000}',
    b'{"id":"b","source":"t","kind":"sale","sku":"a","location":"L0","quantity":"1","event_time":"yesterday"}',
)  # fmt: skip


class Message(NamedTuple):
    """The content of one message of a log."""

    number: int
    data: bytes
    arrival: int


@cache
def job(policy: str, partition: str = "") -> Job:
    """A job under a policy."""
    if partition:
        return job(policy).named(partition)
    return Job.of(read_policy_text(policy, "policy"), pipeline="simulated")


class World:
    """Everything outside the program: the logs, the policy, the number of key groups, the ends of files."""

    def __init__(self, dice: Dice) -> None:
        self.files = dice.one_in(5)
        self.policy = self._policy(dice)
        self.key_groups = dice.choice((1, 2, 2, 3))
        self.names = (
            ["sales.jsonl"] if self.files else [f"sales/{n}" for n in range(dice.choice((1, 1, 2, 3)))]
        )
        most = dice.choice((6, 12, 25, 60)) // len(self.names) + 1
        self.logs = [list(self._messages(dice, place, most)) for place in range(len(self.names))]
        self.cuts = self._cuts(dice)
        """The number of messages of each log at the end of each finite run."""
        self.ends = self.cuts if dice.one_in(2) else self.cuts[-1:]
        """The ends at which the undisturbed runs also end. This must not change the result."""

    def _policy(self, dice: Dice) -> str:
        return f"dedup_window: {dice.choice(WINDOWS)}\n{dice.choice(POLICIES)}"

    def _cuts(self, dice: Dice) -> list[list[int]]:
        whole = [len(log) for log in self.logs]
        if not dice.one_in(3):
            return [whole]
        return [[dice.randint(0, length) for length in whole], whole]

    def _messages(self, dice: Dice, place: int, most: int) -> Iterator[Message]:
        clock, number = START + dice.randrange(24) * HOUR, dice.choice((0, 0, 7))
        records = _Records(dice, place, poor=dice.one_in(8))
        many = not self.files and dice.one_in(3)
        arrives = not self.files and dice.one_in(3)
        for _ in range(dice.randint(1, most)):
            clock += dice.choice(STEPS)
            if dice.one_in(25) and not self.files:
                data = policy_record(job(self._policy(dice)).policy_document, f"{place}/{number}")
            elif many and dice.one_in(2):
                several = [records.next(clock) for _ in range(dice.randint(1, 4))]
                data = dice.choice((b"\n".join(several), b"[" + b",".join(several) + b"]"))
            else:
                data = records.next(clock)
            yield Message(number, data, clock if arrives else -1)
            number += 1 if self.files or not dice.one_in(10) else dice.randint(2, 9)

    def job(self, name: str) -> Job:
        """The job of a log."""
        return job(self.policy, name)

    def tapes(self, dice: Dice, stage: int) -> dict[str, Feed]:
        """The source as a run opens it after a number of finite runs."""
        stage = min(stage, len(self.cuts) - 1)
        made: dict[str, Feed] = {}
        for place, name in enumerate(self.names):
            end = self.cuts[stage][place]
            if self.files:
                begin = self.cuts[stage - 1][place] if stage else 0
                made[name] = FileTape(self.logs[place][begin:end], stage, dice)
            else:
                made[name] = TopicTape(self.logs[place][:end], place, dice)
        return made

    def block(self, place: int, begin: int, end: int) -> Block:
        """Several messages of a log together."""
        taken = self.logs[place][begin:end]
        return lines_block(taken) if self.files else messages_block(taken)


class _Records:
    """Makes the records of one log. In a poor log most records are bad or come again."""

    def __init__(self, dice: Dice, place: int, poor: bool) -> None:
        self._dice, self._place = dice, place
        self._again, self._bad = (3, 2) if poor else (7, 12)
        self._skus = [f"s{n}" for n in range(dice.randint(1, 4))]
        self._told: list[bytes] = []

    def next(self, clock: int) -> bytes:
        """A record that comes when the log's clock is about `clock`."""
        dice = self._dice
        if self._told and dice.one_in(self._again):
            return dice.choice(self._told[-12:])
        if dice.one_in(self._bad):
            return dice.choice(BAD)
        kind = dice.choice(KINDS)
        record: dict[str, object] = {
            "id": f"{self._place}-{len(self._told)}", "source": dice.choice(("till", "erp")), "kind": kind,
            "event_time": clock - dice.choice(LAGS),
        }  # fmt: skip
        if kind != "heartbeat":
            quantity = dice.choice((1, 2, 3, 5, 8, 13, 40, 2.5, 0))
            sign = "-" if kind in ("sale", "adjustment") and dice.one_in(6) else ""
            record |= {
                "sku": dice.choice(self._skus),
                "location": f"L{self._place}",
                "quantity": f"{sign}{quantity}",
            }
        if kind in NAMED:
            record |= {"ref": dice.choice(("PO1", "PO2"))}
        if kind in NAMED[:2]:
            record |= {"due": clock + dice.randint(-40, 160) * HOUR}
        self._told.append(orjson.dumps(record))
        return self._told[-1]


class TopicTape(Feed):
    """A partition of a topic: its messages have numbers, and some are delivered again."""

    def __init__(self, messages: list[Message], place: int, dice: Dice) -> None:
        super().__init__(())
        self.place = place
        self._messages, self._dice = messages, dice
        self._most = dice.choice((1, 3, 10, 100))
        self._position = 0

    def begin(self, at: ResumePoint | None = None, wait: bool = True) -> Iterator[Block | None]:
        """Starts at message `at`, or a few messages before it."""
        first = self._messages[0].number if self._messages else 0
        self._position = at.next if at is not None else first
        start = next(
            (n for n, one in enumerate(self._messages) if one.number >= self._position), len(self._messages)
        )
        return self._blocks_from(self._earlier(start))

    def _earlier(self, at: int) -> int:
        again = self._dice.randint(1, 6) if self._dice.one_in(5) else 0
        return max(0, at - again)

    def _blocks_from(self, at: int) -> Iterator[Block | None]:
        while at < len(self._messages):
            if self._dice.one_in(6):
                yield None
                continue
            taken = self._messages[at : at + self._dice.randint(1, self._most)]
            at += len(taken)
            self._position = taken[-1].number + 1
            yield messages_block(taken)
            at = self._earlier(at) if self._dice.one_in(4) else at

    @property
    def position(self) -> int:
        """The number of the first message that was not delivered."""
        return self._position


class FileTape(Feed):
    """A file: its messages do not have numbers, so it is always read from its start."""

    def __init__(self, messages: list[Message], stage: int, dice: Dice) -> None:
        super().__init__(
            (), [Fingerprint(f"{stage}.jsonl", sum(len(one.data) for one in messages), stage, str(stage))]
        )
        self._messages, self._dice = messages, dice
        self._most = dice.choice((1, 3, 10, 100))

    def begin(self, at: int | None = None, wait: bool = True) -> Iterator[Block | None]:
        """Starts at the first message."""
        at = 0
        while at < len(self._messages):
            taken = self._messages[at : at + self._dice.randint(1, self._most)]
            at += len(taken)
            yield lines_block(taken)


def lines_block(taken: list[Message]) -> Block:
    """Messages as lines of a file."""
    return Block("lines", b"".join(one.data.replace(b"\n", b" ") + b"\n" for one in taken), len(taken))


def messages_block(taken: list[Message]) -> Block:
    """Messages as the source of a topic delivers them."""
    numbers, values, arrivals = zip(*taken, strict=True)
    integers = pa.int64()
    lengths = pa.array([len(value) for value in values], integers)
    return Block(
        "messages",
        Messages(
            b"".join(values), lengths, pa.array(numbers, integers), pa.array(arrivals, integers), "auto"
        ),
        len(taken),
    )
