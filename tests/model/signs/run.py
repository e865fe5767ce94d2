"""A whole log under the signs."""

import json

from tests.model.log import Log
from tests.model.signs.shelf import Shelf
from tests.model.signs.values import Values


def entries(records: list[dict], values: Values) -> list:
    """What the model tells of these records in this order of arrival."""
    told: list = []
    log = Log(values.stock, watch=lambda position: Shelf(values, position, told))
    for offset, record in enumerate(records):
        log.line(offset, json.dumps(record, ensure_ascii=False).encode())
    log.finish()
    return told
