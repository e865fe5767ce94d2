"""X12 and EDIFACT: one splitter, one way from segments to rows, two books of what the sets hold.

segments    text -> segments, by the delimiters that the document states
columns     the segments of a loop -> columns by number and by qualifier
loops       the segments of a set -> rows
x12, edifact  envelopes, their counts, and the sets that are read
"""

from lowtide.readers.edi.edifact import edifact_rows
from lowtide.readers.edi.x12 import x12_rows

__all__ = ["edifact_rows", "x12_rows"]
