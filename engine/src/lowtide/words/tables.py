"""All tables of words as one; each key is in one of them.

The words of a page stand in a module of its own, `page_NAME.py`, as `WORDS`; it is found by its name.
"""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path

from lowtide.words.alerts import ALERTS
from lowtide.words.answer import ANSWER
from lowtide.words.backtest import BACKTEST
from lowtide.words.calibration import CALIBRATION
from lowtide.words.desk import DESK
from lowtide.words.doctor import DOCTOR
from lowtide.words.estimate import ESTIMATE
from lowtide.words.explanation import EXPLANATION, HEADINGS
from lowtide.words.folders import FOLDERS
from lowtide.words.glossary import GLOSSARY
from lowtide.words.intake import INTAKE
from lowtide.words.learning import LEARNING
from lowtide.words.lists import LISTS
from lowtide.words.map_check import MAP_CHECK
from lowtide.words.map_guess import MAP_GUESS
from lowtide.words.messages import MESSAGES
from lowtide.words.pages import PAGES
from lowtide.words.people import PEOPLE
from lowtide.words.position import POSITION
from lowtide.words.proposal import PROPOSAL
from lowtide.words.proposing import PROPOSING
from lowtide.words.rejects import REJECTS
from lowtide.words.report.figures import FIGURES, NEXT
from lowtide.words.report.page import ABOUT, PAGE
from lowtide.words.report.sections import COLUMNS, SECTIONS
from lowtide.words.review import REVIEW
from lowtide.words.run import RUN
from lowtide.words.shop import SHOP
from lowtide.words.signs import SIGNS
from lowtide.words.simulate import SIMULATE
from lowtide.words.topic import TOPIC
from lowtide.words.tune import TUNE
from lowtide.words.units import UNITS
from lowtide.words.web import WEB

_PAGES: tuple[dict[str, tuple[str, str]], ...] = tuple(
    importlib.import_module(f"lowtide.words.{found.name}").WORDS
    for found in pkgutil.iter_modules([str(Path(__file__).parent)])
    if found.name.startswith("page_")
)
TABLES = (
    ALERTS,
    ANSWER,
    BACKTEST,
    CALIBRATION,
    DESK,
    DOCTOR,
    ESTIMATE,
    EXPLANATION,
    HEADINGS,
    FOLDERS,
    GLOSSARY,
    INTAKE,
    LEARNING,
    LISTS,
    MAP_CHECK,
    MAP_GUESS,
    MESSAGES,
    *PAGES,
    PEOPLE,
    POSITION,
    PROPOSAL,
    PROPOSING,
    REJECTS,
    REVIEW,
    RUN,
    SHOP,
    SIGNS,
    TOPIC,
    TUNE,
    SIMULATE,
    UNITS,
    WEB,
    PAGE,
    ABOUT,
    FIGURES,
    NEXT,
    SECTIONS,
    COLUMNS,
    *_PAGES,
)
TEXT: dict[str, tuple[str, str]] = {key: texts for table in TABLES for key, texts in table.items()}
"""What each key says, by language."""
