"""What a document became: its rows as the journal takes them, and what its sender is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from lowtide.intake.journal import Body
from lowtide.intake.refusal import Refusal
from lowtide.intake.snapshot import ListRow

MAX_ROWS = 1_000_000
"""Rows of one document that came in a request."""
MAX_BYTES = 256 << 20
"""Bytes of its rows in the journal."""
SHOWN_REJECTS = 100
"""Rejects in an answer."""


class RowReject(NamedTuple):
    """One row that cannot be used."""

    record: int
    """Its number among the rows of the document, from 1."""
    line: int
    """Its line or record in the document, from 1."""
    code: str
    field: str
    """The field of the movement; empty if it is not about one."""
    message: str

    def to_dict(self) -> dict[str, object]:
        """As it stands in an answer."""
        return {
            "record": self.record, "line": self.line, "code": self.code, "field": self.field or None,
            "message": self.message,
        }  # fmt: skip


def too_many() -> Refusal:
    """The refusal of a document with more rows than one request may bring."""
    return Refusal(
        "too_large", f"the document has more than {MAX_ROWS:,} rows, or is too large: send it in parts"
    )


@dataclass
class DocumentRows:
    """Rows of one document; records = good + skipped + rejected."""

    bodies: list[Body]
    map: bytes | None
    """The compiled map; None: movements in our own form."""
    map_name: str = ""
    good: int = 0
    skipped: int = 0
    rejects: Sequence[RowReject] = ()
    """The first rejects."""
    rejected: int = 0
    codes: dict[str, int] = field(default_factory=dict)
    """Rejects by code."""
    warnings: Sequence[str] = ()
    stock_list: Sequence[ListRow] | None = None
    """The rows of a stock list, which becomes counts only when it is written. None: it is not one."""
    sources: frozenset[str] = frozenset()
    """The sources of its movements, if they were asked for."""
    changes_rules: bool = False
    """Whether a record of it brings another policy or other inputs."""

    @property
    def records(self) -> int:
        """How many rows the document has."""
        return self.good + self.skipped + self.rejected

    def to_dict(self) -> dict[str, object]:
        """The part of an answer that does not depend on the journal."""
        warnings = {"warnings": list(self.warnings)} if self.warnings else {}
        return {
            "records": self.records, "good": self.good, "skipped": self.skipped, "rejected": self.rejected,
            "rejects": [reject.to_dict() for reject in self.rejects], **warnings,
        }  # fmt: skip
