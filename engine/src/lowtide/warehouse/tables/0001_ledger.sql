-- What the engine found and what people did, one row an entry; and the latest entry of every position and type.
--
-- Every table may receive a row twice and keeps one of the two: the sorting key is the identity of the row. Some tables have a
-- version, the offset of the record that caused the row. So a replay writes rows that are there already. Read with FINAL. Inserts
-- are fsynced, because a run that has saved its state never sends the rows again.

CREATE TABLE IF NOT EXISTS {local}.ledger {on_cluster} (
    pipeline LowCardinality(String) COMMENT 'Name of the pipeline that wrote the entry',
    partition LowCardinality(String) COMMENT 'Source partition (file, folder or topic partition) of the cause',
    offset UInt64 COMMENT 'Number of the causing record in its partition, from 0',
    alert_id String COMMENT 'The alert: 26 characters, the opening time and a hash of position, type and episode' CODEC(ZSTD(1)),
    seq UInt32 COMMENT 'Number of the entry in its alert, from 1; 0 for what a person did, which action_id tells apart',
    entry LowCardinality(String) COMMENT 'The engine: OPENED, WORSENED, EASED, REVISED, FLAPPING, CLEARED, EXPIRED, SUPERSEDED. People: ACKNOWLEDGED, ASSIGNED, STARTED, RESOLVED, CLOSED, REOPENED, NOTED',
    type LowCardinality(String) COMMENT 'projected_stockout, out_of_stock, below_reorder_point, overdue_supply, sales_spike or negative_stock',
    severity LowCardinality(String) COMMENT 'watch, warning or critical, after this entry',
    location LowCardinality(String) COMMENT 'Store, warehouse or shelf',
    sku String COMMENT 'Stock keeping unit' CODEC(ZSTD(1)),
    event_time DateTime64(3, 'UTC') COMMENT 'When it happened: the clock of the log for the engine, the wall clock for people' CODEC(Delta, ZSTD(1)),
    opened_at DateTime64(3, 'UTC') COMMENT 'event_time of the first entry of the alert' CODEC(Delta, ZSTD(1)),
    episode UInt32 COMMENT 'How often this alert type has opened for the position, from 1',
    cause_source LowCardinality(Nullable(String)) COMMENT 'Source of the causing record; null for a timer',
    cause_id Nullable(String) COMMENT 'Id of the causing record; null for a timer' CODEC(ZSTD(1)),
    reason LowCardinality(String) COMMENT 'Why the entry was made, as a code',
    policy_version LowCardinality(String) COMMENT 'Policy in force; its text is in policy_version',
    inputs_version LowCardinality(String) COMMENT 'Inputs in force, by hash: learned profiles, drivers, forecasts of others. Empty for none, and for what a person did',
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
    expected_shortfall Nullable(Float64) MATERIALIZED multiIf(
        action_id != '', NULL,
        type IN ('negative_stock', 'sales_spike'), toFloat64(demand_per_day),
        empty(JSONExtract(detail, 'out_by', 'Array(Float64)')) OR empty(JSONExtract(detail, 'demand', 'exposure', 'Array(Float64)')), NULL,
        round(toFloat64(demand_per_day) * arraySum(arrayMap(
            (p, until, since) -> p * (until - since),
            arrayResize(JSONExtract(detail, 'out_by', 'Array(Float64)'), length(JSONExtract(detail, 'demand', 'exposure', 'Array(Float64)'))),
            JSONExtract(detail, 'demand', 'exposure', 'Array(Float64)'),
            arrayResize(arrayPushFront(JSONExtract(detail, 'demand', 'exposure', 'Array(Float64)'), 0.), length(JSONExtract(detail, 'demand', 'exposure', 'Array(Float64)')))
        )), 3)) COMMENT 'Units of demand at risk; null if not known. Of negative_stock and sales_spike one day of demand_per_day; else the demand expected to meet an empty shelf within the horizon: demand_per_day x the sum over the days t of out_by(t) x (exposure(t) - exposure(t-1)), from detail; null where detail has no projection',
    action_id String COMMENT 'What a person did: 26 characters, the same for a retry. Empty for the engine''s entries' CODEC(ZSTD(1)),
    actor LowCardinality(String) COMMENT 'Who did it; empty for the engine',
    owner LowCardinality(String) COMMENT 'Who has the alert from now on; empty where the action leaves the owner as it is',
    feedback LowCardinality(String) COMMENT 'right, false or unnecessary, said when the alert is closed; else empty',
    comment String COMMENT 'What the person wrote' CODEC(ZSTD(1)),
    INDEX alert_id_bloom alert_id TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX sku_bloom sku TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX opened_at_minmax opened_at TYPE minmax GRANULARITY 1,
    INDEX alert_id_minmax alert_id TYPE minmax GRANULARITY 1,
    INDEX action_id_minmax action_id TYPE minmax GRANULARITY 1
) ENGINE = {replicated}ReplacingMergeTree
PARTITION BY toYYYYMM(event_time)
PRIMARY KEY (toDate(event_time), location, sku, alert_id, seq)
ORDER BY (toDate(event_time), location, sku, alert_id, seq, action_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
COMMENT 'One row an alert entry. The event time of an entry is part of its identity, so a replay meets the same partition and key';

-- A position has at most one open alert of a type. The latest entry is one row here, so the open alerts are found among positions,
-- and not among all alerts of the past. The version is the event time, followed by the number of the entry.
CREATE TABLE IF NOT EXISTS {local}.alert_latest {on_cluster} (
    pipeline LowCardinality(String) COMMENT 'Name of the pipeline',
    location LowCardinality(String) COMMENT 'Store, warehouse or shelf',
    sku String COMMENT 'Stock keeping unit' CODEC(ZSTD(1)),
    type LowCardinality(String) COMMENT 'Kind of alert',
    alert_id String COMMENT 'The latest alert of this type' CODEC(ZSTD(1)),
    opened_at DateTime64(3, 'UTC') COMMENT 'When it opened' CODEC(Delta, ZSTD(1)),
    entry LowCardinality(String) COMMENT 'Its latest entry',
    severity LowCardinality(String) COMMENT 'Severity after that entry',
    event_time DateTime64(3, 'UTC') COMMENT 'When that entry was made' CODEC(Delta, ZSTD(1)),
    on_hand Decimal(18, 3) COMMENT 'Units on hand at that entry',
    available Decimal(18, 3) COMMENT 'Units on hand less allocated and held at that entry',
    on_order Decimal(18, 3) COMMENT 'Units of open supply at that entry',
    in_transit Decimal(18, 3) COMMENT 'Units of open supply on their way at that entry',
    demand_per_day Decimal(18, 3) COMMENT 'Expected demand, units a day',
    p_stockout Nullable(Float64) COMMENT 'Chance of an empty shelf within the horizon',
    stockout_p50 Nullable(UInt16) COMMENT 'First day with a chance of 50 % or more',
    expected_shortfall Nullable(Float64) COMMENT 'Units of demand at risk, see ledger',
    version UInt64 COMMENT 'Event time in milliseconds x 2^20 + seq: the greatest holds' CODEC(Delta, ZSTD(1))
) ENGINE = {replicated}ReplacingMergeTree(version)
ORDER BY (pipeline, location, sku, type)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1,
    min_age_to_force_merge_seconds = 60, min_age_to_force_merge_on_partition_only = 1
COMMENT 'The latest entry of every position and type of alert';

CREATE MATERIALIZED VIEW IF NOT EXISTS {local}.alert_latest_of_ledger {on_cluster} TO {local}.alert_latest AS
SELECT
    pipeline, location, sku, type, alert_id, opened_at, entry, severity, event_time, on_hand, available, on_order, in_transit,
    demand_per_day, p_stockout, stockout_p50, expected_shortfall,
    bitShiftLeft(toUInt64(toUnixTimestamp64Milli(event_time)), 20) + least(seq, 1048575) AS version
FROM {local}.ledger
WHERE action_id = '';
