"""What is known about SKUs, places, suppliers and lanes between places: tables with a header that people keep.

    table      a file -> columns of text, whatever its encoding and delimiter; Parquet too
    layout     columns of text -> a checked batch; a mistake names file, line and column
    files      the four files: which columns each of them has
    unknown    SKUs of movements that the catalogue does not have, and why that may be

>>> batch = load_catalogue("items.csv")                                                     # doctest: +SKIP
"""

from lowtide.catalogue.files import load_catalogue, load_files, load_locations
from lowtide.catalogue.unknown import UnknownSkus, unknown_skus

__all__ = ["UnknownSkus", "load_catalogue", "load_files", "load_locations", "unknown_skus"]
