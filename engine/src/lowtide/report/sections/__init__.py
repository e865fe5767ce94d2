"""The sections of the page, in the order in which an owner of a shop asks."""

from __future__ import annotations

from lowtide.report.answers import Answers
from lowtide.report.sections import alerts, calibration, stock, trust
from lowtide.report.sections.parts import Section
from lowtide.words import Language

ORDER = (
    alerts.worst, alerts.opened, alerts.where, stock.health, stock.dead, stock.suppliers, trust.load,
    calibration.believed, trust.quality,
)  # fmt: skip


def sections(answers: Answers, tell: Language) -> list[Section]:
    """Every section, also those that have nothing to show: they say why."""
    return [section(answers, tell) for section in ORDER]
