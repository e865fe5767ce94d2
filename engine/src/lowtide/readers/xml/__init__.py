"""XML as a stream: POSLog and documents of any other shape, within limits that no document can break.

elements    bytes -> starts and ends of elements; document types, entities and depth end it
spool       rows are kept until the document is whole, because nothing of a refused one is used
poslog      transactions -> a row for each line item
records     the elements that a map names -> a row each
"""

from lowtide.readers.xml.poslog import poslog_rows
from lowtide.readers.xml.records import record_rows

__all__ = ["poslog_rows", "record_rows"]
