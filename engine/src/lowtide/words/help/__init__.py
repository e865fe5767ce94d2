"""The help of the commands in Chinese, by the English sentence that stands beside the command or the option.

So an option is described where it is written, and nobody has to keep two English sentences alike.
"""

from __future__ import annotations

from lowtide.words.help.acting import ACT
from lowtide.words.help.backtest import BACKTEST
from lowtide.words.help.data import DATA
from lowtide.words.help.desk import DESK
from lowtide.words.help.frame import FRAME
from lowtide.words.help.intake import INTAKE
from lowtide.words.help.learning import LEARN
from lowtide.words.help.looking import LOOK
from lowtide.words.help.mapping import MAP
from lowtide.words.help.operating import OPERATE
from lowtide.words.help.people import PEOPLE
from lowtide.words.help.running import RUN
from lowtide.words.help.shop import SHOP
from lowtide.words.help.topic import TOPIC
from lowtide.words.help.tune import TUNE

HELP: dict[str, str] = (
    FRAME
    | RUN
    | BACKTEST
    | TUNE
    | LOOK
    | ACT
    | DATA
    | MAP
    | INTAKE
    | LEARN
    | OPERATE
    | DESK
    | PEOPLE
    | SHOP
    | TOPIC
)
