"""Documents become rows: each reader turns one document into lines of JSON, and knows nothing of stock.

    rows_of(Path("stock.xlsx"), Reading(format="xlsx"), name="stock.xlsx") -> b'{"_line":2,"SKU":"00123",...}\n...'

A row is one JSON object with all its columns by name, all of them texts, and `_line`: the line, record or segment of the
document where it begins, from 1. What could not be made into a row is `{"_line", "_reject", "_message", "_raw"}` in its
place: code, sentence, and the bytes in base64. A document that breaks off ends with such a row. An absent column is absent;
only a spreadsheet has an empty text for an empty cell, so that each of its rows has all columns of the header.

    documents   the door: a format chooses a reader
    workbook    xlsx, xls and ods, in a child process with limits (`workbook_child`, `archive`, `formula_errors`, `cells`)
    edi         X12 and EDIFACT                epcis       EPCIS 2.0 in JSON
    xml         POSLog, and XML of any shape   json_depth  how deep JSON stands in itself
    rows        rows and rejects as lines      source      bytes and text of a document in pieces

docs/readers.md says which columns each of them gives to a map.
"""

from lowtide.readers.documents import FORMATS, rows_of
from lowtide.readers.reading import BadDocument, Reading

__all__ = ["FORMATS", "BadDocument", "Reading", "rows_of"]
