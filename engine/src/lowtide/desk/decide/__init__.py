"""Decide who hears of which alert, when and why: pure functions of the rows of desk.db and the time.

    step(tx, book, now)                     decide about what has changed and what is due; returns when to come again
    compose(tx, book, row, now)             what a message says now, or the reason for which it is dropped
    told(tx, book, row, at)                 a target has accepted a message: the clocks of its deadlines begin
    unreachable(tx, book, row, at)          every contact of its receiver has refused it: the next step is due
    started(tx), compared(tx)               a desk starts; its mirror was compared in full, so it may push
    remember(tx, book, row, at)             a message of the record, for a desk.db that is made again
    forget(tx)                              delete what was decided about alerts that the mirror has forgotten
    cut(tx, book, person, now)              how much was pushed to a person, and what lies below the cut

Nothing here reads a clock or draws a number at random. `now` is in milliseconds since 1970 UTC.
"""

from __future__ import annotations

from lowtide.desk.decide.catch_up import compared, started
from lowtide.desk.decide.compose import compose
from lowtide.desk.decide.cut import Cut, cut
from lowtide.desk.decide.step import step
from lowtide.desk.decide.telling import forget, remember, told, unreachable

__all__ = [
    "Cut",
    "compared",
    "compose",
    "cut",
    "forget",
    "remember",
    "started",
    "step",
    "told",
    "unreachable",
]
