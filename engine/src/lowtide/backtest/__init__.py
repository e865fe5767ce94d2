"""What another policy would have made of the past: alerts, real stockouts seen early or missed, false alarms, load, worth.

    History.of(["year/"], settings)                 what is replayed, and how it is read
    run(history, policy, period) -> Outcome         one policy over it, in this process
    outcomes(history, {"a": policy, ...}, period)   several at once, each in a process of its own
    backtest(history, policies, period)             figures side by side, and the alerts added, gone and moved

    period, history, outcome, replaying, children   a replay, and what is kept of it
    truth, sight                                    the stockouts that really were, and how early each was seen
    scratch, side, load, changes                    figures of one policy, by the views; what changes between two
    backtest, kept                                  the result as one document, and the folder that holds it
    lines, sections, groups, explaining, page       the document for people

A real stockout is the same for every policy. Figures come from the views of a warehouse that is thrown away, so each of them
is defined in one place, where `lowtide report` and `lowtide calibration` have it.
"""

from lowtide.backtest.backtest import Backtest, backtest
from lowtide.backtest.children import outcomes
from lowtide.backtest.history import History
from lowtide.backtest.outcome import Outcome
from lowtide.backtest.period import Period
from lowtide.backtest.replaying import run

__all__ = ["Backtest", "History", "Outcome", "Period", "backtest", "outcomes", "run"]
