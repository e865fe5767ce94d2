"""The journal: an append-only log on disk, with one writer and any number of readers.

frame       the bytes, drawn          folder      what lies where           listing     what is in it, is it whole
document    rows on their way in      writer      group commit              disk        the file that grows
recovery    a torn end                reader      frames from a place on    known       files that came before
readers     how far runs have come    feed        the journal as a log of a run
"""

from lowtide.intake.journal.document import Body, Document, RowTooLong, bodies_of, document_hash, map_hash
from lowtide.intake.journal.folder import LOG, JournalFolder
from lowtide.intake.journal.frame import LAST_ROWS, NO_MAP, ROWS, WATERMARK, Frame
from lowtide.intake.journal.reader import JournalReader, frames
from lowtide.intake.journal.writer import MAX_WAITING, Journal, Receipt

__all__ = [
    "LAST_ROWS",
    "LOG",
    "MAX_WAITING",
    "NO_MAP",
    "ROWS",
    "WATERMARK",
    "Body",
    "Document",
    "Frame",
    "Journal",
    "JournalFolder",
    "JournalReader",
    "Receipt",
    "RowTooLong",
    "bodies_of",
    "document_hash",
    "frames",
    "map_hash",
]
