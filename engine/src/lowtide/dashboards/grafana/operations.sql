-- Operations: what is open now, where, how much is at risk, and who has it.
--
-- Of the desk the time range counts, on its clock. Nothing else depends on it: "now" is the clock of the pipeline. Open alerts are asked for by way of `alert_open`, which
-- finds them among positions instead of in all of history, because the page asks again every minute.

-- # Now

-- ## Open alerts
-- Alerts that are open on the clock of the pipeline.
--: stat 4x4
SELECT count() AS shown FROM alert_open WHERE {PART};

-- ## Critical
-- Open alerts of the highest severity.
--: stat 4x4
SELECT countIf(severity = 'critical') AS shown FROM alert_open WHERE {PART};

-- ## Money at risk
-- What the open alerts are expected to lose within their horizon, in the currency of the catalogue.
--: stat 4x4
SELECT round(sum(expected_loss), 2) AS shown FROM alert_open WHERE {PART};

-- ## Nobody has
-- Open alerts without an owner that nobody has acknowledged: `lowtide assign` gives them one.
--: stat 4x4
SELECT countIf(owner = '' AND state = 'new') AS shown
FROM alert_open
WHERE {PART};

-- ## Stale
-- Open for more than 24 hours, and no person has done more than write a note. Under 5 is the anchor.
--: stat 4x4
SELECT count() AS shown
FROM alarm_stale
WHERE {PIPELINE} AND alert_id IN (SELECT alert_id FROM alert_open WHERE {PART});

-- ## The log reaches
-- The newest event time of the pipeline (UTC), to which all ages count. A click shows the alerts of the 90 days up to it.
--: stat 4x4 dateTimeAsIso
--: link = /d/lowtide-alerts?from=${__data.fields.since.numeric}&to=${__data.fields.until.numeric}&${datasource:queryparam}&${pipeline:queryparam}
SELECT clock AS shown, toUnixTimestamp64Milli(clock - toIntervalDay(90)) AS since, toUnixTimestamp64Milli(clock) + 1 AS until
FROM pipeline_clock
WHERE {PIPELINE};

-- # What, and who has it

-- ## By type and severity
-- Open alerts of each type.
--: barchart 12x9
--: bars = type
SELECT type, {BY_SEVERITY}
FROM alert_open
WHERE {PART}
GROUP BY type
ORDER BY count() DESC, type;

-- ## By owner
-- Who is accountable for what is open; (nobody) is the queue to hand out.
--: table 12x9
--: dateTimeAsIso = oldest
SELECT if(owner = '', '(nobody)', owner) AS owner, count() AS open, countIf(severity = 'critical') AS critical,
       countIf(state = 'new') AS new, countIf(state = 'acknowledged') AS acknowledged,
       countIf(state = 'in_progress') AS `in progress`, countIf(state = 'resolved') AS resolved,
       round(sum(expected_loss), 2) AS `at risk`, min(opened_at) AS oldest
FROM alert_open
WHERE {PART}
GROUP BY owner
ORDER BY open DESC, owner;

-- # Where

-- ## Location by category
-- The 20 locations and 15 categories with the most of what `Heatmap shows` says. An empty cell has nothing open.
--: matrix 24x14
--: across = category
WITH
    cell AS
    (
        SELECT location, if(category = '', '(no category)', category) AS category, ${measure} AS measured
        FROM heatmap
        WHERE {PART} AND open_alerts > 0
    ),
    places AS (SELECT location FROM cell GROUP BY location ORDER BY sum(measured) DESC, location LIMIT 20),
    kinds AS (SELECT category FROM cell GROUP BY category ORDER BY sum(measured) DESC, category LIMIT 15)
SELECT location, category, measured AS value
FROM cell
WHERE location IN (SELECT location FROM places) AND category IN (SELECT category FROM kinds)
ORDER BY location, category;

-- ## Locations
-- What is open in each, and how many of its positions are empty while demand is expected. A click looks at one.
--: table 12x10
--: link = /d/lowtide-operations?${datasource:queryparam}&${pipeline:queryparam}&var-location=${__data.fields.location:percentencode}
SELECT location, sum(open_alerts) AS open, sum(critical) AS critical, round(sum(expected_loss), 2) AS `at risk`,
       sum(out_of_stock) AS `out of stock`, sum(positions) AS positions
FROM heatmap
WHERE {PART}
GROUP BY location
HAVING open > 0
ORDER BY `at risk` DESC, location
LIMIT 100;

-- ## Categories
-- The same by category.
--: table 12x10
SELECT if(category = '', '(no category)', category) AS category, sum(open_alerts) AS open, sum(critical) AS critical,
       round(sum(expected_loss), 2) AS `at risk`, sum(out_of_stock) AS `out of stock`, sum(positions) AS positions
FROM heatmap
WHERE {PART}
GROUP BY category
HAVING open > 0
ORDER BY `at risk` DESC, category
LIMIT 100;

-- # Signs

-- ## Silent feeds
-- Tills and locations that send nothing, against their own rhythm. Until they are back, nobody knows what is sold there.
--: table 12x8
--: dateTimeAsIso = since
SELECT location, source, since, silent_hours AS `hours silent`, expected_records AS `records missed`, owner
FROM silent_feed
WHERE {PLACE}
ORDER BY `records missed` DESC, location, source
LIMIT 100;

-- ## Suppliers that slip
-- Supplies that come later than first promised, so that shelves may run empty, by supplier and promised day, of all locations.
--: table 12x8
--: percentunit = P(out)
SELECT if(supplier = '', '(no supplier)', supplier) AS supplier, promised_on AS promised, due_on AS due, positions, units,
       worst_p AS `P(out)`, round(expected_loss, 2) AS `at risk`
FROM supplier_slip
WHERE {PIPELINE}
ORDER BY `at risk` DESC, positions DESC, supplier, promised
LIMIT 100;

-- ## Count these first
-- Positions with stock on record whose shelf is probably empty. The place on the list is a rank and not a chance.
--: table 24x10
SELECT rank, location, sku, name, on_hand AS `on record`, idle_days AS `days without a sale`,
       round(usual_per_day, 1) AS `usual a day`, round(expected_loss, 2) AS `at risk`, owner
FROM count_first
WHERE {PART}
ORDER BY rank
LIMIT 100;

-- ## Stock that does not move
-- Overstock, slow-moving, dead and expiring stock, and what holding it costs in a month, in the currency of the catalogue.
--: table 12x10
SELECT type, count() AS positions, sum(line.value) AS `at cost`, sum(line.holding_cost_month) AS `holding a month`
FROM stock_at_rest AS line
WHERE {PART}
GROUP BY type
ORDER BY `at cost` DESC, type;

-- ## The most valuable of it
-- The 100 positions whose stock is worth the most at cost. Of an overstock the excess counts.
--: table 12x10
SELECT type, location, sku, name, units, value AS `at cost`, holding_cost_month AS `holding a month`, owner
FROM stock_at_rest
WHERE {PART}
ORDER BY `at cost` DESC NULLS LAST, location, sku
LIMIT 100;

-- # What to look at first

-- ## Open alerts, most money at risk first
-- The 100 most expensive, with the stock of now. `lowtide explain ALERT` computes each number again and says why.
--: table 24x16
--: percentunit = P(out)
--: dateTimeAsIso = opened
SELECT severity, type, location, sku, name, category, available, on_order AS `on order`,
       on_order_since AS `ordered since`,
       p_stockout AS `P(out)`, stockout_p50 AS `out in days`, expected_loss AS `at risk`, state, owner,
       opened_at AS opened, last_comment AS comment, alert_id AS alert
FROM alert_open
WHERE {PART}
ORDER BY expected_loss DESC, {GRAVEST_FIRST}, alert_id
LIMIT 100;

-- ## Overdue supply by supplier
-- Open order lines whose last promised day has passed: whom to call.
--: table 12x10
--: dateTimeAsIso = oldest due
SELECT if(supplier = '', '(unknown)', supplier) AS supplier, count() AS `lines overdue`,
       sum(outstanding) AS units, min(due) AS `oldest due`
FROM order_line
WHERE {PART} AND overdue
GROUP BY supplier
ORDER BY `lines overdue` DESC, supplier
LIMIT 50;

-- ## Stale: nobody has taken them up
-- Open for more than 24 hours with nobody on them, most money at risk first.
--: table 12x10
--: h = open
SELECT severity, type, location, sku, hours_open AS open, expected_loss AS `at risk`, alert_id AS alert
FROM alarm_stale
WHERE {PIPELINE} AND alert_id IN (SELECT alert_id FROM alert_open WHERE {PART})
ORDER BY expected_loss DESC, alert_id
LIMIT 50;

-- # The desk: who was called, and whether somebody answered

-- ## Messages sent
-- Messages that a target took in the time range. Several contacts of a person count once; digests and reviews count too.
--: stat 6x4
SELECT uniqExact(notification_id) AS shown
FROM notification FINAL
WHERE $__timeFilter_ms(decided_at) AND {TOLD} AND state = 'sent';

-- ## Messages on their way
-- Messages of the time range that no target has taken yet, and that are still tried.
--: stat 6x4
SELECT uniqExact(notification_id) AS shown
FROM notification FINAL
WHERE $__timeFilter_ms(decided_at) AND {TOLD} AND state IN ('pending', 'sending');

-- ## Dead messages
-- Messages of the time range that every contact of the person refused: nobody has heard. `lowtide desk dead ls` lists them.
--: stat 6x4
SELECT count() AS shown
FROM
(
    SELECT notification_id FROM notification FINAL
    WHERE $__timeFilter_ms(decided_at) AND {TOLD}
    GROUP BY notification_id
    HAVING countIf(state = 'dead') = count()
);

-- ## Answered in time
-- Share of the alerts told in the time range that were acknowledged before their deadline. One whose deadline runs counts as neither.
--: stat 6x4 percentunit
SELECT avgOrNull(acknowledged_in_time) AS shown
FROM response
WHERE $__timeFilter_ms(told_at) AND {PART};

-- ## Calls in an hour, for the person with the most
-- Messages to one person in an hour, of all pipelines: the most, and the average of those who got any. Up to 6 is acceptable, above 12 an overload.
--: timeseries 12x9
--: stacked = no
SELECT hour AS time, max(pushes) AS `most for one person`, round(avg(pushes), 1) AS average,
       6 AS acceptable, 12 AS overload
FROM push_load_hour
WHERE $__timeFilter_ms(hour) AND pushes > 0
GROUP BY hour
ORDER BY hour;

-- ## Hours of persons by load
-- Each hour in which a person was called, of all pipelines, by its load. What it was for each person stands in the review of the lead.
--: table 12x9
--: percentunit = share
WITH
    called AS (SELECT * FROM push_load_hour WHERE $__timeFilter_ms(hour) AND pushes > 0)
SELECT level, count() AS `hours of persons`, count() / (SELECT count() FROM called) AS share, sum(pushes) AS messages,
       sum(critical) AS critical, max(pushes) AS most
FROM called
GROUP BY level
ORDER BY most;

-- ## Messages by reason and state
-- What became of the messages of the time range, one for each target that was to carry it.
--: barchart 12x9
--: bars = reason
SELECT reason, countIf(state = 'sent') AS sent, countIf(state IN ('pending', 'sending')) AS `on the way`,
       countIf(state = 'dropped') AS `not true any more`, countIf(state = 'dead') AS refused
FROM notification FINAL
WHERE $__timeFilter_ms(decided_at) AND {TOLD}
GROUP BY reason
ORDER BY count() DESC, reason;

-- ## Response within the deadline
-- By team and severity: how many alerts were told, and the share acknowledged and resolved before their deadlines in business time.
--: table 12x9
--: percentunit = in time, resolved in time
--: m = median
SELECT if(team = '', '(no team)', team) AS team, severity, count() AS told, countIf(acknowledged_at IS NOT NULL) AS acknowledged,
       avgOrNull(acknowledged_in_time) AS `in time`, quantileExactOrNull(0.5)(minutes_to_acknowledge) AS median,
       avgOrNull(resolved_in_time) AS `resolved in time`, countIf(NOT confirmed) AS `holidays not confirmed`
FROM response
WHERE $__timeFilter_ms(told_at) AND {PART}
GROUP BY team, severity
ORDER BY team, {GRAVEST_FIRST};
