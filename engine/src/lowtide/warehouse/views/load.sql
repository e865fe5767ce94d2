-- How many alarms a person gets (IEC 62682), which of them wait for a person, and which open again and again.

CREATE OR REPLACE VIEW {database}.alarm_load_hour {on_cluster} (
    {pipeline},
    owner LowCardinality(String) COMMENT 'Owner of the alerts; empty for nobody',
    hour DateTime64(3, 'UTC') COMMENT 'Hour in which they opened; hours without an alarm have no row',
    alarms UInt64 COMMENT 'Alerts that opened',
    level LowCardinality(String) COMMENT 'acceptable up to 6 an hour, high up to 12, overload above'
) AS
SELECT
    pipeline, owner, toDateTime64(toStartOfHour(opened_at), 3, 'UTC') AS hour, count() AS alarms,
    multiIf(alarms <= 6, 'acceptable', alarms <= 12, 'high', 'overload') AS level
FROM {database}.alert_history
GROUP BY pipeline, owner, hour
COMMENT 'Alarms an owner got in every hour, against the lines of 6 and 12';

CREATE OR REPLACE VIEW {database}.alarm_load {on_cluster} (
    {pipeline},
    owner LowCardinality(String) COMMENT 'Owner of the alerts; empty for nobody',
    hours UInt64 COMMENT 'Hours from the first to the last alarm, quiet ones too',
    alarms UInt64 COMMENT 'Alerts that opened',
    alarms_per_hour Float64 COMMENT 'alarms / hours: about 6 is acceptable, 12 the most a person can handle',
    share_acceptable Float64 COMMENT 'Share of the hours with at most 6',
    share_high Float64 COMMENT 'Share of the hours with 7 to 12',
    share_overload Float64 COMMENT 'Share of the hours with more than 12'
) AS
SELECT
    pipeline, owner, dateDiff('hour', min(hour), max(hour)) + 1 AS hours, sum(loaded.alarms) AS alarms,
    alarms / hours AS alarms_per_hour,
    1 - share_high - share_overload AS share_acceptable,
    countIf(level = 'high') / hours AS share_high,
    countIf(level = 'overload') / hours AS share_overload
FROM {database}.alarm_load_hour AS loaded
GROUP BY pipeline, owner
COMMENT 'Alarm load of every owner: mean an hour, and share of hours over the lines';

CREATE OR REPLACE VIEW {database}.alarm_flood {on_cluster} (
    {pipeline},
    owner LowCardinality(String) COMMENT 'Owner of the alerts; empty for nobody',
    from DateTime64(3, 'UTC') COMMENT 'Start of the first ten minutes with more than 10 alarms',
    until DateTime64(3, 'UTC') COMMENT 'End of the last such ten minutes in a row',
    alarms UInt64 COMMENT 'Alerts that opened in between'
) AS
WITH
    ten_minutes AS (
        SELECT pipeline, owner, toDateTime(toStartOfTenMinutes(opened_at), 'UTC') AS start, count() AS opened
        FROM {database}.alert_history
        GROUP BY pipeline, owner, start
        HAVING opened > 10
    ),
    in_a_row AS (
        SELECT *, toUnixTimestamp(start) - 600 * row_number() OVER (PARTITION BY pipeline, owner ORDER BY start) AS flood
        FROM ten_minutes
    )
SELECT pipeline, owner, min(start) AS from, max(start) + 600 AS until, sum(opened) AS alarms
FROM in_a_row
GROUP BY pipeline, owner, flood
COMMENT 'Times at which an owner got more than 10 alarms in ten minutes';

CREATE OR REPLACE VIEW {database}.alarm_stale {on_cluster} (
    {pipeline}, {alert_id}, {type},
    severity LowCardinality(String) COMMENT 'Severity now',
    {location}, {sku}, {opened_at},
    hours_open Float64 COMMENT 'Hours open on the clock of the pipeline: more than 24, and no person has done more than write a note',
    {expected_loss}
) AS
SELECT
    alert.pipeline AS pipeline, alert_id, type, severity, location, sku, opened_at,
    round(dateDiff('second', opened_at, reached.clock) / 3600, 2) AS hours_open, expected_loss
FROM {database}.alert_open AS alert
GLOBAL INNER JOIN {database}.pipeline_clock AS reached ON alert.pipeline = reached.pipeline
WHERE opened_at < reached.clock - toIntervalHour(24)
    AND state = 'new'
    AND (owner = '' OR (alert.pipeline, alert_id) GLOBAL NOT IN (SELECT pipeline, alert_id FROM {database}.alert_people WHERE handed_over))
COMMENT 'Alerts open for more than 24 hours that nobody has taken or given to anybody: to be routed to a person is not yet to be taken';

CREATE OR REPLACE VIEW {database}.alarm_chattering {on_cluster} (
    {pipeline}, {location}, {sku}, {type},
    openings UInt64 COMMENT 'How often it has opened',
    most_in_7_days UInt64 COMMENT 'The most openings within seven days: four or more, or it was marked',
    flapping UInt8 COMMENT '1 if the engine marked it as opening too often',
    last_opened_at DateTime64(3, 'UTC') COMMENT 'When it last opened'
) AS
WITH arraySort(groupUniqArrayIf(event_time, entry = 'OPENED')) AS times
SELECT
    pipeline, location, sku, type, length(times) AS openings,
    arrayMax(arrayPushBack(arrayMap(t -> arrayCount(u -> u >= t AND u < t + toIntervalDay(7), times), times), 0)) AS most_in_7_days,
    max(entry = 'FLAPPING') AS flapping,
    max(opened_at) AS last_opened_at
FROM {database}.ledger
WHERE entry IN ('OPENED', 'FLAPPING')
GROUP BY pipeline, location, sku, type
HAVING flapping OR (openings >= 4 AND most_in_7_days >= 4)
COMMENT 'Positions whose alert opens again and again';
