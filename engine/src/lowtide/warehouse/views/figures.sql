-- Whether the alerts are worth having: key figures as the standards define them (ISA-18.2, EEMUA 191). A ratio without a denominator
-- is null. People's actions have wall clock times, entries have event times: when a log of the past is run, minutes to acknowledge
-- count from the opening in that past.

CREATE OR REPLACE VIEW {database}.kpi_month {on_cluster} (
    {pipeline},
    month Date COMMENT 'Month in which the alerts opened (UTC)',
    alerts UInt64 COMMENT 'Alerts that opened',
    acknowledged UInt64 COMMENT 'Of these, acknowledged by a person',
    response_rate Float64 COMMENT 'acknowledged / alerts',
    mtta_minutes_median Nullable(Float64) COMMENT 'Time to acknowledge from the opening, median',
    mtta_minutes_p90 Nullable(Float64) COMMENT 'The same, 90th percentile',
    mttr_minutes_median Nullable(Float64) COMMENT 'Time to resolve from the opening, median, of what people resolved',
    mttr_minutes_p90 Nullable(Float64) COMMENT 'The same, 90th percentile',
    resolution_rate Float64 COMMENT 'Share of the alerts that people resolved or the data ended',
    reopen_rate Nullable(Float64) COMMENT 'Share of what people had resolved that they took up again',
    rated UInt64 COMMENT 'Alerts closed with feedback',
    rated_share Float64 COMMENT 'rated / alerts: read precision beside it',
    precision Nullable(Float64) COMMENT 'Share of the rated ones that were right',
    judged UInt64 COMMENT 'Projected stockouts of which the outcome is known',
    came_true UInt64 COMMENT 'Of these, the shelf ran out while the alert was open, within 14 days',
    false_alarms UInt64 COMMENT 'Alerts rated false; of those not rated, projected stockouts that did not come true',
    false_alarms_per_1000_positions_day Nullable(Float64) COMMENT 'false_alarms by 1,000 positions and day of the month up to the clock',
    warning_lead_hours_median Nullable(Float64) COMMENT 'Hours between warning and empty shelf, median of those that came true',
    stockouts UInt64 COMMENT 'Times a shelf ran out (out_of_stock)',
    missed_stockouts UInt64 COMMENT 'Of these, without a projected stockout open before',
    missed_share Nullable(Float64) COMMENT 'missed_stockouts / stockouts'
) AS
WITH held AS (SELECT pipeline, count() AS positions FROM {database}.position FINAL GROUP BY pipeline)
SELECT
    alert.pipeline AS pipeline, toDate(toStartOfMonth(alert.opened_at)) AS month,
    count() AS alerts,
    countIf(acknowledged_at IS NOT NULL) AS acknowledged,
    acknowledged / alerts AS response_rate,
    quantileExactInclusiveOrNull(0.5)(minutes_to_acknowledge) AS mtta_minutes_median,
    quantileExactInclusiveOrNull(0.9)(minutes_to_acknowledge) AS mtta_minutes_p90,
    quantileExactInclusiveOrNull(0.5)(minutes_to_resolve) AS mttr_minutes_median,
    quantileExactInclusiveOrNull(0.9)(minutes_to_resolve) AS mttr_minutes_p90,
    countIf(resolved_at IS NOT NULL OR closed_by_at IS NOT NULL OR status != 'open') / alerts AS resolution_rate,
    countIf(reopened = 1) / nullIf(countIf(reopened = 1 OR resolved_at IS NOT NULL), 0) AS reopen_rate,
    countIf(feedback != '') AS rated,
    rated / alerts AS rated_share,
    countIf(feedback = 'right') / nullIf(rated, 0) AS precision,
    count(alert.came_true) AS judged,
    countIf(alert.came_true = 1) AS came_true,
    countIf(feedback = 'false' OR (feedback = '' AND alert.came_true = 0)) AS false_alarms,
    false_alarms * 1000 / nullIf(ifNull(any(held.positions), 0) * greatest(1, dateDiff('day', month,
        least(addMonths(month, 1), toDate(ifNull(any(reached.clock), max(alert.opened_at))) + 1))), 0) AS false_alarms_per_1000_positions_day,
    quantileExactInclusiveOrNull(0.5)(warning_lead_hours) AS warning_lead_hours_median,
    countIf(type = 'out_of_stock') AS stockouts,
    countIf(type = 'out_of_stock' AND supersedes IS NULL) AS missed_stockouts,
    missed_stockouts / nullIf(stockouts, 0) AS missed_share
FROM {database}.alert_history AS alert
GLOBAL LEFT JOIN held ON alert.pipeline = held.pipeline
GLOBAL LEFT JOIN {database}.pipeline_clock AS reached ON alert.pipeline = reached.pipeline
GROUP BY pipeline, month
COMMENT 'The key figures of every month: response, resolution, precision, false alarms, missed stockouts';

CREATE OR REPLACE VIEW {database}.missed_stockout {on_cluster} (
    {pipeline},
    alert_id String COMMENT 'The out_of_stock alert',
    {location}, {sku}, {name}, {category}, {supplier},
    opened_at DateTime64(3, 'UTC') COMMENT 'When the shelf ran out without a projected stockout being open',
    closed_at Nullable(DateTime64(3, 'UTC')) COMMENT 'When there was stock again; null if there is none yet',
    open_hours Float64 COMMENT 'Hours without stock'
) AS
SELECT pipeline, alert_id, location, sku, name, category, supplier, opened_at, closed_at, open_hours
FROM {database}.alert_history
WHERE type = 'out_of_stock' AND supersedes IS NULL
COMMENT 'Shelves that ran out without a projected stockout before';
