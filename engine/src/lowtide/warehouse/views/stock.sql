-- The units on the shelves: how long they last, which do not sell, and whether the record is right.
--
-- A day counts once it is closed: "the last 28 days" are the 28 before the day (UTC) of the pipeline's clock. A row may be there
-- twice, so everything is read with FINAL or folded by min, max and uniq. A share without a denominator is null. What a left join may not
-- find is given a value by ifNull, because some clients set join_use_nulls.

CREATE OR REPLACE VIEW {database}.position_current {on_cluster} (
    {pipeline},
    partition LowCardinality(String) COMMENT 'Source partition that holds the movements of the position',
    offset UInt64 COMMENT 'Number of the last record that touched the position',
    {location}, {sku}, {on_hand},
    allocated Decimal(18, 3) COMMENT 'Units reserved',
    held Decimal(18, 3) COMMENT 'Units on hold',
    {available}, {on_order}, {in_transit},
    last_event_time DateTime64(3, 'UTC') COMMENT 'Latest event time of the position'
) AS
SELECT * FROM {database}.position FINAL
COMMENT 'Stock of every position, one row each; from `position` without repeated rows';

-- Only the few days with a very late part have two rows that must be added; every other day is a single row.
CREATE OR REPLACE VIEW {database}.demand_daily {on_cluster} (
    {pipeline}, {location}, {sku},
    day Date32 COMMENT 'Day of the sale in the time zone of the position',
    demand Decimal(18, 3) COMMENT 'Units sold less units voided, at least 0'
) AS
WITH two_parts AS (SELECT pipeline, location, sku, day FROM {database}.demand_day WHERE part = 'very_late')
SELECT pipeline, location, sku, day, greatest(demand, 0) AS demand
FROM {database}.demand_day FINAL
WHERE (pipeline, location, sku, day) GLOBAL NOT IN two_parts
UNION ALL
SELECT pipeline, location, sku, day, least(greatest(sum(parts.demand), 0), {most}) AS demand
FROM {database}.demand_day AS parts FINAL
WHERE (pipeline, location, sku, day) GLOBAL IN two_parts
GROUP BY pipeline, location, sku, day
COMMENT 'Demand of every position and day on which it sold: the parts of `demand_day` added up';

CREATE OR REPLACE VIEW {database}.days_of_cover {on_cluster} (
    {pipeline}, {location}, {sku},
    name String COMMENT 'Name of the SKU, empty if the catalogue does not have it',
    {category}, {department}, {supplier}, {abc}, {available},
    units Decimal(18, 3) COMMENT 'Units on hand, at least 0',
    sold_28_days Decimal(18, 3) COMMENT 'Demand of the last 28 closed days',
    sold_90_days Decimal(18, 3) COMMENT 'Demand of the last 90 closed days',
    days_known UInt16 COMMENT 'Closed days since first_seen_day, 1 to 90',
    demand_per_day Float64 COMMENT 'sold_28_days by day, over days_known where these are fewer than 28. A day out of stock counts as any other',
    days_of_cover Nullable(Float64) COMMENT 'units / demand_per_day; null without demand in 28 days',
    wanted UInt8 COMMENT '1 if it sold in the last 28 closed days: only then can it be out of stock',
    in_stock UInt8 COMMENT '1 if wanted and available > 0',
    excess UInt8 COMMENT '1 if wanted and more than 90 days of cover',
    dead UInt8 COMMENT '1 if there are units and no demand for 90 days; never sold: since it was first seen',
    first_seen_day Date32 COMMENT 'Day of its first sale, count, or movement that names an order; if it has none, of its last movement',
    last_demand_day Nullable(Date32) COMMENT 'Last day with demand, today too; null: it never sold',
    unit_cost Nullable(Decimal(18, 3)) COMMENT 'Cost, else price less margin, else price; null if the catalogue has none of them',
    value Nullable(Decimal(18, 3)) COMMENT 'units x unit_cost'
) AS
WITH
    clock AS (SELECT pipeline, toDate32(clock) AS today FROM {database}.pipeline_clock),
    trace AS (
        SELECT pipeline, location, sku, day, demand, toNullable(day) AS seen_on
        FROM {database}.demand_daily
        WHERE demand > 0
        UNION ALL
        SELECT pipeline, location, sku, NULL, 0, min(toDate32(event_time)) FROM {database}.stock_count GROUP BY pipeline, location, sku
        UNION ALL
        SELECT pipeline, location, sku, NULL, 0, min(toDate32(event_time)) FROM {database}.supply_event GROUP BY pipeline, location, sku
    ),
    known AS (
        SELECT
            pipeline, location, sku,
            least(sumIf(demand, day >= today - 28 AND day < today), {most}) AS sold_28_days,
            least(sumIf(demand, day >= today - 90 AND day < today), {most}) AS sold_90_days,
            max(day) AS last_demand_day,
            min(seen_on) AS seen_on
        FROM trace
        INNER JOIN clock ON trace.pipeline = clock.pipeline
        GROUP BY pipeline, location, sku
    ),
    item AS (
        SELECT sku, name, category, department, supplier, abc, coalesce(catalogue.unit_cost, unit_price - unit_margin, unit_price) AS unit_cost
        FROM {database}.catalogue FINAL
    )
SELECT
    held.pipeline AS pipeline, held.location AS location, held.sku AS sku,
    {item},
    held.available AS available, greatest(held.on_hand, 0) AS units,
    ifNull(known.sold_28_days, 0) AS sold_28_days, ifNull(known.sold_90_days, 0) AS sold_90_days,
    ifNull(clock.today, toDate32(held.last_event_time)) AS day_of_clock,
    toUInt16(greatest(1, least(90, dateDiff('day', first_seen_day, day_of_clock)))) AS days_known,
    toFloat64(sold_28_days) / least(28, days_known) AS demand_per_day,
    if(wanted, toFloat64(units) / demand_per_day, NULL) AS days_of_cover,
    sold_28_days > 0 AS wanted,
    wanted AND available > 0 AS in_stock,
    ifNull(days_of_cover > 90, 0) AS excess,
    units > 0 AND coalesce(last_demand_day, first_seen_day) < day_of_clock - 90 AS dead,
    least(coalesce(known.seen_on, toDate32(held.last_event_time)), toDate32(held.last_event_time)) AS first_seen_day,
    known.last_demand_day AS last_demand_day,
    item.unit_cost AS unit_cost,
    if(isNull(item.unit_cost), NULL, greatest(least(round(toDecimal128(units, 3) * item.unit_cost, 3), {most}), -{most})) AS value
FROM (SELECT * FROM {database}.position FINAL) AS held
LEFT JOIN known ON held.pipeline = known.pipeline AND held.location = known.location AND held.sku = known.sku
LEFT JOIN item ON held.sku = item.sku
LEFT JOIN clock ON held.pipeline = clock.pipeline
COMMENT 'How long the stock of every position lasts at the demand of the last 28 days, and whether it is excess or dead';

CREATE OR REPLACE VIEW {database}.dead_stock {on_cluster} (
    {pipeline}, {location}, {sku}, {name}, {category}, {department}, {supplier},
    units Decimal(18, 3) COMMENT 'Units on hand',
    value Nullable(Decimal(18, 3)) COMMENT 'units at unit_cost; null if the catalogue has neither cost nor price',
    last_demand_day Nullable(Date32) COMMENT 'Last day with demand; null: it never sold',
    first_seen_day Date32 COMMENT 'Since when it is known, see days_of_cover',
    days_without_demand UInt32 COMMENT 'Days since last_demand_day, or since first_seen_day if it never sold'
) AS
SELECT
    cover.pipeline AS pipeline, location, sku, name, category, department, supplier, units, value, last_demand_day, first_seen_day,
    dateDiff('day', coalesce(last_demand_day, first_seen_day), toDate32(reached.clock)) AS days_without_demand
FROM (SELECT * FROM {database}.days_of_cover WHERE dead) AS cover
INNER JOIN {database}.pipeline_clock AS reached ON cover.pipeline = reached.pipeline
COMMENT 'Positions with units and no demand for 90 days; never sold: since they were first seen';

CREATE OR REPLACE VIEW {database}.stock_health {on_cluster} (
    {pipeline}, {dimension}, {value}, {positions},
    wanted UInt64 COMMENT 'Positions that sold in the last 28 days',
    in_stock UInt64 COMMENT 'Of the wanted, with units available',
    in_stock_share Nullable(Float64) COMMENT 'in_stock / wanted: an item nobody wants is not out of stock',
    units Decimal(18, 3) COMMENT 'Units on hand; a negative record counts as 0',
    demand_per_day Float64 COMMENT 'Sum of the mean demands of the last 28 days',
    days_of_cover Nullable(Float64) COMMENT 'units / demand_per_day',
    stocked UInt64 COMMENT 'Positions with units on hand',
    excess_positions UInt64 COMMENT 'Wanted positions with more than 90 days of cover',
    excess_share Nullable(Float64) COMMENT 'excess_positions / stocked',
    dead_positions UInt64 COMMENT 'Positions with units and no demand for 90 days',
    dead_share Nullable(Float64) COMMENT 'dead_positions / stocked',
    dead_units Decimal(18, 3) COMMENT 'Units of the dead positions',
    dead_value Nullable(Decimal(18, 3)) COMMENT 'Money bound in them, at cost, else at price; null if the catalogue has neither'
) AS
SELECT
    pipeline, {dimension_and_value},
    count() AS positions,
    countIf(cover.wanted) AS wanted,
    countIf(cover.in_stock) AS in_stock,
    in_stock / nullIf(wanted, 0) AS in_stock_share,
    least(sum(cover.units), {most}) AS units,
    sum(cover.demand_per_day) AS demand_per_day,
    toFloat64(units) / nullIf(demand_per_day, 0) AS days_of_cover,
    countIf(cover.units > 0) AS stocked,
    countIf(excess) AS excess_positions,
    excess_positions / nullIf(stocked, 0) AS excess_share,
    countIf(dead) AS dead_positions,
    dead_positions / nullIf(stocked, 0) AS dead_share,
    least(sumIf(cover.units, dead), {most}) AS dead_units,
    multiIf(dead_positions = 0, 0, isNull(sumIf(cover.value, dead)), NULL,
        greatest(least(sumIf(cover.value, dead), {most}), -{most})) AS dead_value
FROM {database}.days_of_cover AS cover
GROUP BY GROUPING SETS ((pipeline), (pipeline, location), (pipeline, category), (pipeline, department), (pipeline, supplier))
COMMENT 'Share in stock, cover, excess and dead stock: in all, by location, category, department and supplier';

-- The units on hand of past days are not stored, so the mean stock of a year is not known; the stock at the clock is used instead.
CREATE OR REPLACE VIEW {database}.turnover {on_cluster} (
    {pipeline}, {dimension}, {value},
    sold_units Decimal(18, 3) COMMENT 'Demand of the last 90 closed days, fewer if less is known',
    days UInt16 COMMENT 'How many days these are: since the first of its positions was seen, at most 90',
    units Decimal(18, 3) COMMENT 'Units on hand at the clock of the pipeline, not the mean of the days: just after a delivery it is high',
    turns_per_year Nullable(Float64) COMMENT 'sold_units x 365 / days / units: how often the stock of today would be sold in a year'
) AS
SELECT
    pipeline, {dimension_and_value},
    least(sum(sold_90_days), {most}) AS sold_units,
    max(days_known) AS days,
    least(sum(cover.units), {most}) AS units,
    toFloat64(sold_units) * 365 / days / nullIf(toFloat64(units), 0) AS turns_per_year
FROM {database}.days_of_cover AS cover
GROUP BY GROUPING SETS ((pipeline), (pipeline, location), (pipeline, category), (pipeline, department), (pipeline, supplier))
COMMENT 'How often the stock is sold in a year: in all, by location, category, department and supplier';

-- The first count of a position makes its record and cannot judge it. A count out of window was applied at the clock, so its
-- variance does not belong to the time of the count. Both are left out.
CREATE OR REPLACE VIEW {database}.record_accuracy {on_cluster} (
    {pipeline},
    month Date COMMENT 'Month of the counts (UTC)',
    {dimension}, {value},
    counts UInt64 COMMENT 'Applied counts of positions that had been counted before',
    exact UInt64 COMMENT 'Of these, the record was right to the unit',
    within_tolerance UInt64 COMMENT 'Of these, counted and recorded units differ by at most 5 % of the counted',
    exact_share Nullable(Float64) COMMENT 'exact / counts',
    accuracy Nullable(Float64) COMMENT 'within_tolerance / counts',
    recorded_units Decimal(18, 3) COMMENT 'Units the record had; a negative record counts as 0',
    absolute_variance Decimal(18, 3) COMMENT 'Sum of the differences without their sign',
    net_variance Decimal(18, 3) COMMENT 'Sum of counted less recorded: below 0, goods are missing',
    relative_variance Nullable(Float64) COMMENT 'absolute_variance / recorded_units'
) AS
WITH
    counted AS (
        SELECT
            pipeline, location, sku, event_time, quantity, recorded, variance,
            row_number() OVER (PARTITION BY pipeline, location, sku ORDER BY event_time, offset) AS ordinal
        FROM {database}.stock_count FINAL
        WHERE mark = 'applied'
    ),
    item AS (SELECT * FROM {database}.catalogue FINAL)
SELECT
    pipeline, toDate(toStartOfMonth(event_time)) AS month,
    {dimension_and_value},
    count() AS counts,
    countIf(variance = 0) AS exact,
    countIf(abs(toDecimal128(variance, 5)) <= toDecimal128(quantity, 3) * toDecimal64(0.05, 2)) AS within_tolerance,
    exact / nullIf(counts, 0) AS exact_share,
    within_tolerance / nullIf(counts, 0) AS accuracy,
    least(sum(greatest(recorded, 0)), {most}) AS recorded_units,
    least(sum(abs(variance)), {most}) AS absolute_variance,
    greatest(least(sum(variance), {most}), -{most}) AS net_variance,
    toFloat64(absolute_variance) / nullIf(toFloat64(recorded_units), 0) AS relative_variance
FROM
(
    SELECT counted.* EXCEPT ordinal, {item}
    FROM counted LEFT JOIN item ON counted.sku = item.sku
    WHERE ordinal > 1
) AS again
GROUP BY GROUPING SETS
    ((pipeline, month), (pipeline, month, location), (pipeline, month, category), (pipeline, month, department),
    (pipeline, month, supplier))
COMMENT 'How far the record was from what was counted, by month: in all, by location, category, department and supplier';
