-- What was promised and what came, so that suppliers can be compared.

CREATE TABLE IF NOT EXISTS {local}.supply_event {on_cluster}
(
    pipeline LowCardinality(String) COMMENT 'Name of the pipeline',
    partition LowCardinality(String) COMMENT 'Source partition',
    offset UInt64 COMMENT 'Number of the record in its partition: later rows of an order hold',
    location LowCardinality(String) COMMENT 'Store, warehouse or shelf',
    sku String COMMENT 'Stock keeping unit' CODEC(ZSTD(1)),
    ref String COMMENT 'Purchase or transfer order' CODEC(ZSTD(1)),
    kind LowCardinality(String) COMMENT 'order, shipment, receipt or transfer_in',
    event_time DateTime64(3, 'UTC') COMMENT 'When it happened' CODEC(Delta, ZSTD(1)),
    quantity Decimal(18, 3) COMMENT 'Units ordered, shipped or received; an order of 0 is cancelled',
    due Nullable(DateTime64(3, 'UTC')) COMMENT 'Promised time: of an order always (event_time and lead time where the record has none), of a shipment where it says one' CODEC(ZSTD(1))
)
ENGINE = {replicated}ReplacingMergeTree
ORDER BY (pipeline, location, sku, ref, partition, offset)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
COMMENT 'Orders, shipments and receipts that name an order, one row each';
