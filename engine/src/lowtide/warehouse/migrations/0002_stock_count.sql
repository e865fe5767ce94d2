-- What was counted, what the record said at that moment, and the difference.

CREATE TABLE IF NOT EXISTS {local}.stock_count {on_cluster}
(
    pipeline LowCardinality(String) COMMENT 'Name of the pipeline',
    partition LowCardinality(String) COMMENT 'Source partition',
    offset UInt64 COMMENT 'Number of the count in its partition: the version of the row',
    location LowCardinality(String) COMMENT 'Store, warehouse or shelf',
    sku String COMMENT 'Stock keeping unit' CODEC(ZSTD(1)),
    event_time DateTime64(3, 'UTC') COMMENT 'When it was counted' CODEC(Delta, ZSTD(1)),
    quantity Decimal(18, 3) COMMENT 'Units counted',
    recorded Decimal(18, 3) COMMENT 'Units the record had at that time',
    variance Decimal(18, 3) COMMENT 'quantity less recorded',
    mark LowCardinality(String) COMMENT 'applied; older: than the latest count, without effect; out_of_window: applied as of the clock',
    source LowCardinality(String) COMMENT 'Source of the count',
    id String COMMENT 'Id of the count in its source' CODEC(ZSTD(1))
)
ENGINE = {replicated}ReplacingMergeTree(offset)
ORDER BY (pipeline, location, sku, event_time, source, id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
COMMENT 'Stock counts and their variance';
