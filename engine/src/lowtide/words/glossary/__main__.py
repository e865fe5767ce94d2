"""Print the glossary as a document: `python -m lowtide.words.glossary [en|zh]`."""

from __future__ import annotations

import sys

from lowtide.words.glossary.document import document
from lowtide.words.language import Language

if __name__ == "__main__":
    sys.stdout.write(document(Language("zh" if sys.argv[1:] == ["zh"] else "en")))
