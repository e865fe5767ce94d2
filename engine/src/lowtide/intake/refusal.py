"""A request that is refused: the status, a code that programs read, a sentence that people read."""

from __future__ import annotations

CODES: dict[str, int] = {
    "unknown_path": 404,
    "unknown_method": 405,
    "unknown_map": 400,
    "bad_request": 400,
    "bad_document": 400,
    "bad_encoding": 400,
    "bad_signature": 401,
    "no_token": 401,
    "not_allowed": 403,
    "another_origin": 403,
    "unknown_host": 403,
    "too_large": 413,
    "record_too_long": 413,
    "unknown_type": 415,
    "unknown_compression": 415,
    "rejects": 422,
    "snapshot_refused": 422,
    "too_busy": 429,
    "rate": 429,
    "journal_unwritable": 503,
    "map_unusable": 503,
    "ending": 503,
    "failed": 500,
}
"""Every code, with its status."""


class Refusal(Exception):
    """A request that is refused. Nothing of it was taken."""

    def __init__(self, code: str, message: str, **more: object) -> None:
        super().__init__(message)
        self.code = code
        self.status = CODES[code]
        self.message = message
        self.more = more
        """Further keys of the answer."""
