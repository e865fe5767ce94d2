"""The help: ten minutes of training, what to do for each type of alert, the keys, questions, and the glossary."""

from __future__ import annotations

from lowtide.ledger import TYPES
from lowtide.page.ask import Answer, Ask, Html, Page
from lowtide.words.glossary import GROUPS
from lowtide.words.pages.help import KEYS, QUESTIONS, TRAINING


def view(ask: Ask) -> Answer:
    """All of it on one page, so that a browser can search it; each term has its own address `/help#KEY`."""
    lists = ask.context.book().checklists
    lang = ask.language.lang
    other = "en" if lang == "zh" else "zh"
    own = {name: lists.get(f"{name}.{lang}") or lists.get(f"{name}.{other}", "") for name in TYPES}
    return Html("help", {
        "training": TRAINING, "questions": QUESTIONS, "keys": KEYS, "types": TYPES, "own": own,
        "groups": {group: [term.key for term in terms] for group, terms in GROUPS.items()},
        "beside": {term.key: term.english if lang == "zh" else term.chinese for terms in GROUPS.values() for term in terms},
        "beside_lang": "en" if lang == "zh" else "zh-CN",
    })  # fmt: skip


PAGES = (Page("/help", "help", view),)
