-- The record and what is folded from it: every alert's entries, the positions, demand, rejects, policies and runs.
--
-- Every table may receive a row twice and keeps one: the sorting key is the row's identity, and the version (where there is
-- one) is the offset of the record that caused it, so a replay writes what is already there. Read with FINAL.
-- {database}, {replicated} and {on_cluster} are filled in by migrate.py. Inserts are fsynced because the flow, once it has
-- saved its state, never sends a row again.

CREATE TABLE IF NOT EXISTS {local}.ledger {on_cluster}
(
    pipeline LowCardinality(String) COMMENT 'Name of the pipeline that wrote the entry',
    partition LowCardinality(String) COMMENT 'Source partition (file, folder or topic partition) of the cause',
    offset UInt64 COMMENT 'Number of the causing record in its partition, from 0',
    alert_id String COMMENT 'The alert: 26 characters, the opening time and a hash of position, type and episode' CODEC(ZSTD(1)),
    seq UInt32 COMMENT 'Number of the entry in its alert, from 1; (alert_id, seq) is the identity of a row',
    entry LowCardinality(String) COMMENT 'OPENED, WORSENED, EASED, REVISED, FLAPPING, CLEARED, EXPIRED or SUPERSEDED',
    type LowCardinality(String) COMMENT 'projected_stockout, out_of_stock, below_reorder_point, overdue_supply, sales_spike or negative_stock',
    severity LowCardinality(String) COMMENT 'watch, warning or critical, after this entry',
    location LowCardinality(String) COMMENT 'Store, warehouse or shelf',
    sku String COMMENT 'Stock keeping unit' CODEC(ZSTD(1)),
    event_time DateTime64(3, 'UTC') COMMENT 'Clock of the partition when the entry was made, or the due time of its timer' CODEC(Delta, ZSTD(1)),
    opened_at DateTime64(3, 'UTC') COMMENT 'event_time of the first entry of the alert' CODEC(Delta, ZSTD(1)),
    episode UInt32 COMMENT 'How often this alert type has opened for the position, from 1',
    cause_source LowCardinality(Nullable(String)) COMMENT 'Source of the causing record; null for a timer',
    cause_id Nullable(String) COMMENT 'Id of the causing record; null for a timer' CODEC(ZSTD(1)),
    reason LowCardinality(String) COMMENT 'Why the entry was made, as a code',
    policy_version LowCardinality(String) COMMENT 'Policy in force; its text is in policy_version',
    on_hand Decimal(18, 3) COMMENT 'Units on hand',
    available Decimal(18, 3) COMMENT 'Units on hand less allocated and held',
    on_order Decimal(18, 3) COMMENT 'Units of open supply',
    in_transit Decimal(18, 3) COMMENT 'Units of open supply on their way',
    demand_per_day Decimal(18, 3) COMMENT 'Expected demand, units a day',
    p_stockout Nullable(Float64) COMMENT 'Chance that the shelf is empty at the end of some day of the horizon',
    stockout_p10 Nullable(UInt16) COMMENT 'First day (1 = today) with a chance of 10 % or more; null beyond the horizon',
    stockout_p50 Nullable(UInt16) COMMENT 'First day with a chance of 50 % or more; null beyond the horizon',
    stockout_p90 Nullable(UInt16) COMMENT 'First day with a chance of 90 % or more; null beyond the horizon',
    trip_level Nullable(Decimal(18, 3)) COMMENT 'Least available units that keep p_stockout under the line of the severity',
    exit_level Nullable(Decimal(18, 3)) COMMENT 'Least available units that clear the alert',
    supersedes Nullable(String) COMMENT 'The alert that this one replaced' CODEC(ZSTD(1)),
    detail String COMMENT 'JSON: every input of the numbers, from which `lowtide explain` recomputes them' CODEC(ZSTD(3)),
    expected_shortfall Float64 MATERIALIZED round(toFloat64(demand_per_day) * arraySum(arrayMap(
        (p, until, since) -> p * (until - since),
        arrayResize(JSONExtract(detail, 'out_by', 'Array(Float64)'), length(JSONExtract(detail, 'demand', 'exposure', 'Array(Float64)'))),
        JSONExtract(detail, 'demand', 'exposure', 'Array(Float64)'),
        arrayResize(arrayPushFront(JSONExtract(detail, 'demand', 'exposure', 'Array(Float64)'), 0.), length(JSONExtract(detail, 'demand', 'exposure', 'Array(Float64)')))
    )), 3) COMMENT 'Units of demand expected to meet an empty shelf within the horizon: demand_per_day x the sum over the days t of out_by(t) x (exposure(t) - exposure(t-1)), from detail; 0 where detail has no projection',
    INDEX alert_id_bloom alert_id TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX sku_bloom sku TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = {replicated}ReplacingMergeTree
PARTITION BY toYYYYMM(event_time)
ORDER BY (toDate(event_time), location, sku, alert_id, seq)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
COMMENT 'One row an alert entry. The event time of an entry is part of its identity, so a replay meets the same partition and key';

CREATE TABLE IF NOT EXISTS {local}.position {on_cluster}
(
    pipeline LowCardinality(String) COMMENT 'Name of the pipeline',
    partition LowCardinality(String) COMMENT 'Source partition that holds the movements of the position',
    offset UInt64 COMMENT 'Number of the last record that touched the position: the version of the row',
    location LowCardinality(String) COMMENT 'Store, warehouse or shelf',
    sku String COMMENT 'Stock keeping unit' CODEC(ZSTD(1)),
    on_hand Decimal(18, 3) COMMENT 'Units on hand',
    allocated Decimal(18, 3) COMMENT 'Units reserved',
    held Decimal(18, 3) COMMENT 'Units on hold',
    available Decimal(18, 3) COMMENT 'Units on hand less allocated and held',
    on_order Decimal(18, 3) COMMENT 'Units of open supply',
    in_transit Decimal(18, 3) COMMENT 'Units of open supply on their way',
    last_event_time DateTime64(3, 'UTC') COMMENT 'Latest event time of the position' CODEC(Delta, ZSTD(1))
)
ENGINE = {replicated}ReplacingMergeTree(offset)
ORDER BY (pipeline, location, sku)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
COMMENT 'Stock of every position. Not partitioned: FINAL over partitions costs three times as much';

CREATE OR REPLACE VIEW {database}.position_current {on_cluster} AS
SELECT * FROM {database}.position FINAL;

CREATE TABLE IF NOT EXISTS {local}.demand_day {on_cluster}
(
    pipeline LowCardinality(String) COMMENT 'Name of the pipeline',
    partition LowCardinality(String) COMMENT 'Source partition',
    offset UInt64 COMMENT 'Number of the last record that changed the day: the version of the row',
    location LowCardinality(String) COMMENT 'Store, warehouse or shelf',
    sku String COMMENT 'Stock keeping unit' CODEC(ZSTD(1)),
    day Date32 COMMENT 'Day of the sale in the time zone of the position' CODEC(Delta, ZSTD(1)),
    part LowCardinality(String) COMMENT 'on_time, or very_late: counted, not learned from. The demand of a day is the sum of its parts, at least 0: a very late void may be more than its part',
    demand Decimal(18, 3) COMMENT 'Units sold less units voided'
)
ENGINE = {replicated}ReplacingMergeTree(offset)
ORDER BY (pipeline, location, sku, day, part)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
COMMENT 'Demand of every position and day';

CREATE TABLE IF NOT EXISTS {local}.reject {on_cluster}
(
    pipeline LowCardinality(String) COMMENT 'Name of the pipeline',
    partition LowCardinality(String) COMMENT 'Source partition',
    offset UInt64 COMMENT 'Number of the record in its partition, from 0',
    reason LowCardinality(String) COMMENT 'Code of the first check that failed',
    field LowCardinality(Nullable(String)) COMMENT 'The field at fault, if it is one',
    message String COMMENT 'What is wrong, for the owner of the data' CODEC(ZSTD(1)),
    record String COMMENT 'The bytes as they came, which need not be text' CODEC(ZSTD(1))
)
ENGINE = {replicated}ReplacingMergeTree
ORDER BY (pipeline, partition, offset, reason)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
COMMENT 'Records that could not be used';

CREATE TABLE IF NOT EXISTS {local}.policy_version {on_cluster}
(
    version String COMMENT 'First 12 hex digits of the SHA-256 of the compiled policy',
    policy String COMMENT 'The compiled policy, JSON' CODEC(ZSTD(3)),
    first_run String COMMENT 'run_id of the run that brought it',
    first_seen DateTime64(3, 'UTC') COMMENT 'When that run started' CODEC(Delta, ZSTD(1))
)
ENGINE = {replicated}ReplacingMergeTree
ORDER BY version
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
COMMENT 'Every policy that was ever in force';

CREATE TABLE IF NOT EXISTS {local}.run {on_cluster}
(
    run_id String COMMENT 'Start of the run and six random digits',
    pipeline LowCardinality(String) COMMENT 'Name of the pipeline',
    source String COMMENT 'What was read, as it was typed',
    started_at DateTime64(3, 'UTC') COMMENT 'Wall clock at the start' CODEC(Delta, ZSTD(1)),
    ended_at Nullable(DateTime64(3, 'UTC')) COMMENT 'Wall clock at the end; null while it runs, or if it was killed',
    status LowCardinality(String) COMMENT 'running, done, stopped or failed',
    policy_version LowCardinality(String) COMMENT 'Policy at the start',
    workers UInt16 COMMENT 'Number of workers',
    lowtide_version LowCardinality(String) COMMENT 'Version of Lowtide',
    records UInt64 COMMENT 'Records read by this run',
    accepted UInt64 COMMENT 'Records that had an effect',
    duplicates UInt64 COMMENT 'Records seen before, without effect',
    late UInt64 COMMENT 'Records behind the clock',
    very_late UInt64 COMMENT 'Records behind the clock by more than the late window',
    rejects UInt64 COMMENT 'Records that could not be used',
    counts Map(String, UInt64) COMMENT 'All other counts of the run, such as reject.bad_time',
    version UInt8 COMMENT '0 when the run starts, 1 when it ends: the version of the row'
)
ENGINE = {replicated}ReplacingMergeTree(version)
ORDER BY run_id
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
COMMENT 'One row a run';

-- Everything constant in an alert is a grouping key, so that a filter on it reaches the ledger before the fold. The rest is one
-- tuple, because argMax of a single nullable column would skip the nulls and show an older entry's number. Duplicates cannot
-- change an argMax: no FINAL. The event time decides between two histories of one alert (the same log under two policies).
CREATE OR REPLACE VIEW {database}.alert_last {on_cluster} AS
SELECT
    pipeline, alert_id, type, location, sku, opened_at, episode,
    last.1 AS entry, last.2 AS severity, last.3 AS event_time, last.4 AS reason, last.5 AS policy_version,
    last.6 AS on_hand, last.7 AS available, last.8 AS on_order, last.9 AS in_transit, last.10 AS demand_per_day,
    last.11 AS p_stockout, last.12 AS stockout_p10, last.13 AS stockout_p50, last.14 AS stockout_p90,
    last.15 AS trip_level, last.16 AS exit_level, last.17 AS expected_shortfall, last.18 AS cause_source, last.19 AS cause_id,
    supersedes,
    entries,
    multiIf(entry = 'CLEARED', 'cleared', entry = 'EXPIRED', 'expired', entry = 'SUPERSEDED', 'superseded', 'open') AS status,
    if(status = 'open', NULL, event_time) AS closed_at
FROM
(
    SELECT
        pipeline, alert_id, type, location, sku, opened_at, episode,
        argMax(tuple(
            entry, severity, event_time, reason, policy_version,
            on_hand, available, on_order, in_transit, demand_per_day,
            p_stockout, stockout_p10, stockout_p50, stockout_p90,
            trip_level, exit_level, expected_shortfall, cause_source, cause_id), (seq, event_time)) AS last,
        any(supersedes) AS supersedes,
        max(seq) AS entries
    FROM {database}.ledger
    GROUP BY pipeline, alert_id, type, location, sku, opened_at, episode
);

CREATE OR REPLACE VIEW {database}.alert_current {on_cluster} AS
SELECT *, if(status = 'open', expected_shortfall, 0.) AS expected_loss
FROM {database}.alert_last;
