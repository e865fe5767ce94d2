"""Each action of a person on an alert is a separate entry; the result of the core never depends on it.

`life` is the life of an alert in people's hands, pure; `act` reads an alert, asks `life`, and writes the entry; `snooze`
writes until when a person does not want to be told; `rows` are their entries as rows of the ledger.
"""

from lowtide.actions.act import ActionResult, act, act_many, action_of, actions_of
from lowtide.actions.life import VERBS, Action, Standing, fold
from lowtide.actions.snooze import Snooze, snooze_many

__all__ = [
    "VERBS", "Action", "ActionResult", "Snooze", "Standing", "act", "act_many", "action_of", "actions_of", "fold",
    "snooze_many",
]  # fmt: skip
