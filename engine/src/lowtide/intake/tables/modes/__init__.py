"""How a table is read from where it was read last: one file a mode, each with the watermark that no late commit can pass."""

from __future__ import annotations

from lowtide.intake.tables.modes.lookback import lookback
from lowtide.intake.tables.modes.postgres import postgres
from lowtide.intake.tables.modes.rowversion import rowversion
from lowtide.intake.tables.modes.whole import whole
from lowtide.intake.tables.modes.window import Mode, Watermark, Window
from lowtide.intake.tables.settings import ModeName

MODES: dict[ModeName, Mode] = {
    "postgres": postgres,
    "rowversion": rowversion,
    "lookback": lookback,
    "whole": whole,
}

__all__ = ["MODES", "Mode", "Watermark", "Window"]
