"""How far each table has been read: a frame of the journal behind the rows that it covers.

    {"table":"stock-moves","mode":"postgres","watermark":{"transaction":81204,"server":"7301…","table_made":"16402"}}

It is written after the rows, so a crash between the two reads rows again and never skips one.
"""

from __future__ import annotations

import orjson

from lowtide.intake.journal import WATERMARK, Document, JournalFolder, document_hash, frames
from lowtide.intake.tables.modes import Watermark
from lowtide.intake.tables.settings import Table


def watermark_document(table: Table, watermark: Watermark) -> Document:
    """The document that says how far a table has been read."""
    line = orjson.dumps({"table": table.name, "mode": table.mode, "watermark": watermark})
    return Document.watermark(document_hash(line), line + b"\n")


def last_watermarks(folder: JournalFolder) -> dict[tuple[str, str], Watermark]:
    """The last watermark of each table by name and mode. Raises InputError where the journal is damaged."""
    found: dict[tuple[str, str], Watermark] = {}
    for frame in frames(folder):
        if frame.kind == WATERMARK:
            said = orjson.loads(frame.body)
            found[said["table"], said["mode"]] = said["watermark"]
    return found
