"""Each action of a person on an alert is a separate entry; the result of the core never depends on it.

`life` is the life of an alert in people's hands, pure; `act` reads an alert, asks `life`, and writes the entry.
"""

from lowtide.actions.act import ActionResult, act, act_many, actions_of
from lowtide.actions.life import VERBS, Action, Standing, fold

__all__ = ["VERBS", "Action", "ActionResult", "Standing", "act", "act_many", "actions_of", "fold"]
