"""The glossary: every term on a page and in a message, in the words of somebody who is new.

The Help page and `docs/glossary.md` are both made of it, so they cannot differ. Write the documents anew with

    python -m lowtide.words.glossary en > docs/glossary.md
    python -m lowtide.words.glossary zh > docs/zh/glossary.md
"""

from __future__ import annotations

from lowtide.words.glossary.alerts import ALERTS
from lowtide.words.glossary.figures import FIGURES
from lowtide.words.glossary.people import PEOPLE
from lowtide.words.glossary.proposals import PROPOSALS
from lowtide.words.glossary.signs import SIGNS
from lowtide.words.glossary.stock import STOCK
from lowtide.words.glossary.term import Term

GROUPS: dict[str, tuple[Term, ...]] = {
    "stock": STOCK, "alerts": ALERTS, "signs": SIGNS, "people": PEOPLE, "proposals": PROPOSALS, "figures": FIGURES,
}  # fmt: skip
"""The terms by subject, in the order in which they are explained."""
TERMS: dict[str, Term] = {term.key: term for group in GROUPS.values() for term in group}
_HEADS: dict[str, tuple[str, str]] = {
    "glossary": ("Glossary", "词汇表"),
    "glossary.lead": (
        "The words of Lowtide's pages and messages, and what they mean.",
        "Lowtide 页面和消息中的用语及其含义。",
    ),
    "glossary.term": ("Term", "用语"),
    "glossary.other": ("In Chinese", "英文"),
    "glossary.means": ("What it means", "含义"),
    "glossary.stock": ("Stock and supply", "库存与供货"),
    "glossary.alerts": ("Alerts", "告警"),
    "glossary.signs": ("Signs", "征兆"),
    "glossary.people": ("People and messages", "人员与消息"),
    "glossary.proposals": ("Proposals", "建议单"),
    "glossary.figures": ("Figures and charts", "指标与图表"),
}
GLOSSARY: dict[str, tuple[str, str]] = (
    _HEADS
    | {f"term.{key}": (term.english, term.chinese) for key, term in TERMS.items()}
    | {f"term.{key}.means": (term.meaning, term.meaning_chinese) for key, term in TERMS.items()}
)

__all__ = ["GLOSSARY", "GROUPS", "TERMS", "Term"]
