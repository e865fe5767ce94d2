"""The HTTP status of an error, the same on a page and in the API."""

from __future__ import annotations

from lowtide.errors import (
    ActionError,
    BrokerError,
    InputError,
    JournalWriteError,
    LowtideError,
    SettingsError,
    StateAccessError,
    WarehouseError,
)
from lowtide.service import Missing, Moved, NotAllowed

_STATUS: tuple[tuple[type[LowtideError], int, str], ...] = (
    (Missing, 404, "missing"),
    (NotAllowed, 403, "not_allowed"),
    (Moved, 409, "moved"),
    (ActionError, 409, "not_possible"),
    (SettingsError, 422, "invalid"),
    (InputError, 422, "unreadable"),
    (WarehouseError, 503, "warehouse_away"),
    (BrokerError, 503, "broker_away"),
    (StateAccessError, 503, "desk_busy"),
    (JournalWriteError, 503, "journal_away"),
)


def status_of(error: LowtideError) -> tuple[int, str]:
    """Status and code of an error; 500 for one that is a fault of ours."""
    return next(
        ((status, code) for kind, status, code in _STATUS if isinstance(error, kind)), (500, "failed")
    )
