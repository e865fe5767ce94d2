-- Where alerts are and when they came, and whether the feeds can be trusted.

-- Read on every refresh of a dashboard, so it asks no history of demand: the engine opens an out_of_stock alert only where demand
-- is expected, and that stands here for "wanted".
CREATE OR REPLACE VIEW {database}.heatmap {on_cluster}
(
    pipeline LowCardinality(String) COMMENT 'Name of the pipeline',
    location LowCardinality(String) COMMENT 'Store, warehouse or shelf',
    category LowCardinality(String) COMMENT 'Category; empty for what the catalogue does not know',
    open_alerts UInt64 COMMENT 'Alerts open now',
    critical UInt64 COMMENT 'Of these, critical',
    expected_loss Float64 COMMENT 'Money at risk, see alert_current',
    positions UInt64 COMMENT 'Positions ever seen',
    out_of_stock UInt64 COMMENT 'Positions with an open out_of_stock alert: empty, and demand is expected',
    in_stock_share Nullable(Float64) COMMENT 'Positions with units available, of these and the out_of_stock ones. stock_health has the share of those that sold lately'
) AS
WITH
    item AS (SELECT sku, category FROM {database}.catalogue FINAL),
    stock AS
    (
        SELECT held.pipeline AS pipeline, held.location AS location, item.category AS category, count() AS positions, countIf(available > 0) AS stocked
        FROM (SELECT pipeline, location, sku, available FROM {database}.position FINAL) AS held
        LEFT JOIN item ON held.sku = item.sku
        GROUP BY pipeline, location, category
    ),
    alerts AS
    (
        SELECT
            pipeline, location, category, count() AS open_alerts, countIf(severity = 'critical') AS critical,
            sum(alert_open.expected_loss) AS expected_loss, countIf(type = 'out_of_stock') AS out_of_stock
        FROM {database}.alert_open
        GROUP BY pipeline, location, category
    )
SELECT
    pipeline, location, category,
    sum(cell.open_alerts) AS open_alerts, sum(cell.critical) AS critical, round(sum(cell.expected_loss), 2) AS expected_loss,
    sum(cell.positions) AS positions, sum(cell.out_of_stock) AS out_of_stock,
    sum(cell.stocked) / nullIf(sum(cell.stocked) + out_of_stock, 0) AS in_stock_share
FROM
(
    SELECT pipeline, location, category, 0 AS open_alerts, 0 AS critical, 0. AS expected_loss, positions, stocked, 0 AS out_of_stock FROM stock
    UNION ALL
    SELECT pipeline, location, category, open_alerts, critical, expected_loss, 0, 0, out_of_stock FROM alerts
) AS cell
GROUP BY pipeline, location, category
SETTINGS join_use_nulls = 0
COMMENT 'Location by category: open alerts, money at risk, share in stock';

-- A change of severity leaves one severity and enters another, so that what is open at the end of the last day is what alert_current
-- has open. Every entry is one number (seq, day, level; level 0 is closed): sorting and comparing ten million of them is cheap.
CREATE OR REPLACE VIEW {database}.trend_day {on_cluster}
(
    pipeline LowCardinality(String) COMMENT 'Name of the pipeline',
    day Date COMMENT 'Day (UTC); every day from the first alert of the type and severity to the clock',
    type LowCardinality(String) COMMENT 'Kind of alert',
    severity LowCardinality(String) COMMENT 'watch, warning or critical, at that moment',
    opened UInt64 COMMENT 'Alerts that opened with this severity',
    closed UInt64 COMMENT 'Alerts that ended with this severity',
    open_at_end Int64 COMMENT 'Alerts that have this severity at the end of the day and are open'
) AS
WITH
    ['watch', 'warning', 'critical'] AS severities,
    alerts AS
    (
        SELECT
            pipeline, type,
            arraySort(arrayDistinct(groupArray(
                toUInt64(seq) * 1000000 + toUInt64(toDate(ledger.event_time)) * 10
                + if(entry IN ('CLEARED', 'EXPIRED', 'SUPERSEDED'), 0, indexOf(severities, severity))))) AS entries
        FROM {database}.ledger AS ledger
        WHERE action_id = ''
        GROUP BY pipeline, type, alert_id
    ),
    changes AS
    (
        SELECT
            pipeline, type, intDiv(entry, 1000000) AS seq, toDate(toUInt16(intDiv(entry, 10) % 100000)) AS day,
            entry % 10 AS level, before % 10 AS level_before
        FROM alerts
        ARRAY JOIN entries AS entry, arrayPopBack(arrayPushFront(entries, 0)) AS before
        WHERE level != level_before
    ),
    days_of_change AS
    (
        SELECT
            pipeline, type, severities[step.1] AS severity, day,
            countIf(step.2 = 1 AND seq = 1) AS opened, countIf(step.2 = -1 AND level = 0) AS closed, sum(step.2) AS change
        FROM changes
        ARRAY JOIN [(level, 1), (level_before, -1)] AS step
        WHERE step.1 > 0
        GROUP BY pipeline, type, severity, day
    ),
    filled AS
    (
        SELECT
            changed.pipeline AS pipeline, type, severity, groupArray((day, opened, closed, change)) AS known,
            mapFromArrays(known.1, known) AS by_day,
            arrayJoin(range(toUInt16(min(day)), toUInt16(greatest(max(day), toDate(any(reached.clock)))) + 1)) AS number,
            by_day[toDate(number)] AS on_day
        FROM days_of_change AS changed
        INNER JOIN {database}.pipeline_clock AS reached ON changed.pipeline = reached.pipeline
        GROUP BY pipeline, type, severity
    )
SELECT
    pipeline, toDate(number) AS day, type, severity, on_day.2 AS opened, on_day.3 AS closed,
    sum(on_day.4) OVER (PARTITION BY pipeline, type, severity ORDER BY number) AS open_at_end
FROM filled
COMMENT 'Alerts opened and closed on every day, and open at its end, by type and severity';

CREATE OR REPLACE VIEW {database}.trend_hour {on_cluster}
(
    pipeline LowCardinality(String) COMMENT 'Name of the pipeline',
    hour_of_day UInt8 COMMENT 'Hour of the day (UTC), 0 to 23',
    day_of_week UInt8 COMMENT 'Day of the week (UTC), 1 is Monday',
    type LowCardinality(String) COMMENT 'Kind of alert',
    opened UInt64 COMMENT 'Alerts that opened then, over all weeks'
) AS
SELECT
    pipeline, toHour(ledger.opened_at) AS hour_of_day, toDayOfWeek(ledger.opened_at) AS day_of_week, type, uniqExact(alert_id) AS opened
FROM {database}.ledger AS ledger
WHERE seq = 1
GROUP BY pipeline, hour_of_day, day_of_week, type
COMMENT 'When alerts open: by hour of the day and day of the week';

-- Rejects and marks are kept for all time, so they are a share of the whole partition. Duplicates and late records are counted by each
-- run, so they are those of the last run that ended, and a share of what it read.
CREATE OR REPLACE VIEW {database}.data_quality {on_cluster}
(
    pipeline LowCardinality(String) COMMENT 'Name of the pipeline',
    partition LowCardinality(String) COMMENT 'Source partition (file, folder or topic partition)',
    check LowCardinality(String) COMMENT 'reject.<code>, duplicates, late, very_late, count.older or count.out_of_window',
    records UInt64 COMMENT 'Records that it is true of: of all times, but duplicates, late and very_late only of the last run that ended',
    share Nullable(Float64) COMMENT 'records / of_records',
    of_records UInt64 COMMENT 'Records of the last run for duplicates, late and very_late, else of the partition: its highest known offset and 1'
) AS
WITH
    last_run AS
    (
        SELECT pipeline, source AS partition, argMax((run.records, run.duplicates, run.late, run.very_late), (started_at, run_id)) AS last
        FROM {database}.run AS run FINAL
        WHERE ended_at IS NOT NULL
        GROUP BY pipeline, partition
    ),
    found AS
    (
        SELECT pipeline, partition, concat('reject.', reason) AS check, uniqExact(offset) AS records
        FROM {database}.reject
        GROUP BY pipeline, partition, check
        UNION ALL
        SELECT pipeline, partition, concat('count.', mark) AS check, uniqExact(offset) AS records
        FROM {database}.stock_count
        WHERE mark != 'applied'
        GROUP BY pipeline, partition, check
    ),
    length AS
    (
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
SELECT pipeline, partition, check, found.records AS records, records / nullIf(of_records, 0) AS share, length.records AS of_records
FROM found
INNER JOIN length ON found.pipeline = length.pipeline AND found.partition = length.partition
UNION ALL
SELECT pipeline, partition, counted.1 AS check, counted.2 AS records, records / nullIf(of_records, 0) AS share, last.1 AS of_records
FROM last_run
ARRAY JOIN [('duplicates', last.2), ('late', last.3), ('very_late', last.4)] AS counted
COMMENT 'Rejects by reason, and what else is wrong with the records of every partition';

-- A small shop may be silent for a day without anything being wrong: days_with_sales says how it usually is.
CREATE OR REPLACE VIEW {database}.silent_location {on_cluster}
(
    pipeline LowCardinality(String) COMMENT 'Name of the pipeline',
    location LowCardinality(String) COMMENT 'Store, warehouse or shelf',
    last_event_time DateTime64(3, 'UTC') COMMENT 'Latest movement of any of its positions',
    silent_hours Float64 COMMENT 'Hours since then on the clock of the pipeline: at least 24, while another location moved within 24',
    positions UInt64 COMMENT 'Positions of the location',
    days_with_sales UInt64 COMMENT 'Days with sales of the 28 up to its latest movement: 28 means that silence is news'
) AS
WITH
    place AS
    (
        SELECT pipeline, location, max(held.last_event_time) AS last_event_time, count() AS positions
        FROM {database}.position AS held FINAL
        GROUP BY pipeline, location
    ),
    silent AS
    (
        SELECT place.pipeline AS pipeline, location, last_event_time, positions, reached.clock AS clock
        FROM (SELECT *, max(last_event_time) OVER (PARTITION BY pipeline) AS newest FROM place) AS place
        INNER JOIN {database}.pipeline_clock AS reached ON place.pipeline = reached.pipeline
        WHERE last_event_time <= clock - toIntervalHour(24) AND newest > clock - toIntervalHour(24)
    ),
    sold AS
    (
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

-- What the views made before are for, so that every client shows it beside their names.
ALTER TABLE {database}.pipeline_clock {on_cluster} MODIFY COMMENT 'How far the log of every pipeline is known; ages are counted to it, never to today';

ALTER TABLE {database}.alert_last {on_cluster} MODIFY COMMENT 'An inner step: the fold of every alert, without the catalogue. Ask alert_current or alert_history';

ALTER TABLE {database}.alert_current {on_cluster} MODIFY COMMENT 'Every alert as it stands: its last entry, what it puts at risk, and what people made of it';

ALTER TABLE {database}.alert_open {on_cluster} MODIFY COMMENT 'The alerts that are open now, found among positions: the quick way to the list';

ALTER TABLE {database}.alert_history {on_cluster} MODIFY COMMENT 'Every alert from its opening to its end: how long, how grave, whether it came true, what people did';

ALTER TABLE {database}.alert_action {on_cluster} MODIFY COMMENT 'What people did about alerts, one row an action';

ALTER TABLE {database}.kpi_month {on_cluster} MODIFY COMMENT 'The key figures of every month: response, resolution, precision, false alarms, missed stockouts';

ALTER TABLE {database}.alarm_load_hour {on_cluster} MODIFY COMMENT 'Alarms an owner got in every hour, against the lines of 6 and 12';

ALTER TABLE {database}.alarm_load {on_cluster} MODIFY COMMENT 'Alarm load of every owner: mean an hour, and share of hours over the lines';

ALTER TABLE {database}.alarm_flood {on_cluster} MODIFY COMMENT 'Times at which an owner got more than 10 alarms in ten minutes';

ALTER TABLE {database}.alarm_stale {on_cluster} MODIFY COMMENT 'Alerts open for more than 24 hours with nobody on them';

ALTER TABLE {database}.alarm_chattering {on_cluster} MODIFY COMMENT 'Positions whose alert opens again and again';

ALTER TABLE {database}.calibration {on_cluster} MODIFY COMMENT 'What was said against what came true, by tenth of the chance';

ALTER TABLE {database}.missed_stockout {on_cluster} MODIFY COMMENT 'Shelves that ran out without a projected stockout before';

ALTER TABLE {local}.catalogue {on_cluster}
    COMMENT COLUMN category 'Category, as the retailer names it; empty if not known',
    COMMENT COLUMN department 'Department, the level above the category; empty if not known',
    COMMENT COLUMN supplier 'Supplier who delivers it; empty if not known';

ALTER TABLE {local}.run {on_cluster}
    COMMENT COLUMN source 'Name of the partition that was read: the file, folder or topic',
    COMMENT COLUMN status 'running, finished or failed; of a run that was killed it stays running';
