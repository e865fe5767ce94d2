"""Files become one ordered partition of blocks, and nothing that a file can hold stops the run.

    read(resolve("returns.csv")) -> Block("csv_header", …), Block("csv", …, 903)

    address     a path or `-` -> items to read, in order; only here is an error raised
    files       items -> blocks
    stream      a file -> chunks of bytes, decompressed
    lines       chunks -> blocks of n lines            csv_lines  chunks -> blocks of n CSV records
    parquet     a Parquet file -> batches
    feed        blocks as a log that can be read again; a topic's partition is a feed too
    fingerprint how a file is recognised by a later run
    movement    the fields and kinds of a movement, by their names on the wire

What cannot be handed on (the rest of a damaged file, a file of an unknown kind) is an `unreadable` block in
its place, which becomes a reject like any bad record.
"""

from lowtide.sources.address import Item, resolve
from lowtide.sources.block import Block, Progress, Unreadable
from lowtide.sources.feed import Feed
from lowtide.sources.files import fingerprints, read, size_of

__all__ = [
    "Block",
    "Feed",
    "Item",
    "Progress",
    "Unreadable",
    "fingerprints",
    "read",
    "resolve",
    "size_of",
]
