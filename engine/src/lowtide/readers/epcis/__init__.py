"""EPCIS 2.0 in JSON and JSON-LD: each event becomes one row for each class of goods in it.

documents    a document, a query result, an event, a list or lines of them -> events
identifiers  URIs and Digital Links -> GTIN-14, GLN, short names
goods        the lists of an event -> classes with quantities
events       an event -> rows
plain        the same for the common event, on a short way
"""

from lowtide.readers.epcis.documents import epcis_rows

__all__ = ["epcis_rows"]
