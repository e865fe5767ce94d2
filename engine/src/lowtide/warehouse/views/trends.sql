-- Where alerts are, and when they came.

-- Dashboards read this view on every refresh, so it does not read the history of demand. The engine opens an out_of_stock alert only
-- where demand is expected, so such an alert means that the position is wanted.
CREATE OR REPLACE VIEW {database}.heatmap {on_cluster} (
    {pipeline}, {location},
    category LowCardinality(String) COMMENT 'Category; empty for what the catalogue does not know',
    open_alerts UInt64 COMMENT 'Alerts open now',
    critical UInt64 COMMENT 'Of these, critical',
    {expected_loss}, {positions},
    out_of_stock UInt64 COMMENT 'Positions with an open out_of_stock alert: empty, and demand is expected',
    in_stock_share Nullable(Float64) COMMENT 'Positions with units available, of these and the out_of_stock ones. stock_health has the share of those that sold lately'
) AS
WITH
    item AS (SELECT sku, category FROM {database}.catalogue FINAL),
    stock AS (
        SELECT held.pipeline AS pipeline, held.location AS location, ifNull(item.category, '') AS category, count() AS positions, countIf(available > 0) AS stocked
        FROM (SELECT pipeline, location, sku, available FROM {database}.position FINAL) AS held
        LEFT JOIN item ON held.sku = item.sku
        GROUP BY pipeline, location, category
    ),
    alerts AS (
        SELECT
            pipeline, location, category, count() AS open_alerts, countIf(severity = 'critical') AS critical,
            sum(alert_open.expected_loss) AS expected_loss, countIf(type = 'out_of_stock') AS out_of_stock
        FROM {database}.alert_open
        GROUP BY pipeline, location, category
    )
SELECT
    pipeline, location, category,
    sum(cell.open_alerts) AS open_alerts, sum(cell.critical) AS critical, if(open_alerts = 0, 0, round(sum(cell.expected_loss), 2)) AS expected_loss,
    sum(cell.positions) AS positions, sum(cell.out_of_stock) AS out_of_stock,
    sum(cell.stocked) / nullIf(sum(cell.stocked) + out_of_stock, 0) AS in_stock_share
FROM
(
    SELECT pipeline, location, category, 0 AS open_alerts, 0 AS critical, NULL AS expected_loss, positions, stocked, 0 AS out_of_stock FROM stock
    UNION ALL
    SELECT pipeline, location, category, open_alerts, critical, expected_loss, 0, 0, out_of_stock FROM alerts
) AS cell
GROUP BY pipeline, location, category
COMMENT 'Location by category: open alerts, money at risk, share in stock';

-- A change of severity is counted down in one severity and up in another, so the alerts open at the end of the last day are those of
-- alert_current. Every entry is one number (seq, day, level; level 0 is closed), because ten million numbers are sorted quickly.
CREATE OR REPLACE VIEW {database}.trend_day {on_cluster} (
    {pipeline},
    day Date COMMENT 'Day (UTC); every day from the first alert of the type and severity to the clock',
    {type},
    severity LowCardinality(String) COMMENT 'watch, warning or critical, at that moment',
    opened UInt64 COMMENT 'Alerts that opened with this severity',
    closed UInt64 COMMENT 'Alerts that ended with this severity',
    open_at_end Int64 COMMENT 'Alerts that have this severity at the end of the day and are open'
) AS
WITH
    [{severities}] AS severities,
    alerts AS (
        SELECT
            pipeline, type,
            arraySort(arrayDistinct(groupArray(
                toUInt64(seq) * 1000000 + toUInt64(toDate(ledger.event_time)) * 10
                + if(entry IN ({ended}), 0, indexOf(severities, severity))))) AS entries
        FROM {database}.ledger AS ledger
        WHERE action_id = ''
        GROUP BY pipeline, type, alert_id
    ),
    changes AS (
        SELECT
            pipeline, type, intDiv(entry, 1000000) AS seq, toDate(toUInt16(intDiv(entry, 10) % 100000)) AS day,
            entry % 10 AS level, before % 10 AS level_before
        FROM alerts
        ARRAY JOIN entries AS entry, arrayPopBack(arrayPushFront(entries, 0)) AS before
        WHERE level != level_before
    ),
    days_of_change AS (
        SELECT
            pipeline, type, severities[step.1] AS severity, day,
            countIf(step.2 = 1 AND seq = 1) AS opened, countIf(step.2 = -1 AND level = 0) AS closed, sum(step.2) AS change
        FROM changes
        ARRAY JOIN [(level, 1), (level_before, -1)] AS step
        WHERE step.1 > 0
        GROUP BY pipeline, type, severity, day
    ),
    filled AS (
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

CREATE OR REPLACE VIEW {database}.trend_hour {on_cluster} (
    {pipeline},
    hour_of_day UInt8 COMMENT 'Hour of the day (UTC), 0 to 23',
    day_of_week UInt8 COMMENT 'Day of the week (UTC), 1 is Monday',
    {type},
    opened UInt64 COMMENT 'Alerts that opened then, over all weeks'
) AS
SELECT
    pipeline, toHour(ledger.opened_at) AS hour_of_day, toDayOfWeek(ledger.opened_at) AS day_of_week, type, uniqExact(alert_id) AS opened
FROM {database}.ledger AS ledger
WHERE seq = 1
GROUP BY pipeline, hour_of_day, day_of_week, type
COMMENT 'When alerts open: by hour of the day and day of the week';
