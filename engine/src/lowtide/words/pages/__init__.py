"""The words of the pages that look at figures, people and rules: one table a page."""

from __future__ import annotations

from lowtide.words.pages.account import ACCOUNT
from lowtide.words.pages.audit import AUDIT
from lowtide.words.pages.calibration import CALIBRATION
from lowtide.words.pages.common import COMMON
from lowtide.words.pages.heatmap import HEATMAP
from lowtide.words.pages.help import HELP_PAGE
from lowtide.words.pages.kpi import KPI
from lowtide.words.pages.messages import MESSAGES
from lowtide.words.pages.people import PEOPLE
from lowtide.words.pages.policy import POLICY
from lowtide.words.pages.signs import SIGNS
from lowtide.words.pages.silences import SILENCES
from lowtide.words.pages.suppliers import SUPPLIERS
from lowtide.words.pages.trends import TRENDS

PAGES = (
    COMMON, HEATMAP, TRENDS, KPI, SIGNS, SUPPLIERS,
    CALIBRATION, SILENCES, PEOPLE, MESSAGES, POLICY, HELP_PAGE, AUDIT, ACCOUNT,
)  # fmt: skip
