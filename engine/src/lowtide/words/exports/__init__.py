"""The words of other systems: how their exports call columns, kinds, units and places. `lowtide map guess` reads by them."""

from lowtide.words.exports.columns import BARCODE_WORDS, CODE_WORDS, COLUMN_WORDS
from lowtide.words.exports.kinds import KIND_WORDS, SAP_KINDS, TOTAL_WORDS, UNDONE_WORDS, WAITING_WORDS
from lowtide.words.exports.places import CUSTOMER_PLACES, LOSS_PLACES, SUPPLIER_PLACES
from lowtide.words.exports.units import PIECE_WORDS

__all__ = [
    "BARCODE_WORDS",
    "CODE_WORDS",
    "COLUMN_WORDS",
    "CUSTOMER_PLACES",
    "KIND_WORDS",
    "LOSS_PLACES",
    "PIECE_WORDS",
    "SAP_KINDS",
    "SUPPLIER_PLACES",
    "TOTAL_WORDS",
    "UNDONE_WORDS",
    "WAITING_WORDS",
]
