"""All tables of words as one; each key is in one of them."""

from __future__ import annotations

from lowtide.words.alerts import ALERTS
from lowtide.words.answer import ANSWER
from lowtide.words.calibration import CALIBRATION
from lowtide.words.desk import DESK
from lowtide.words.doctor import DOCTOR
from lowtide.words.estimate import ESTIMATE
from lowtide.words.explanation import EXPLANATION, HEADINGS
from lowtide.words.folders import FOLDERS
from lowtide.words.intake import INTAKE
from lowtide.words.learning import LEARNING
from lowtide.words.lists import LISTS
from lowtide.words.map_check import MAP_CHECK
from lowtide.words.map_guess import MAP_GUESS
from lowtide.words.messages import MESSAGES
from lowtide.words.people import PEOPLE
from lowtide.words.position import POSITION
from lowtide.words.rejects import REJECTS
from lowtide.words.report.figures import FIGURES, NEXT
from lowtide.words.report.page import ABOUT, PAGE
from lowtide.words.report.sections import COLUMNS, SECTIONS
from lowtide.words.review import REVIEW
from lowtide.words.run import RUN
from lowtide.words.units import UNITS

TABLES = (
    ALERTS,
    ANSWER,
    CALIBRATION,
    DESK,
    DOCTOR,
    ESTIMATE,
    EXPLANATION,
    HEADINGS,
    FOLDERS,
    INTAKE,
    LEARNING,
    LISTS,
    MAP_CHECK,
    MAP_GUESS,
    MESSAGES,
    PEOPLE,
    POSITION,
    REJECTS,
    REVIEW,
    RUN,
    UNITS,
    PAGE,
    ABOUT,
    FIGURES,
    NEXT,
    SECTIONS,
    COLUMNS,
)
TEXT: dict[str, tuple[str, str]] = {key: texts for table in TABLES for key, texts in table.items()}
"""What each key says, by language."""
