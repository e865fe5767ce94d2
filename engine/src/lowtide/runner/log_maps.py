"""The maps with which a log is read: the state keeps them, and says from which record on each of them holds."""

from __future__ import annotations

from lowtide.core import Log, Mapping, mapping_of
from lowtide.operation.log import logger
from lowtide.runner.plan import Plan


def map_hashes(log: Log) -> list[str]:
    """The hash of the map of each file of a log, or of the one of a topic; empty: it is read as movements."""
    feed = log.feed
    return [_hash(mapping_of(map_)) for map_ in ([feed.map] if feed.map is not None else feed.maps)]


def note_maps(plan: Plan, log: Log) -> None:
    """Keeps in the state of a log with which maps it is read from here on, and the maps themselves.

    A log that goes on with other maps than before says so.
    """
    maps = [log.feed.map] if log.feed.map is not None else log.feed.maps
    hashes = [] if not any(maps) else list(dict.fromkeys(map_hashes(log)))
    if plan.state is not None:
        for map_ in maps:
            if map_ is not None:
                plan.state.keep_map(_hash(mapping_of(map_)), map_.document)
    first = log.partition.offset if log.feed.fingerprints else log.partition.next_message
    if log.partition.note_maps(hashes, first):
        log.map_changed_at = first
        names = ", ".join(dict.fromkeys("none" if map_ is None else map_.name for map_ in maps)) or "none"
        logger("run").warning("map_changed", log=log.name, map=names, first=first)


def _hash(mapping: Mapping | None) -> str:
    return "" if mapping is None else mapping.hash
