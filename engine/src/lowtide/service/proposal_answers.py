"""What questions about proposals are answered with: rows, lists, stories, and what became of a decision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from lowtide.desk.proposing.fold import ACTIVE
from lowtide.propose import life

REASONS = life.REASONS
"""Why somebody rejects a proposal; `words` has `proposal.reason.CODE` for each."""
VERBS = ("approve", "reject", "export")
WAITING = ACTIVE
"""The states in which somebody still has something to do."""


@dataclass(frozen=True)
class ProposalRow:
    """One proposal as it stands. Quantities are decimal texts in `unit`, times milliseconds since 1970 UTC."""

    proposal_id: str
    list_id: str
    kind: str
    """order, production, transfer, expedite, chase or count."""
    state: str
    """proposed, submitted, approved, rejected, exported, confirmed, superseded, withdrawn or closed."""
    version: str
    ref: str
    """`LT-` and the first 10 characters of the id: the order carries it."""
    alert_id: str
    location: str
    location_name: str
    region: str
    sku: str
    name: str
    category: str
    department: str
    supplier: str
    supplier_name: str
    from_location: str
    quantity: str
    proposed_quantity: str
    unit: str
    unit_cost: float | None
    cost: float | None
    avoided: float | None
    requested_at: int | None
    cut_off_at: int | None
    owner: str
    holder: str
    team: str
    stage_at: int
    due_at: int | None
    is_over_time: bool
    """It has been in its state for longer than the people file allows."""
    proposed_at: int
    decided_by: str
    reason: str
    exported_to: str
    order_ref: str
    superseded_by: str
    marks: tuple[str, ...]
    """Codes of what a person must know, such as over_max, late or supplier_unknown; `words` has `proposal.mark.CODE`."""
    verbs: tuple[str, ...]
    """Of approve, reject and export what the caller may do now."""

    def to_dict(self) -> dict[str, Any]:
        """Names of the columns."""
        return asdict(self)


@dataclass(frozen=True)
class ProposalList:
    """Proposals that are ordered together: one supplier and location, or the count list of a location."""

    list_id: str
    ref: str
    """`LT-` and the first 10 characters of `list_id`: the gathered order carries it."""
    kind: str
    location: str
    location_name: str
    supplier: str
    supplier_name: str
    cut_off_at: int | None
    requested_at: int | None
    cost: float | None
    """Sum over the lines whose cost is known; None: of no line."""
    avoided: float | None
    holders: tuple[str, ...]
    lines: tuple[ProposalRow, ...]

    def to_dict(self) -> dict[str, Any]:
        """With `lines` as a list."""
        return asdict(self)


@dataclass(frozen=True)
class Wanted:
    """Which proposals; an empty field asks nothing."""

    state: tuple[str, ...] = WAITING
    kind: tuple[str, ...] = ()
    location: str = ""
    supplier: str = ""
    sku: str = ""
    category: str = ""
    holder: str = ""
    team: str = ""
    alert_id: str = ""
    list_id: str = ""
    over_time: bool = False
    text: str = ""
    """Part of a SKU, name, location, supplier or ref."""


@dataclass(frozen=True)
class Found:
    """One window of lists, by cut-off, then by what they avoid."""

    lists: tuple[ProposalList, ...]
    total: int
    """Proposals that match, in all windows."""
    cursor: str | None
    """Where the next window begins; None: this is the last."""
    by_state: Mapping[str, int]
    """Proposals by state that match all but `state`."""

    def to_dict(self) -> dict[str, Any]:
        """With `lists` as a list."""
        return asdict(self)


@dataclass(frozen=True)
class ProposalEntry:
    """One entry of a proposal, in order of time."""

    entry: str
    action_id: str
    at: int
    actor: str
    owner: str
    comment: str
    detail: Mapping[str, Any]


@dataclass(frozen=True)
class ProposalStory:
    """One proposal with everything that happened and how it was reckoned."""

    row: ProposalRow
    entries: tuple[ProposalEntry, ...]
    detail: Mapping[str, Any]
    """`inputs`, `steps` and `result`, as `lowtide.propose` writes them; `lowtide.explain` makes sentences of them."""
    related: tuple[ProposalRow, ...]
    """What it superseded, what superseded it, and other proposals that wait for the same location and SKU."""

    def to_dict(self) -> dict[str, Any]:
        """Lists in place of tuples."""
        return asdict(self)


@dataclass(frozen=True)
class Conflict:
    """The numbers that were shown and those of now: `version`, `quantity`, `cost`, `avoided` and the times."""

    shown: Mapping[str, Any]
    now: Mapping[str, Any]


@dataclass(frozen=True)
class Result:
    """What became of one proposal, or why nothing did."""

    proposal_id: str
    state: str
    """Afterwards; empty: it is not known."""
    entry: str = ""
    """APPROVED, SUBMITTED, REJECTED or EXPORTED; empty: nothing was written."""
    holder: str = ""
    repeated: bool = False
    """It had been done before: nothing was written again."""
    error: str = ""
    hint: str = ""
    status: int = 200
    """As HTTP has it: 200 done, 403 not allowed, 404 not known, 409 not possible now, 422 malformed."""
    conflict: Conflict | None = None
    asks_donor: bool = False
    """Of SUBMITTED: the owner of the place that gives is asked."""
    waits_for: str = ""
    """The person who decides it, where that is why nothing was done."""

    @property
    def is_done(self) -> bool:
        """Whether it is as the caller wanted."""
        return not self.error

    def to_dict(self) -> dict[str, Any]:
        """Without the fields that are empty."""
        return {name: value for name, value in asdict(self).items() if value not in ("", None)}


@dataclass(frozen=True)
class Exported:
    """Files that an export gives to the caller, and what became of each proposal."""

    results: tuple[Result, ...]
    name: str = ""
    """Of the file; empty: it goes to a target or a folder."""
    media_type: str = ""
    body: bytes = field(default=b"", repr=False)
