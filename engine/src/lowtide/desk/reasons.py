"""Why a message is sent, and why one is not sent now; each is a log field, a metric label, a column and a sentence."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """The reason of a decision. The members of `SENT` send a message; the others say why none is sent now."""

    FIRST = "FIRST"
    NEW_IN_GROUP = "NEW_IN_GROUP"
    WORSENED = "WORSENED"
    REMINDER = "REMINDER"
    STEP = "STEP"
    ALL_ENDED = "ALL_ENDED"
    DIGEST = "DIGEST"
    REVIEW = "REVIEW"
    FLOOD = "FLOOD"
    CATCH_UP = "CATCH_UP"
    QUIET_END = "QUIET_END"
    TEST = "TEST"
    EXPORT = "EXPORT"

    CATCHING_UP = "CATCHING_UP"
    INHIBITED = "INHIBITED"
    SILENCED = "SILENCED"
    SNOOZED = "SNOOZED"
    OVER_BUDGET = "OVER_BUDGET"
    QUIET = "QUIET"
    WAITING = "WAITING"
    ACKNOWLEDGED = "ACKNOWLEDGED"
    ENDED = "ENDED"
    STALE = "STALE"
    UNCHANGED = "UNCHANGED"
    DIGEST_ONLY = "DIGEST_ONLY"


SENT = frozenset(
    {
        Reason.FIRST, Reason.NEW_IN_GROUP, Reason.WORSENED, Reason.REMINDER, Reason.STEP, Reason.ALL_ENDED, Reason.DIGEST,
        Reason.REVIEW, Reason.FLOOD, Reason.CATCH_UP, Reason.QUIET_END, Reason.TEST, Reason.EXPORT,
    }
)  # fmt: skip
"""The reasons for which a message is sent."""
