"""Why is there an alert, is its arithmetic right, and where is a position heading?

An alert is explained from its own ledger entries and nothing else: `story` tells it in sentences, `recompute` works every
number again with separate plain code, `explanation` holds both and `render` shows them. If a number comes out otherwise,
the explanation says so. `position` finds what a position's projection starts from, `projection` computes it day by day,
and `draw` draws it.
"""

from lowtide.explain.check import Check
from lowtide.explain.explanation import Explanation, explain

__all__ = ["Check", "Explanation", "explain"]
