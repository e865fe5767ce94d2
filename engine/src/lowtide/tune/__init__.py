"""Propose lines, exits, horizons and exemptions by category, from a history and from what people said of alerts.

    propose(history, policy, Asked(...)) -> Tuning           choose on the first part of a history
    tune(history, policy, "policy.yaml", Asked(...))         the same, then judge on the rest: nothing changes by itself
    written.written(tuning, text, tell)                      the policy file, with a reason above each value
    review.review(warehouse)                                 whether the promise of an applied policy held

    parts                        the time: what chooses, what measures, what judges
    alerts, figures, groups      a replay reduced to the figures of each group of SKUs in each part
    feedback                     what people said of alerts
    changes, replays, choosing   what is tried, everywhere at once; which change each group takes
    proposal, written, document  the layers, the policy file, `tune.json`
    review                       the promise against the ledger

The part that judges is replayed only after everything is chosen. A person puts the policy in force: `lowtide policy apply`.
"""

from lowtide.tune.tune import Asked, Tuning, propose, tune

__all__ = ["Asked", "Tuning", "propose", "tune"]
