-- How far each log is known, and whether the feeds can be trusted.

-- The past must look the same tomorrow, so an age is counted to this clock, never to today's date.
CREATE OR REPLACE VIEW {database}.pipeline_clock {on_cluster} (
    {pipeline},
    clock DateTime64(3, 'UTC') COMMENT 'The newest time that its log is known to have reached'
) AS
SELECT pipeline, max(reached) AS clock
FROM
(
    SELECT pipeline, max(event_time) AS reached FROM {database}.alert_latest GROUP BY pipeline
    UNION ALL
    SELECT pipeline, max(last_event_time) AS reached FROM {database}.position GROUP BY pipeline
)
GROUP BY pipeline
COMMENT 'How far the log of every pipeline is known; ages are counted to it, never to today';

-- Rejects and the marks of counts are stored as rows, so they are a share of the whole partition. Duplicates and late records are
-- counts of a run, so they are those of the last run that ended, and a share of the records that it read.
CREATE OR REPLACE VIEW {database}.data_quality {on_cluster} (
    {pipeline},
    partition LowCardinality(String) COMMENT 'Source partition (file, folder or topic partition)',
    check LowCardinality(String) COMMENT 'reject.<code>, duplicates, late, very_late, void_unmatched (its record never came), void_of_what (of a count or an order), count.older, count.out_of_window, over_released or over_received',
    records UInt64 COMMENT 'Records that it is true of: of all times, but duplicates, late, very_late and voids only of the last run that ended. Of over_released and over_received: positions',
    share Nullable(Float64) COMMENT 'records / of_records',
    of_records UInt64 COMMENT 'Records of the last run for what is of it, else of the partition: its highest known offset and 1',
    units Nullable(Decimal(18, 3)) COMMENT 'Of over_released and over_received: units given back without a promise, or received beyond the order'
) AS
WITH
    last_run AS (
        SELECT pipeline, source AS partition, argMax((run.records, run.duplicates, run.late, run.very_late, counts['void_unmatched'], counts['void_of_what']), (started_at, run_id)) AS last
        FROM {database}.run AS run FINAL
        WHERE ended_at IS NOT NULL
        GROUP BY pipeline, partition
    ),
    found AS (
        SELECT pipeline, partition, concat('reject.', reason) AS check, uniqExact(offset) AS records, NULL::Nullable(Decimal(18, 3)) AS units
        FROM {database}.reject
        GROUP BY pipeline, partition, check
        UNION ALL
        SELECT pipeline, partition, concat('count.', mark) AS check, uniqExact(offset) AS records, NULL AS units
        FROM {database}.stock_count
        WHERE mark != 'applied'
        GROUP BY pipeline, partition, check
        UNION ALL
        SELECT pipeline, partition, surplus.1 AS check, count() AS records, least(sum(surplus.2), {most}) AS units
        FROM {database}.position FINAL
        ARRAY JOIN [('over_released', over_released), ('over_received', over_received)] AS surplus
        WHERE surplus.2 > 0
        GROUP BY pipeline, partition, check
    ),
    length AS (
        SELECT pipeline, partition, max(known) AS records
        FROM
        (
            SELECT pipeline, partition, max(offset) + 1 AS known FROM {database}.position GROUP BY pipeline, partition
            UNION ALL
            SELECT pipeline, partition, max(offset) + 1 AS known FROM {database}.reject GROUP BY pipeline, partition
            UNION ALL
            SELECT pipeline, partition, max(offset) + 1 AS known FROM {database}.stock_count GROUP BY pipeline, partition
            UNION ALL
            SELECT pipeline, partition, last.1 AS known FROM last_run
        )
        GROUP BY pipeline, partition
    )
SELECT pipeline, partition, check, found.records AS records, records / nullIf(of_records, 0) AS share, length.records AS of_records, units
FROM found
INNER JOIN length ON found.pipeline = length.pipeline AND found.partition = length.partition
UNION ALL
SELECT pipeline, partition, counted.1 AS check, counted.2 AS records, records / nullIf(of_records, 0) AS share, last.1 AS of_records, NULL AS units
FROM last_run
ARRAY JOIN [
    ('duplicates', last.2), ('late', last.3), ('very_late', last.4), ('void_unmatched', last.5), ('void_of_what', last.6)
] AS counted
WHERE counted.2 > 0 OR NOT startsWith(counted.1, 'void')
COMMENT 'Rejects by reason, and what else is wrong with the records of every partition';

-- A small shop may be silent for a day although all is well: days_with_sales says how often it usually sells.
CREATE OR REPLACE VIEW {database}.silent_location {on_cluster} (
    {pipeline}, {location},
    last_event_time DateTime64(3, 'UTC') COMMENT 'Latest movement of any of its positions',
    silent_hours Float64 COMMENT 'Hours since then on the clock of the pipeline: at least 24, while another location moved within 24',
    positions UInt64 COMMENT 'Positions of the location',
    days_with_sales UInt64 COMMENT 'Days with sales of the 28 up to its latest movement: 28 means that silence is news'
) AS
WITH
    place AS (
        SELECT pipeline, location, max(held.last_event_time) AS last_event_time, count() AS positions
        FROM {database}.position AS held FINAL
        GROUP BY pipeline, location
    ),
    silent AS (
        SELECT place.pipeline AS pipeline, location, last_event_time, positions, reached.clock AS clock
        FROM (SELECT *, max(last_event_time) OVER (PARTITION BY pipeline) AS newest FROM place) AS place
        INNER JOIN {database}.pipeline_clock AS reached ON place.pipeline = reached.pipeline
        WHERE last_event_time <= clock - toIntervalHour(24) AND newest > clock - toIntervalHour(24)
    ),
    sold AS (
        SELECT pipeline, location, groupUniqArray(day) AS days
        FROM {database}.demand_daily
        WHERE demand > 0 AND (pipeline, location) GLOBAL IN (SELECT pipeline, location FROM silent)
        GROUP BY pipeline, location
    )
SELECT
    silent.pipeline AS pipeline, silent.location AS location, silent.last_event_time AS last_event_time,
    dateDiff('millisecond', last_event_time, clock) / 3600000 AS silent_hours, silent.positions AS positions,
    arrayCount(day -> day > toDate32(last_event_time) - 28 AND day <= toDate32(last_event_time), sold.days) AS days_with_sales
FROM silent
LEFT JOIN sold ON silent.pipeline = sold.pipeline AND silent.location = sold.location
COMMENT 'Locations without any movement for 24 hours while others move: a feed that may have stopped';
