"""Small documents and journals for the tests of intake."""

from __future__ import annotations

import json
from pathlib import Path

from lowtide.intake.journal import Document, Journal, bodies_of, document_hash

TIME = "2026-11-22T09:30:00Z"


def movement(number: int = 1, **changes: object) -> dict[str, object]:
    """A receipt of one unit with a number of its own."""
    values = {
        "id": f"m-{number}",
        "source": "till-7",
        "kind": "receipt",
        "sku": "9001",
        "location": "330",
        "quantity": "1",
    }
    return {**values, "event_time": TIME, **changes}


def lines(*numbers: int) -> bytes:
    """Movements with these numbers, one a line."""
    return b"".join(json.dumps(movement(number)).encode() + b"\n" for number in numbers)


def document(*numbers: int) -> Document:
    """A document of such movements."""
    data = lines(*numbers)
    return Document(document_hash(data), list(bodies_of(data.splitlines())))


def journal_of(path: Path, *documents: Document) -> Path:
    """A journal that holds these documents."""
    with Journal.open(path) as journal:
        for each in documents:
            journal.append(each)
    return path
