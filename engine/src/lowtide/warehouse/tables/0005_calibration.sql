-- What was said about a sample of positions at every midnight, so that it can be judged whether it came true.

CREATE TABLE IF NOT EXISTS {local}.calibration_day {on_cluster} (
    pipeline LowCardinality(String) COMMENT 'Name of the pipeline',
    partition LowCardinality(String) COMMENT 'Source partition that holds the movements of the position',
    offset UInt64 COMMENT 'Number of the last record that was read before the midnight: the version of the row',
    location LowCardinality(String) COMMENT 'Store, warehouse or shelf',
    sku String COMMENT 'Stock keeping unit' CODEC(ZSTD(1)),
    day Date32 COMMENT 'Day that begins at the midnight, in the time zone of the position' CODEC(Delta, ZSTD(1)),
    midnight DateTime64(3, 'UTC') DEFAULT toDateTime64(day, 3, 'UTC') COMMENT 'The midnight at which the day begins; the horizon is counted from it' CODEC(Delta, ZSTD(1)),
    p_stockout Float64 COMMENT 'Chance of an empty shelf before the horizon ends, as it was said at that midnight; six decimals' CODEC(ZSTD(1)),
    available Decimal(18, 3) COMMENT 'Units available at that midnight: more than 0, since an empty shelf needs no forecast' CODEC(ZSTD(1)),
    horizon_days UInt16 COMMENT 'Days of the horizon of this p_stockout',
    planned Bool COMMENT 'Whether somebody plans the position: it was ordered for, or received something after its first count',
    policy_version LowCardinality(String) COMMENT 'Policy in force; its text is in policy_version',
    inputs_version LowCardinality(String) COMMENT 'Inputs in force, by hash; empty for none'
) ENGINE = {replicated}ReplacingMergeTree(offset)
ORDER BY (pipeline, location, sku, day)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
COMMENT 'One row a sampled position and midnight: the chance that was said then. A row is never changed afterwards';
