-- Pipeline health: what ran, what was refused, what came twice or late, and which places have fallen silent.
--
-- The time range chooses runs by the wall clock; all else is of all times, on the clock of the pipeline.

-- # The last run that ended

-- ## Status
-- How the last run ended; a failed one is run again from where its state stands.
--: stat 4x4 string
SELECT status AS shown
FROM run FINAL
WHERE {LAST};

-- ## Records
-- Records that it read.
--: stat 4x4
SELECT records AS shown
FROM run FINAL
WHERE {LAST};

-- ## Rejects
-- Share of its records that could not be used. The reasons are below.
--: stat 4x4 percentunit
SELECT rejects / nullIf(records, 0) AS shown
FROM run FINAL
WHERE {LAST};

-- ## Duplicates
-- Share of its records that had been seen before; they had no effect.
--: stat 4x4 percentunit
SELECT duplicates / nullIf(records, 0) AS shown
FROM run FINAL
WHERE {LAST};

-- ## Late
-- Share of its records that came behind the clock; very late ones are in it.
--: stat 4x4 percentunit
SELECT late / nullIf(records, 0) AS shown
FROM run FINAL
WHERE {LAST};

-- ## The log reaches
-- The newest event time of the pipeline (UTC), to which all ages count. A click shows the alerts of the 90 days up to it.
--: stat 4x4 dateTimeAsIso
--: link = /d/lowtide-alerts?from=${__data.fields.since.numeric}&to=${__data.fields.until.numeric}&${datasource:queryparam}&${pipeline:queryparam}
SELECT clock AS shown, toUnixTimestamp64Milli(clock - toIntervalDay(90)) AS since, toUnixTimestamp64Milli(clock) + 1 AS until
FROM pipeline_clock
WHERE {PIPELINE};

-- # Runs

-- ## Records of every run
-- Records that had an effect, had been seen before, or could not be used, by the start of the run (wall clock).
--: timeseries 12x9
SELECT started_at AS time, accepted, duplicates, rejects
FROM run FINAL
WHERE $__timeFilter_ms(started_at) AND {PIPELINE}
ORDER BY time;

-- ## Runs without an end
-- Still running, or killed: the next run of the pipeline goes on where a killed one stood. A run that lives gives a sign each minute.
--: table 12x9
--: dateTimeAsIso = started, last sign
SELECT started_at AS started, status, seen_at AS `last sign`, source, workers, lowtide_version AS version
FROM run FINAL
WHERE {PIPELINE} AND ended_at IS NULL
ORDER BY started_at DESC
LIMIT 50;

-- ## Every run
-- The latest 200 of the time range. A new policy shows in the column policy.
--: table 24x10
--: dateTimeAsIso = started
--: s = took
SELECT started_at AS started, source, status, dateDiff('millisecond', started_at, ended_at) / 1000 AS took,
       records, records / nullIf(took, 0) AS `a second`, accepted, rejects, duplicates, late, very_late AS `very late`,
       workers, policy_version AS policy, lowtide_version AS version
FROM run FINAL
WHERE $__timeFilter_ms(started_at) AND {PIPELINE}
ORDER BY started_at DESC
LIMIT 200;

-- # Can the data be trusted?

-- ## By partition
-- Rejects by reason and counts set aside, of all times; duplicates and late records of the last run. A till that begins
-- to send a new code, or an old clock, shows here first.
--: table 12x10
--: percentunit = share
SELECT partition, check, records, share, of_records AS `of`
FROM data_quality
WHERE {PIPELINE}
ORDER BY records DESC, partition, check
LIMIT 200;

-- ## Rejects by reason and field
-- What the owner of the data has to correct, with one message of each.
--: table 12x10
SELECT reason, ifNull(field, '') AS field, count() AS records, min(message) AS example
FROM reject FINAL
WHERE {PIPELINE}
GROUP BY reason, field
ORDER BY records DESC, reason, field
LIMIT 100;

-- ## Latest rejects
-- The records as they came, at most 200 characters of each.
--: table 24x9
SELECT partition, offset, reason, field, message, substringUTF8(toValidUTF8(record), 1, 200) AS record
FROM reject FINAL
WHERE {PIPELINE}
ORDER BY partition, offset DESC
LIMIT 50;

-- ## Silent locations
-- No movement for 24 hours while others move: is the feed down, or the shop closed? `selling days` of the 28 up to its
-- last movement say whether silence is news.
--: table 12x10
--: dateTimeAsIso = last movement
--: h = silent
SELECT location, last_event_time AS `last movement`, silent_hours AS silent,
       days_with_sales AS `selling days`, positions
FROM silent_location
WHERE {PLACE}
ORDER BY `selling days` DESC, silent DESC, location
LIMIT 100;

-- ## Missing records
-- Records that came without the one that should come before them, by who or what wrote them. Looked for where the policy names
-- `process_hole`.
--: table 12x10
--: dateTimeAsIso = last
SELECT location, if(source = '', '(found later)', source) AS source, kind AS missing, sum(hole.alerts) AS alerts,
       sum(hole.open) AS open, max(last_at) AS last
FROM process_hole AS hole
WHERE {PLACE}
GROUP BY location, source, kind
ORDER BY alerts DESC, location, source, missing
LIMIT 100;

-- ## Is the record right?
-- Of the positions counted again, the share whose record was within 5 % of the count; and how far all records were from
-- their counts. The last 24 months with counts.
--: barchart 12x10 percentunit
--: bars = month
--: stacked = no
SELECT formatDateTime(month, '%Y-%m') AS month, accuracy, relative_variance AS variance
FROM
(
    SELECT month, accuracy, relative_variance
    FROM record_accuracy
    WHERE {PIPELINE} AND dimension = 'all'
    ORDER BY month DESC
    LIMIT 24
)
ORDER BY month;
