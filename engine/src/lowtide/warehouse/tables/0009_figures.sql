-- What the figures of a page count, each in a narrow table of its own: the openings, the ends, and what people and the desk did.
--
-- The ledger keeps everything of an entry, and a question about two years reads far too much of it. These tables are copies of some
-- columns of some entries. The sorting key holds the identity of the entry in the ledger, so an entry that is written again is the same
-- row here too. What was written before these tables were made is copied by the last three statements.

CREATE TABLE IF NOT EXISTS {local}.alert_opening {on_cluster} (
    pipeline LowCardinality(String) COMMENT 'Name of the pipeline that wrote the entry',
    alert_id String COMMENT 'The alert' CODEC(ZSTD(1)),
    type LowCardinality(String) COMMENT 'Kind of alert',
    severity LowCardinality(String) COMMENT 'Severity at the opening',
    location LowCardinality(String) COMMENT 'Store, warehouse or shelf',
    sku String COMMENT 'Stock keeping unit' CODEC(ZSTD(1)),
    opened_at DateTime64(3, 'UTC') COMMENT 'When it opened' CODEC(Delta, ZSTD(1)),
    warned Bool COMMENT 'Whether it replaced another alert: of an out_of_stock, whether a projected_stockout had warned of it',
    expected_shortfall Nullable(Float64) COMMENT 'Units of demand at risk at the opening, see ledger; null if not known',
    INDEX alert_id_minmax alert_id TYPE minmax GRANULARITY 1
) ENGINE = {replicated}ReplacingMergeTree
PARTITION BY toYYYYMM(opened_at)
ORDER BY (toDate(opened_at), location, sku, alert_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1,
    min_age_to_force_merge_seconds = 3600, min_age_to_force_merge_on_partition_only = 1
COMMENT 'The first entry of every alert, from `ledger`: what the figures of a period count';

CREATE TABLE IF NOT EXISTS {local}.alert_end {on_cluster} (
    pipeline LowCardinality(String) COMMENT 'Name of the pipeline that wrote the entry',
    alert_id String COMMENT 'The alert' CODEC(ZSTD(1)),
    seq UInt32 COMMENT 'Number of the entry in its alert, from 1',
    entry LowCardinality(String) COMMENT 'CLEARED, EXPIRED or SUPERSEDED',
    type LowCardinality(String) COMMENT 'Kind of alert',
    severity LowCardinality(String) COMMENT 'Severity at the end',
    location LowCardinality(String) COMMENT 'Store, warehouse or shelf',
    sku String COMMENT 'Stock keeping unit' CODEC(ZSTD(1)),
    event_time DateTime64(3, 'UTC') COMMENT 'When the data ended it' CODEC(Delta, ZSTD(1)),
    opened_at DateTime64(3, 'UTC') COMMENT 'When it opened' CODEC(Delta, ZSTD(1)),
    reason LowCardinality(String) COMMENT 'Why it ended, as a code',
    INDEX alert_id_minmax alert_id TYPE minmax GRANULARITY 1
) ENGINE = {replicated}ReplacingMergeTree
PARTITION BY toYYYYMM(event_time)
ORDER BY (toDate(event_time), location, sku, alert_id, seq)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1,
    min_age_to_force_merge_seconds = 3600, min_age_to_force_merge_on_partition_only = 1
COMMENT 'The last entry of every alert that the data ended, from `ledger`';

CREATE TABLE IF NOT EXISTS {local}.alert_act {on_cluster} (
    pipeline LowCardinality(String) COMMENT 'Name of the pipeline of the alert',
    alert_id String COMMENT 'The alert' CODEC(ZSTD(1)),
    action_id String COMMENT 'Identity of what was done: the same for a retry' CODEC(ZSTD(1)),
    entry LowCardinality(String) COMMENT 'What people or the desk did, see ledger',
    type LowCardinality(String) COMMENT 'Kind of alert',
    severity LowCardinality(String) COMMENT 'Severity of the alert then',
    location LowCardinality(String) COMMENT 'Store, warehouse or shelf',
    sku String COMMENT 'Stock keeping unit' CODEC(ZSTD(1)),
    event_time DateTime64(3, 'UTC') COMMENT 'When a person did it; of the desk the time of the entry that it answers' CODEC(Delta, ZSTD(1)),
    opened_at DateTime64(3, 'UTC') COMMENT 'When the alert opened' CODEC(Delta, ZSTD(1)),
    decided_at Nullable(DateTime64(3, 'UTC')) COMMENT 'The clock of the desk when it decided; null for what a person did' CODEC(ZSTD(1)),
    actor LowCardinality(String) COMMENT 'Who did it; desk for the desk',
    owner LowCardinality(String) COMMENT 'Who has the alert from now on; empty where the entry leaves the owner as it is',
    feedback LowCardinality(String) COMMENT 'right, false or unnecessary; else empty',
    comment String COMMENT 'What the person wrote' CODEC(ZSTD(1)),
    team LowCardinality(String) COMMENT 'Of ROUTED the team; empty if the route names a person',
    grp UInt64 COMMENT 'Of ROUTED a hash of the group in which it is told',
    detail String COMMENT 'Of what the desk did more about it, JSON' CODEC(ZSTD(3)),
    INDEX alert_id_bloom alert_id TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX opened_at_minmax opened_at TYPE minmax GRANULARITY 1,
    INDEX done_at_minmax ifNull(decided_at, event_time) TYPE minmax GRANULARITY 1,
    INDEX alert_id_minmax alert_id TYPE minmax GRANULARITY 1
) ENGINE = {replicated}ReplacingMergeTree
PARTITION BY toYYYYMM(event_time)
ORDER BY (entry, toDate(event_time), location, sku, alert_id, action_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1,
    min_age_to_force_merge_seconds = 3600, min_age_to_force_merge_on_partition_only = 1
COMMENT 'What people and the desk did about alerts, from `ledger`';

CREATE MATERIALIZED VIEW IF NOT EXISTS {local}.alert_opening_of_ledger {on_cluster} TO {local}.alert_opening AS
SELECT pipeline, alert_id, type, severity, location, sku, opened_at, supersedes IS NOT NULL AS warned, expected_shortfall
FROM {local}.ledger
WHERE seq = 1;

CREATE MATERIALIZED VIEW IF NOT EXISTS {local}.alert_end_of_ledger {on_cluster} TO {local}.alert_end AS
SELECT pipeline, alert_id, seq, entry, type, severity, location, sku, event_time, opened_at, reason
FROM {local}.ledger
WHERE action_id = '' AND entry IN ('CLEARED', 'EXPIRED', 'SUPERSEDED');

CREATE MATERIALIZED VIEW IF NOT EXISTS {local}.alert_act_of_ledger {on_cluster} TO {local}.alert_act AS
SELECT
    pipeline, alert_id, action_id, entry, type, severity, location, sku, event_time, opened_at, decided_at, actor, owner, feedback, comment,
    if(entry = 'ROUTED', JSONExtractString(detail, 'team'), '') AS team,
    if(entry = 'ROUTED', cityHash64(JSONExtractString(detail, 'group')), 0) AS grp, detail
FROM {local}.ledger
WHERE action_id != '' AND entry IN (
    'ACKNOWLEDGED', 'ASSIGNED', 'STARTED', 'RESOLVED', 'CLOSED', 'REOPENED', 'NOTED', 'ROUTED', 'ESCALATED', 'SNOOZED');

INSERT INTO {database}.alert_opening (pipeline, alert_id, type, severity, location, sku, opened_at, warned, expected_shortfall)
SELECT pipeline, alert_id, type, severity, location, sku, opened_at, supersedes IS NOT NULL, expected_shortfall
FROM {database}.ledger
WHERE seq = 1
SETTINGS max_partitions_per_insert_block = 0;

INSERT INTO {database}.alert_end (pipeline, alert_id, seq, entry, type, severity, location, sku, event_time, opened_at, reason)
SELECT pipeline, alert_id, seq, entry, type, severity, location, sku, event_time, opened_at, reason
FROM {database}.ledger
WHERE action_id = '' AND entry IN ('CLEARED', 'EXPIRED', 'SUPERSEDED')
SETTINGS max_partitions_per_insert_block = 0;

INSERT INTO {database}.alert_act (
    pipeline, alert_id, action_id, entry, type, severity, location, sku, event_time, opened_at, decided_at, actor, owner, feedback, comment,
    team, grp, detail)
SELECT
    pipeline, alert_id, action_id, entry, type, severity, location, sku, event_time, opened_at, decided_at, actor, owner, feedback, comment,
    if(entry = 'ROUTED', JSONExtractString(detail, 'team'), ''),
    if(entry = 'ROUTED', cityHash64(JSONExtractString(detail, 'group')), 0), detail
FROM {database}.ledger
WHERE action_id != '' AND entry IN (
    'ACKNOWLEDGED', 'ASSIGNED', 'STARTED', 'RESOLVED', 'CLOSED', 'REOPENED', 'NOTED', 'ROUTED', 'ESCALATED', 'SNOOZED')
SETTINGS max_partitions_per_insert_block = 0
