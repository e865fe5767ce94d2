"""Every sentence that people read, in English and in Chinese; numbers and dates as a reader of each writes them.

A table a subject: a key, and what it says in each language, in the order of `LANGUAGES`. What a sentence needs is in braces;
all languages need the same. A third language is one more column. `Language` looks the keys up:

    >>> Language("zh").word("severity", "critical"), Language("en").say("in_days", n=3)
    ('紧急', 'in 3 days')
"""

from lowtide.words.language import LANGUAGES, Lang, Language

__all__ = ["LANGUAGES", "Lang", "Language"]
