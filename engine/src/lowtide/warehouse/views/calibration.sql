-- Whether the chances can be believed: what was said, against what came true.
--
-- p is the chance that the shelf is empty at some moment before the horizon ends, if nobody does anything beyond the orders known
-- or expected on that day. It is judged by position-days: a sample of positions, each at every midnight, whatever it said then.
-- Alerts at their opening stand beside, as what they are: of all days, these are the ones on which p was highest, and so the days of
-- large error. The interval of a share takes the positions for the sample, not their days: `warehouse/interval.py`.

-- A shelf ran out where an out_of_stock alert opened. No alert opens for a position that nobody plans (policy `unplanned: silent`), so
-- what became of it is not known.
CREATE OR REPLACE VIEW {database}.calibration_judged {on_cluster} (
    {pipeline}, {location}, {sku},
    day Date32 COMMENT 'Day that begins at the midnight, in the time zone of the position',
    p_stockout Float64 COMMENT 'Chance of an empty shelf within the horizon, as it was said at that midnight',
    horizon_days UInt16 COMMENT 'Days of the horizon',
    came_true UInt8 COMMENT '1 if the shelf ran out within horizon_days of the midnight: an out_of_stock alert opened',
    planned Bool COMMENT 'Whether somebody plans the position. If not, an empty shelf gives no alert, and came_true is 0',
    {category}, {department}, {supplier}
) AS
WITH ran_out AS (
    SELECT DISTINCT pipeline, location, sku, opened_at AS at
    FROM {database}.alert_opening
    WHERE type = 'out_of_stock'
)
SELECT
    said.pipeline AS pipeline, said.location AS location, said.sku AS sku, said.day AS day, said.p_stockout AS p_stockout,
    said.horizon_days AS horizon_days,
    toUInt8(ifNull(ran_out.at >= said.midnight AND ran_out.at < said.midnight + toIntervalDay(said.horizon_days), 0)) AS came_true,
    said.planned AS planned,
    ifNull(item.category, '') AS category, ifNull(item.department, '') AS department, ifNull(item.supplier, '') AS supplier
FROM (SELECT * FROM {database}.calibration_day FINAL) AS said
GLOBAL ASOF LEFT JOIN ran_out
    ON said.pipeline = ran_out.pipeline AND said.location = ran_out.location AND said.sku = ran_out.sku AND ran_out.at >= said.midnight
GLOBAL INNER JOIN {database}.pipeline_clock AS reached ON said.pipeline = reached.pipeline
GLOBAL LEFT JOIN (SELECT sku, category, department, supplier FROM {database}.catalogue FINAL) AS item ON said.sku = item.sku
WHERE said.midnight + toIntervalDay(said.horizon_days) <= reached.clock
COMMENT 'One row a sampled position and day whose horizon is over: what was said and whether it came true';

CREATE OR REPLACE VIEW {database}.calibration {on_cluster} (
    {pipeline}, {dimension}, {value},
    decile UInt8 COMMENT 'Tenth of the chance said: 3 is .3 up to .4',
    from Float64 COMMENT 'Where the tenth begins',
    to Float64 COMMENT 'Where it ends',
    positions UInt64 COMMENT 'Different positions that said such a chance',
    days UInt64 COMMENT 'Their position-days: midnights at which they said it',
    said Float64 COMMENT 'Mean chance said',
    came_true Float64 COMMENT 'Share of the position-days on which the shelf ran out within the horizon: near said, if p can be believed',
    low Float64 COMMENT 'Lower end of the 95 % interval of came_true, by position: days of one position are not independent',
    high Float64 COMMENT 'Upper end of it'
) AS
WITH
    held AS (
        SELECT
            pipeline, location, sku, category, department, supplier,
            toUInt8(least(9, floor(p_stockout * 10 + 1e-9))) AS decile,
            count() AS n, sum(judged.came_true) AS h, sum(toUInt64(round(p_stockout * 1e6))) AS p_sum
        FROM {database}.calibration_judged AS judged
        WHERE planned
        GROUP BY pipeline, location, sku, category, department, supplier, decile
    ),
    summed AS (
        SELECT pipeline, {dimension_and_value}, decile, sum(p_sum) AS millionths, {clusters}
        FROM held
        GROUP BY GROUPING SETS (
            (pipeline, decile), (pipeline, location, decile), (pipeline, category, decile), (pipeline, department, decile), (pipeline, supplier, decile))
    )
SELECT
    pipeline, dimension, value, decile, round(decile / 10, 1) AS from, round((decile + 1) / 10, 1) AS to, positions, days,
    round(millionths / days / 1e6, 6) AS said, {effective}, {low} AS low, {high} AS high
FROM summed
COMMENT 'p said at midnights of sampled, planned positions against what came true, by tenths: in all, by location, category, department and supplier';

CREATE OR REPLACE VIEW {database}.calibration_opening {on_cluster} (
    {pipeline}, {dimension}, {value},
    decile UInt8 COMMENT 'Tenth of the chance said at the opening: 3 is .3 up to .4',
    from Float64 COMMENT 'Where the tenth begins',
    to Float64 COMMENT 'Where it ends',
    positions UInt64 COMMENT 'Different positions with such an alert',
    alerts UInt64 COMMENT 'Projected stockouts whose horizon has passed on the clock',
    said Float64 COMMENT 'Mean chance said at the opening',
    came_true Float64 COMMENT 'Share of the alerts whose shelf ran out within their horizon, whatever became of the alert. Below said even if p is right: an alert opens where the error is large',
    low Float64 COMMENT 'Lower end of the 95 % interval of came_true, by position',
    high Float64 COMMENT 'Upper end of it'
) AS
WITH
    said AS (
        SELECT pipeline, location, sku, alert_id, opened_at, any(p_stockout) AS p, any(JSONExtractUInt(detail, 'horizon_days')) AS horizon
        FROM {database}.ledger
        WHERE seq = 1 AND type = 'projected_stockout' AND p_stockout IS NOT NULL
        GROUP BY pipeline, location, sku, alert_id, opened_at
    ),
    ran_out AS (
        SELECT DISTINCT pipeline, location, sku, opened_at AS at
        FROM {database}.alert_opening
        WHERE type = 'out_of_stock'
    ),
    judged AS (
        SELECT
            said.pipeline AS pipeline, said.location AS location, said.sku AS sku, assumeNotNull(said.p) AS p,
            ifNull(ran_out.at >= said.opened_at AND ran_out.at <= said.opened_at + toIntervalDay(said.horizon), 0) AS hit
        FROM said
        GLOBAL ASOF LEFT JOIN ran_out
            ON said.pipeline = ran_out.pipeline AND said.location = ran_out.location AND said.sku = ran_out.sku
            AND ran_out.at >= said.opened_at
        GLOBAL INNER JOIN {database}.pipeline_clock AS reached ON said.pipeline = reached.pipeline
        WHERE said.opened_at + toIntervalDay(said.horizon) <= reached.clock
    ),
    held AS (
        SELECT
            pipeline, location, judged.sku AS sku, ifNull(item.category, '') AS category,
            ifNull(item.department, '') AS department, ifNull(item.supplier, '') AS supplier,
            toUInt8(least(9, floor(p * 10 + 1e-9))) AS decile,
            count() AS n, countIf(hit) AS h, sum(toUInt64(round(p * 1e6))) AS p_sum
        FROM judged
        GLOBAL LEFT JOIN (SELECT sku, category, department, supplier FROM {database}.catalogue FINAL) AS item ON judged.sku = item.sku
        GROUP BY pipeline, location, sku, category, department, supplier, decile
    ),
    summed AS (
        SELECT pipeline, {dimension_and_value}, decile, sum(p_sum) AS millionths, {clusters}
        FROM held
        GROUP BY GROUPING SETS (
            (pipeline, decile), (pipeline, location, decile), (pipeline, category, decile), (pipeline, department, decile), (pipeline, supplier, decile))
    )
SELECT
    pipeline, dimension, value, decile, round(decile / 10, 1) AS from, round((decile + 1) / 10, 1) AS to, positions, days AS alerts,
    round(millionths / days / 1e6, 6) AS said, {effective}, {low} AS low, {high} AS high
FROM summed
COMMENT 'Alerts at their opening: these were days of large error (winner''s curse), so they look worse than p is. By tenths: in all, by location, category, department and supplier';
