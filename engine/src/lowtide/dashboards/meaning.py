"""What the probability of a chart means: the sentence that stands beside every chart of it, in each language."""

from __future__ import annotations

from lowtide.words import LANGUAGES, Language

P_MEANS = " ".join(Language(lang).say("calibration.means") for lang in LANGUAGES)
