"""Every word of the page, by key and language, so that the two languages say the same.

What a sentence needs is in braces; both languages need the same. The keys say where a word stands on the page.
"""

from __future__ import annotations

from lowtide.words.explanation import Lang
from lowtide.words.report.figures import FIGURES, NEXT
from lowtide.words.report.page import ABOUT, PAGE, STATES, UNITS
from lowtide.words.report.sections import COLUMNS, SECTIONS

TEXT: dict[str, dict[Lang, str]] = {
    key: {"en": english, "zh": chinese}
    for part in (PAGE, UNITS, FIGURES, SECTIONS, COLUMNS, STATES, NEXT, ABOUT)
    for key, (english, chinese) in part.items()
}
