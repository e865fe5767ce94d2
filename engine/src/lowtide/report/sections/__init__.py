"""The sections of the page, in the order in which an owner of a shop asks."""

from __future__ import annotations

from collections.abc import Callable

from lowtide.report.answers import Answers
from lowtide.report.sections import alerts, calibration, signs, stock, trust
from lowtide.report.sections.parts import Section
from lowtide.words import Language

ORDER: tuple[Callable[[Answers, Language], Section | None], ...] = (
    signs.feeds, alerts.worst, signs.counting, signs.slips, alerts.opened, alerts.where, stock.health, signs.at_rest,
    stock.dead, stock.suppliers, trust.load,
    calibration.believed, trust.quality,
)  # fmt: skip


def sections(answers: Answers, tell: Language) -> list[Section]:
    """Every section, also those that have nothing to show: they say why. Those of signs stand only where one is open."""
    made = (section(answers, tell) for section in ORDER)
    return [section for section in made if section is not None]
