"""The glossary as a Markdown document."""

from __future__ import annotations

from lowtide.words.glossary import GROUPS
from lowtide.words.language import Language


def document(tell: Language) -> str:
    """All terms by subject: a heading a subject, and a table of the terms with what they mean."""
    both = Language("en" if tell.lang == "zh" else "zh")
    lines = [f"# {tell.say('glossary')}", "", tell.say("glossary.lead")]
    for group, terms in GROUPS.items():
        heads = [tell.say("glossary.term"), tell.say("glossary.other"), tell.say("glossary.means")]
        lines += ["", f"## {tell.say(f'glossary.{group}')}", "", f"| {' | '.join(heads)} |", "|---|---|---|"]
        for term in terms:
            said, other = tell.say(f"term.{term.key}"), both.say(f"term.{term.key}")
            lines.append(f"| **{said}** | {other} | {tell.say(f'term.{term.key}.means')} |")
    return "\n".join(lines) + "\n"
