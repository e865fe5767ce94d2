"""A movement of kind `inputs` says from which record on a set of inputs holds.

>>> inputs_record("3f1c0a7be882", "1")[:56]
b'{"id":"3f1c0a7be882/1","source":"lowtide","kind":"inputs'
"""

from __future__ import annotations

import orjson


def inputs_record(version: str, place: str, at: str = "2000-01-01T00:00:00Z") -> bytes:
    """A movement of kind `inputs`: the set with this hash holds from this record on.

    `place` makes each use of a set a different record, because a record that comes twice counts once. The default event
    time does not move the clock. Its files must lie under `--inputs DIR/HASH` of every run that reads the record.
    """
    record = {
        "id": f"{version}/{place}",
        "source": "lowtide",
        "kind": "inputs",
        "event_time": at,
        "ref": version,
    }
    return orjson.dumps(record)
