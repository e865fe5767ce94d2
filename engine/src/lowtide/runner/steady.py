"""A log whose records do not change the policy, for a replay that tries one policy throughout.

A record of the kind `policy` becomes one of an unknown kind, of the same length: it is a reject, and nothing else moves. An
export is made steady before it is sorted (`Sorting.through`). Tables (CSV, Parquet) hold no policies and stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from lowtide.sources import Block, Feed

_POLICY = re.compile(rb'("kind"\s*:\s*)"policy"')
_OTHER = rb'\1"polixy"'


class SteadyFeed(Feed):
    """A feed whose records do not change the policy; its maps and its order are those of the other."""

    def __init__(self, feed: Feed) -> None:
        super().__init__(steady(feed))
        self.order, self.map, self.maps, self.changes = feed.order, feed.map, feed.maps, feed.changes


def steady(blocks: Iterable[Block]) -> Iterator[Block]:
    """The same blocks without changes of the policy. Inputs and heartbeats stay."""
    for block in blocks:
        if block.kind == "lines" and b'"policy"' in block.bytes:
            yield replace(block, data=_POLICY.sub(_OTHER, block.bytes))
        elif block.kind == "messages" and b'"policy"' in block.messages.data:
            data = _POLICY.sub(_OTHER, block.messages.data)
            yield replace(block, data=block.messages._replace(data=data))
        elif block.kind == "framed" and b'"policy"' in block.framed.data:
            data = _POLICY.sub(_OTHER, block.framed.data)
            yield replace(block, data=block.framed._replace(data=data))
        else:
            yield block
