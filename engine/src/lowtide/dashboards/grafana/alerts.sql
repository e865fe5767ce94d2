-- Alerts for analysts: history, key figures by month, load, calibration, what was missed, and who delivers late.
--
-- The time range chooses alerts by their opening, in event time. A log of the past lies in the past: a click on "The log reaches"
-- leads there. Panels of the whole pipeline say so; location and category do not narrow them.

-- # Are the alerts worth having?

-- ## Opened
-- Alerts that opened in the time range.
--: stat 4x4
SELECT count() AS shown FROM alert_history WHERE $__timeFilter_ms(opened_at) AND {PART};

-- ## Came true
-- Of the projected stockouts whose outcome is known, the share where the shelf ran out while the alert was open, within
-- 14 days. Those met by a delivery are not in it.
--: stat 4x4 percentunit
SELECT countIf(came_true = 1) / nullIf(count(came_true), 0) AS shown
FROM alert_history
WHERE $__timeFilter_ms(opened_at) AND {PART};

-- ## Warning
-- Hours between the warning and the empty shelf: the median of those that came true.
--: stat 4x4 h
SELECT quantileExactOrNull(0.5)(warning_lead_hours) AS shown
FROM alert_history
WHERE $__timeFilter_ms(opened_at) AND {PART};

-- ## Stockouts missed
-- Of the times a shelf ran out, the share without a projected stockout open before.
--: stat 4x4 percentunit
SELECT countIf(supersedes IS NULL) / nullIf(count(), 0) AS shown
FROM alert_history
WHERE $__timeFilter_ms(opened_at) AND {PART} AND type = 'out_of_stock';

-- ## Precision
-- Of the alerts that people rated when they closed them, the share that was right. Read how many were rated in the table
-- below.
--: stat 4x4 percentunit
SELECT countIf(feedback = 'right') / nullIf(countIf(feedback != ''), 0) AS shown
FROM alert_history
WHERE $__timeFilter_ms(opened_at) AND {PART};

-- ## The log reaches
-- The newest event time of the pipeline (UTC), to which all ages count. A click shows the alerts of the 90 days up to it.
--: stat 4x4 dateTimeAsIso
--: link = /d/lowtide-alerts?from=${__data.fields.since.numeric}&to=${__data.fields.until.numeric}&${datasource:queryparam}&${pipeline:queryparam}
SELECT clock AS shown, toUnixTimestamp64Milli(clock - toIntervalDay(90)) AS since, toUnixTimestamp64Milli(clock) + 1 AS until
FROM pipeline_clock
WHERE {PIPELINE};

-- ## Opened each day
-- Alerts by the severity they opened with.
--: timeseries 12x9
SELECT toDateTime(toStartOfDay(opened_at, 'UTC'), 'UTC') AS time, {BY_FIRST_SEVERITY}
FROM alert_history
WHERE $__timeFilter_ms(opened_at) AND {PART}
GROUP BY time
ORDER BY time;

-- ## Open at the end of each day
-- How many alerts stand open, by the severity they have then. Of the whole pipeline.
--: timeseries 12x9
SELECT toDateTime(day, 'UTC') AS time, {OPEN_BY_SEVERITY}
FROM trend_day
WHERE day >= toDate($__fromTime, 'UTC') AND day <= toDate($__toTime, 'UTC') AND {PIPELINE}
GROUP BY time
ORDER BY time;

-- # Key figures by month

-- ## Key figures by month
-- Response: acknowledged of all. MTTA and MTTR: minutes from the opening to acknowledgement and resolution, median and
-- 90th percentile. False alarms per 1,000 positions and day. Of the whole pipeline.
--: table 24x9
--: time:YYYY-MM = month
--: h = warning
--: m = MTTA, MTTA 90 %, MTTR, MTTR 90 %
--: percentunit = response, resolved, reopened, rated, precision, came true, missed
SELECT month, alerts, response_rate AS response, mtta_minutes_median AS MTTA, mtta_minutes_p90 AS `MTTA 90 %`,
       mttr_minutes_median AS MTTR, mttr_minutes_p90 AS `MTTR 90 %`, resolution_rate AS resolved,
       reopen_rate AS reopened, rated_share AS rated, precision, came_true / nullIf(judged, 0) AS `came true`,
       false_alarms AS `false alarms`, false_alarms_per_1000_positions_day AS `false / 1,000 / day`, warning_lead_hours_median AS warning,
       stockouts, missed_share AS missed
FROM kpi_month
WHERE month >= toStartOfMonth($__fromTime, 'UTC') AND month <= toDate($__toTime, 'UTC') AND {PIPELINE}
ORDER BY month DESC;

-- # Can the chances be believed?

-- ## Said and came true
-- {P_MEANS}
-- What was said at the midnights of a sample of positions, against the share of these days on which the shelf ran out before
-- the horizon ended: about the same if p can be believed. Low and high are the 95 % interval, by position. All times, the whole
-- pipeline.
--: barchart 12x11 percentunit
--: bars = chance
--: stacked = no
SELECT concat(toString(decile * 10), '–', toString(decile * 10 + 10), ' %') AS chance, said, came_true AS `came true`, low, high
FROM calibration
WHERE dimension = 'all' AND {PIPELINE}
ORDER BY decile;

-- ## Alerts at their opening
-- {P_MEANS}
-- Alerts at their opening: these were days of large error (winner's curse), so they look worse than p is. Also, people act on
-- alerts. All times, the whole pipeline.
--: barchart 12x11 percentunit
--: bars = chance
--: stacked = no
SELECT concat(toString(decile * 10), '–', toString(decile * 10 + 10), ' %') AS chance, said, came_true AS `came true`, low, high
FROM calibration_opening
WHERE dimension = 'all' AND {PIPELINE}
ORDER BY decile;

-- ## Said and came true, by category
-- {P_MEANS}
-- Position-days of the sample: the mean chance said and the share that came true. All times, the whole pipeline.
--: table 12x10
--: percentunit = said, came true
SELECT value AS category, sum(calibrated.days) AS days,
       sum(calibrated.said * calibrated.days) / sum(calibrated.days) AS said,
       sum(calibrated.came_true * calibrated.days) / sum(calibrated.days) AS `came true`
FROM calibration AS calibrated
WHERE dimension = 'category' AND {PIPELINE}
GROUP BY value
ORDER BY days DESC, category
LIMIT 100;

-- ## What became of them
-- Alerts of each type by how they ended: cleared by stock, expired, superseded by a graver one, or still open.
--: barchart 12x10
--: bars = type
SELECT type, countIf(status = 'cleared') AS cleared, countIf(status = 'superseded') AS superseded,
       countIf(status = 'expired') AS expired, countIf(status = 'open') AS open
FROM alert_history
WHERE $__timeFilter_ms(opened_at) AND {PART}
GROUP BY type
ORDER BY count() DESC, type;

-- # Can people keep up?

-- ## Alarms in the busiest hour of each day
-- The most alarms that one owner got in an hour: 6 are acceptable, more than 12 nobody can handle.
--: timeseries 12x9
--: stacked = no
SELECT toDateTime(toStartOfDay(hour, 'UTC'), 'UTC') AS time, max(alarms) AS `busiest hour`,
       6 AS acceptable, 12 AS overload
FROM alarm_load_hour
WHERE $__timeFilter_ms(hour) AND {PIPELINE}
GROUP BY time
ORDER BY time;

-- ## When they open
-- Alerts of the time range by hour of the day (UTC).
--: barchart 12x9
--: bars = hour
SELECT leftPad(toString(toHour(opened_at, 'UTC')), 2, '0') AS hour,
       {BY_FIRST_SEVERITY}
FROM alert_history
WHERE $__timeFilter_ms(opened_at) AND {PART}
GROUP BY hour
ORDER BY hour;

-- ## Load of every owner
-- Alarms an hour from the first alarm to the last, and the share of hours within 6, within 12 and above. All times.
--: table 8x9
--: percentunit = to 6, 7 to 12, over 12
SELECT if(owner = '', '(nobody)', owner) AS owner, alarms, hours, alarms_per_hour AS `an hour`,
       share_acceptable AS `to 6`, share_high AS `7 to 12`, share_overload AS `over 12`
FROM alarm_load
WHERE {PIPELINE}
ORDER BY alarms DESC, owner;

-- ## Floods
-- More than 10 alarms for one owner within ten minutes, the largest first.
--: table 8x9
--: dateTimeAsIso = from, until
SELECT if(owner = '', '(nobody)', owner) AS owner, `from`, until, alarms
FROM alarm_flood
WHERE $__timeFilter_ms(`from`) AND {PIPELINE}
ORDER BY alarms DESC, `from`
LIMIT 100;

-- ## Chattering
-- Alerts that open again and again: raise their lines, or find out what is wrong with the record.
--: table 8x9
--: dateTimeAsIso = last opened
SELECT type, location, sku, openings, most_in_7_days AS `in 7 days`, last_opened_at AS `last opened`
FROM alarm_chattering
WHERE $__timeFilter_ms(last_opened_at) AND {PLACE}
ORDER BY openings DESC, location, sku, type
LIMIT 100;

-- # What was missed, and who delivers late

-- ## Missed stockouts by category
-- Times a shelf ran out without a warning, and the hours it stayed empty: their sum and the median.
--: table 8x10
--: h = empty, median
SELECT if(category = '', '(no category)', category) AS category, count() AS missed, sum(open_hours) AS empty,
       quantileExact(0.5)(open_hours) AS median
FROM missed_stockout
WHERE $__timeFilter_ms(opened_at) AND {PART}
GROUP BY category
ORDER BY missed DESC, category
LIMIT 50;

-- ## Missed stockouts
-- Each of them, the latest first.
--: table 16x10
--: h = empty
--: dateTimeAsIso = ran out, stock again
SELECT opened_at AS `ran out`, location, sku, name, category, open_hours AS empty,
       closed_at AS `stock again`, alert_id AS alert
FROM missed_stockout
WHERE $__timeFilter_ms(opened_at) AND {PART}
ORDER BY opened_at DESC, alert_id
LIMIT 200;

-- ## Suppliers
-- How late the delivered order lines came, after the first promised day: share, quartiles in days (below 0 is early),
-- what is overdue now and what came short. All times. Of the whole pipeline.
--: table 12x10
--: percentunit = late share, short
--: d = days 25 %, days 50 %, days 75 %
SELECT if(supplier = '', '(unknown)', supplier) AS supplier, orders, late, late_share AS `late share`,
       days_late_p25 AS `days 25 %`, days_late_p50 AS `days 50 %`, days_late_p75 AS `days 75 %`, overdue_now AS `overdue now`, short_share AS short
FROM supplier_lateness
WHERE {PIPELINE}
ORDER BY late DESC, supplier
LIMIT 100;

-- ## Stock by department
-- In stock: of the positions that sold in the last 28 days. Excess: more than 90 days of cover. Dead: no demand for 90
-- days; its value at cost. On the clock of the pipeline. Of the whole pipeline.
--: table 12x10
--: d = cover
--: percentunit = in stock, excess, dead
SELECT if(value = '', '(no department)', value) AS department, positions, in_stock_share AS `in stock`,
       days_of_cover AS cover, excess_share AS excess, dead_share AS dead, dead_value AS `dead value`
FROM stock_health
WHERE {PIPELINE} AND dimension = 'department'
ORDER BY positions DESC, department
LIMIT 100;

-- # Every alert

-- ## History
-- The 500 latest alerts of the time range, from opening to end.
--: table 24x16
--: h = open, warning
--: percentunit = said
--: dateTimeAsIso = opened, closed
SELECT opened_at AS opened, closed_at AS closed, status, worst_severity AS worst, type,
       location, sku, name, category, open_hours AS open, p_at_opening AS said,
       multiIf(came_true = 1, 'yes', came_true = 0, 'no', '') AS `came true`, warning_lead_hours AS warning, state, owner, feedback, alert_id AS alert
FROM alert_history
WHERE $__timeFilter_ms(opened_at) AND {PART}
ORDER BY opened_at DESC, alert_id
LIMIT 500;
