"""`supply_event` holds each promise and each arrival once, whatever happened to the order later."""

from __future__ import annotations

from lowtide.runner.replay import replay_lines

LOG = b"""\
{"id":"1","source":"erp","kind":"order","sku":"A","location":"1","quantity":40,"ref":"PO1","event_time":"2026-03-02T08:00:00Z"}
{"id":"2","source":"erp","kind":"order","sku":"A","location":"1","quantity":60,"ref":"PO1","due":"2026-03-11T08:00:00Z","event_time":"2026-03-02T09:00:00Z"}
{"id":"3","source":"erp","kind":"shipment","sku":"A","location":"1","quantity":60,"ref":"PO1","event_time":"2026-03-03T08:00:00Z"}
{"id":"4","source":"wms","kind":"receipt","sku":"A","location":"1","quantity":"12.5","ref":"PO1","event_time":"2026-03-05T08:00:00Z"}
{"id":"4","source":"wms","kind":"receipt","sku":"A","location":"1","quantity":"12.5","ref":"PO1","event_time":"2026-03-05T08:00:00Z"}
{"id":"5","source":"wms","kind":"receipt","sku":"A","location":"1","quantity":3,"event_time":"2026-03-05T09:00:00Z"}
{"id":"6","source":"wms","kind":"transfer_in","sku":"A","location":"1","quantity":1,"ref":"T9","event_time":"2026-03-05T10:00:00Z"}
{"id":"7","source":"erp","kind":"order","sku":"A","location":"1","quantity":0,"ref":"PO1","event_time":"2026-03-06T08:00:00Z"}
"""


def test_orders_shipments_and_receipts_are_told_with_what_was_promised():
    told = [
        (row["offset"], row["kind"], row["ref"], row["quantity"], row["due"] and row["due"][:16])
        for row in replay_lines(LOG, block_records=3).supply_events
    ]
    assert told == [
        (0, "order", "PO1", "40", "2026-03-09T08:00"),  # no due: the policy's seven days
        (1, "order", "PO1", "60", "2026-03-11T08:00"),
        (2, "shipment", "PO1", "60", None),
        (3, "receipt", "PO1", "12.5", None),  # the repeated one and the one without a reference are none
        (6, "transfer_in", "T9", "1", None),
        (7, "order", "PO1", "0", "2026-03-13T08:00"),
    ]
