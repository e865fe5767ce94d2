"""Errors of a query: ClickHouse's number and name for each, and the HTTP status that goes with it.

>>> query_error("Streaming query failed: Code: 60. DB::Exception: Table t does not exist. (UNKNOWN_TABLE)").code
60
"""

from __future__ import annotations

import re

NAMES = {
    6: "CANNOT_PARSE_TEXT", 36: "BAD_ARGUMENTS", 48: "NOT_IMPLEMENTED", 62: "SYNTAX_ERROR", 73: "UNKNOWN_FORMAT",
    81: "UNKNOWN_DATABASE",
    115: "UNKNOWN_SETTING", 159: "TIMEOUT_EXCEEDED", 164: "READONLY", 192: "UNKNOWN_USER",
    202: "TOO_MANY_SIMULTANEOUS_QUERIES", 210: "NETWORK_ERROR", 236: "ABORTED", 243: "NOT_ENOUGH_SPACE",
    354: "ZLIB_INFLATE_FAILED",
    372: "SESSION_NOT_FOUND", 373: "SESSION_IS_LOCKED", 374: "INVALID_SESSION_TIMEOUT", 394: "QUERY_WAS_CANCELLED",
    396: "TOO_MANY_ROWS_OR_BYTES", 497: "ACCESS_DENIED", 516: "AUTHENTICATION_FAILED", 1001: "STD_EXCEPTION",
}  # fmt: skip
_STATUS = {
    **dict.fromkeys((516, 192, 497), 403), **dict.fromkeys((60, 81, 46, 47, 16, 50), 404), 202: 503,
    **dict.fromkeys((6, 27, 26, 33, 36, 38, 41, 43, 53, 62, 70, 72, 73, 115, 117, 128, 130, 131, 164, 167, 168, 306, 344,
                     372, 374, 386, 456, 457, 718),
                    400),
    48: 501, 159: 408, 373: 409, 396: 400,
}  # fmt: skip
_NAME = re.compile(r"\(([A-Z][A-Z0-9_]++)\)$")
_TAIL = re.compile(r"(?:\([A-Z][A-Z0-9_]++\)|\(version [^()]*+\)\.?)$")
_LONGEST_TAIL, _TAILS = 200, 4
"""Characters of a name or a version at the end of a message, and how many of them may stand there."""
_MOST = 4000
"""Characters of a message: it may quote a statement of any length."""


class QueryError(Exception):
    """An error with ClickHouse's number, name and message."""

    def __init__(self, code: int, message: str, name: str | None = None, status: int | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.name = name or NAMES.get(code, "UNKNOWN_EXCEPTION")
        self.message = message
        self.status = status or _STATUS.get(code, 500)

    def bare(self) -> QueryError:
        """The same error without the frames through which it came, and what these hold in memory."""
        self.__cause__ = self.__context__ = None
        return self.with_traceback(None)

    def text(self, version: str) -> str:
        """The line that clients parse."""
        return f"Code: {self.code}. DB::Exception: {self.message} ({self.name}) (version {version} (chDB))\n"


def query_error(text: str) -> QueryError:
    """The error in the text of an exception of ClickHouse."""
    found = re.search(r"Code: (\d+)\. DB::Exception: (.*)", text, re.DOTALL)
    if not found:
        return QueryError(1001, text.strip() or "ClickHouse gave no reason")
    message = re.sub(r"^(Code: \d+\. DB::Exception: )++", "", found[2].strip())
    name = _NAME.search(message, max(0, len(message) - _LONGEST_TAIL))
    for _ in range(_TAILS):
        message = message.rstrip()
        tail = _TAIL.search(message, max(0, len(message) - _LONGEST_TAIL))
        if tail is None:
            break
        message = message[: tail.start()]
    if len(message) > _MOST:
        message = f"{message[:_MOST]}…"
    return QueryError(int(found[1]), message, name[1] if name else None)
