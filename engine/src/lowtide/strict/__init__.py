"""What all files that people write have in common: strict YAML, patterns of which the more specific wins, and durations.

text       YAML in which each value keeps its line and column
match      patterns, and which of two layers or routes is the more specific
duration   `7d`, `72h`, `1d12h`
"""

from lowtide.strict.match import fits, matches, specificity
from lowtide.strict.text import Document, Path, Place, YamlFault, composed, document, plain

__all__ = [
    "Document",
    "Path",
    "Place",
    "YamlFault",
    "composed",
    "document",
    "fits",
    "matches",
    "plain",
    "specificity",
]
