-- Stock and demand of every position, and the counts and orders behind them.

-- FINAL is quickest on a single part. After a large load the positions lie in several large parts, which ClickHouse does not merge by
-- size; the last settings merge them as soon as all parts are older than a minute.
CREATE TABLE IF NOT EXISTS {local}.position {on_cluster} (
    pipeline LowCardinality(String) COMMENT 'Name of the pipeline',
    partition LowCardinality(String) COMMENT 'Source partition that holds the movements of the position',
    offset UInt64 COMMENT 'Number of the last record that touched the position',
    version UInt64 COMMENT 'The row with the highest holds: offset × 2^20, and how often time or a policy changed the position or its alerts since',
    location LowCardinality(String) COMMENT 'Store, warehouse or shelf',
    sku String COMMENT 'Stock keeping unit' CODEC(ZSTD(1)),
    on_hand Decimal(18, 3) COMMENT 'Units on hand',
    allocated Decimal(18, 3) COMMENT 'Units reserved',
    held Decimal(18, 3) COMMENT 'Units on hold',
    available Decimal(18, 3) COMMENT 'Units on hand less allocated and held',
    on_order Decimal(18, 3) COMMENT 'Units of open supply',
    in_transit Decimal(18, 3) COMMENT 'Units of open supply on their way',
    over_released Decimal(18, 3) COMMENT 'Units released or unreserved that were not on hold or reserved',
    over_received Decimal(18, 3) COMMENT 'Units received beyond what was ordered, where an order is known',
    last_event_time DateTime64(3, 'UTC') COMMENT 'Latest event time of the position' CODEC(Delta, ZSTD(1)),
    demand_mean Array(Float32) COMMENT 'Units expected to be sold from the start of the day of the last record to the end of that day, of the next, and so on: as far as the horizon and the lead time' CODEC(ZSTD(1)),
    demand_variance Array(Float32) COMMENT 'The variance of each of them' CODEC(ZSTD(1)),
    lead_time_days Float32 COMMENT 'Lead time by the policy, in days',
    safety_stock Decimal(18, 3) COMMENT 'Safety stock for the service level of the policy, over lead time and review period, in units',
    reorder_point Decimal(18, 3) COMMENT 'Mean demand over lead time and review period, and safety stock; whether or not the policy has alerts of it',
    atp_day Array(Date) COMMENT 'Days of available to promise: the day of the last record, and each later one on which supply is due',
    atp Array(Decimal(18, 3)) COMMENT 'Available to promise, discrete: what is available, then what is due on each of those days',
    atp_cumulative Array(Decimal(18, 3)) COMMENT 'Available to promise, cumulative: up to each of those days'
) ENGINE = {replicated}ReplacingMergeTree(version)
ORDER BY (pipeline, location, sku)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1,
    min_age_to_force_merge_seconds = 60, min_age_to_force_merge_on_partition_only = 1
COMMENT 'Stock of every position. Not partitioned: FINAL over partitions costs three times as much';

CREATE TABLE IF NOT EXISTS {local}.demand_day {on_cluster} (
    pipeline LowCardinality(String) COMMENT 'Name of the pipeline',
    partition LowCardinality(String) COMMENT 'Source partition',
    offset UInt64 COMMENT 'Number of the last record that changed the day: the version of the row',
    location LowCardinality(String) COMMENT 'Store, warehouse or shelf',
    sku String COMMENT 'Stock keeping unit' CODEC(ZSTD(1)),
    day Date32 COMMENT 'Day of the sale in the time zone of the position' CODEC(Delta, ZSTD(1)),
    part LowCardinality(String) COMMENT 'on_time, or very_late: counted, not learned from. The demand of a day is the sum of its parts, at least 0: a very late void may be more than its part',
    demand Decimal(18, 3) COMMENT 'Units sold less units voided'
) ENGINE = {replicated}ReplacingMergeTree(offset)
ORDER BY (pipeline, location, sku, day, part)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
COMMENT 'Demand of every position and day';

CREATE TABLE IF NOT EXISTS {local}.stock_count {on_cluster} (
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
) ENGINE = {replicated}ReplacingMergeTree(offset)
ORDER BY (pipeline, location, sku, event_time, source, id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
COMMENT 'Stock counts and their variance';

CREATE TABLE IF NOT EXISTS {local}.supply_event {on_cluster} (
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
) ENGINE = {replicated}ReplacingMergeTree
ORDER BY (pipeline, location, sku, ref, partition, offset)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
COMMENT 'Orders, shipments and receipts that name an order, one row each';
