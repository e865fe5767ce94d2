-- The signs that are open, with what only the detail of their last entry has: what to count first, what does not move, who slips,
-- which feeds are silent, where records are missing. Numbers of a detail are those of the last entry of the alert; an open sign
-- writes no entry while nothing changes.

-- The few entries are found by the key of the ledger, which begins with day, location, SKU and alert. The type is a key of the join so
-- that a question about one type reads the details of that type alone.
CREATE OR REPLACE VIEW {database}.sign_open {on_cluster} (
    {pipeline}, {alert_id}, {type},
    severity LowCardinality(String) COMMENT 'Severity now',
    location LowCardinality(String) COMMENT 'Store, warehouse or shelf',
    sku String COMMENT 'Stock keeping unit; of a silent_feed the name of the feed',
    {name}, {category}, {department}, {supplier}, {opened_at},
    event_time DateTime64(3, 'UTC') COMMENT 'When its last entry was made',
    on_hand Decimal(18, 3) COMMENT 'Units on hand now',
    available Decimal(18, 3) COMMENT 'Units on hand less allocated and held, now',
    p_stockout Nullable(Float64) COMMENT 'Chance of an empty shelf within the horizon, at its last entry',
    {expected_loss}, {state}, {owner},
    unit_cost Nullable(Decimal(18, 3)) COMMENT 'Cost of a unit, else price less margin, else price; null if the catalogue has none of them',
    source LowCardinality(String) COMMENT 'Source of the record that caused the last entry; empty for a timer',
    detail String COMMENT 'JSON: the numbers of the last entry, as in ledger'
) AS
WITH standing AS (SELECT * FROM {database}.alert_latest FINAL WHERE type IN ({signs}) AND entry NOT IN ({ended}))
SELECT
    alert.pipeline AS pipeline, alert.alert_id AS alert_id, alert.type AS type, alert.severity AS severity, alert.location AS location,
    alert.sku AS sku, alert.name AS name, alert.category AS category, alert.department AS department, alert.supplier AS supplier,
    alert.opened_at AS opened_at, alert.event_time AS event_time, alert.on_hand AS on_hand, alert.available AS available,
    alert.p_stockout AS p_stockout, alert.expected_loss AS expected_loss, alert.state AS state, alert.owner AS owner,
    item.unit_cost AS unit_cost, ifNull(last.numbers.2, '') AS source, ifNull(last.numbers.1, '') AS detail
FROM (SELECT * FROM {database}.alert_open WHERE type IN ({signs})) AS alert
GLOBAL LEFT JOIN (
    SELECT pipeline, type, alert_id, argMax(tuple(detail, cause_source), seq) AS numbers
    FROM {database}.ledger
    WHERE action_id = '' AND type IN ({signs})
        AND (toDate(event_time), location, sku, alert_id) GLOBAL IN (SELECT toDate(event_time), location, sku, alert_id FROM standing)
    GROUP BY pipeline, type, alert_id
) AS last ON alert.pipeline = last.pipeline AND alert.type = last.type AND alert.alert_id = last.alert_id
GLOBAL LEFT JOIN (
    SELECT sku, coalesce(catalogue.unit_cost, unit_price - unit_margin, unit_price) AS unit_cost FROM {database}.catalogue FINAL
) AS item ON alert.sku = item.sku
COMMENT 'The signs that are open and that nobody has closed, with the detail of their last entry';

-- One position may wait for several orders, and is counted once.
CREATE OR REPLACE VIEW {database}.supplier_slip {on_cluster} (
    {pipeline},
    supplier LowCardinality(String) COMMENT 'Supplier of the SKUs; empty if the catalogue does not know one',
    promised_on Date COMMENT 'Day (UTC) on which the supplies were first promised',
    due_on Date COMMENT 'The latest day (UTC) on which one of them is due now',
    refs UInt64 COMMENT 'Orders that slip',
    positions UInt64 COMMENT 'Positions that may run out because of that',
    units Decimal(18, 3) COMMENT 'Units that are still to come of these supplies',
    worst_p Nullable(Float64) COMMENT 'The largest chance of an empty shelf among these positions',
    critical UInt64 COMMENT 'Positions whose alert is critical',
    expected_loss Nullable(Float64) COMMENT 'Money at risk at these positions; null if not known. A position that waits for supplies of two days is in both rows'
) AS
SELECT
    pipeline, supplier, promised_on, max(due_on) AS due_on, length(groupUniqArrayArray(refs)) AS refs, count() AS positions,
    least(sum(slip.units), {most}) AS units, max(p_stockout) AS worst_p, countIf(severity = 'critical') AS critical,
    round(sum(loss), 2) AS expected_loss
FROM
(
    SELECT
        pipeline, supplier, alert_id, toDate(parseDateTime64BestEffort(one.3, 3, 'UTC')) AS promised_on,
        max(toDate(parseDateTime64BestEffort(one.4, 3, 'UTC'))) AS due_on, groupUniqArray(one.1) AS refs,
        least(sum(toDecimal128(one.2, 3)), {most}) AS units, any(sign.p_stockout) AS p_stockout, any(sign.severity) AS severity,
        any(sign.expected_loss) AS loss
    FROM {database}.sign_open AS sign
    ARRAY JOIN JSONExtract(detail, 'slipping', 'Array(Tuple(ref String, remaining String, promised String, due String))') AS one
    WHERE type = 'slipping_supply'
    GROUP BY pipeline, supplier, alert_id, promised_on
) AS slip
GROUP BY pipeline, supplier, promised_on
COMMENT 'Suppliers that slip: what was first promised for which day, and the positions that may run out because of it';

CREATE OR REPLACE VIEW {database}.count_first {on_cluster} (
    {pipeline},
    rank UInt64 COMMENT 'Place on the list: 1 is counted first',
    {location}, {sku}, {name}, {category}, {supplier},
    on_hand Decimal(18, 3) COMMENT 'Units on hand now, as the record has it',
    odds Float64 COMMENT 'Odds that the shelf is empty, at the last entry of the alert: a rank and not a chance',
    idle_days UInt32 COMMENT 'Days in stock without a sale, at its last entry',
    usual_per_day Float64 COMMENT 'Units that are usually sold in a day',
    {expected_loss}, {opened_at}, {alert_id}, {state}, {owner}
) AS
SELECT
    pipeline, row_number() OVER (PARTITION BY pipeline ORDER BY odds DESC, location, sku) AS rank, location, sku, name, category,
    supplier, on_hand, JSONExtractFloat(detail, 'odds') AS odds, toUInt32(JSONExtractUInt(detail, 'quiet_days')) AS idle_days,
    JSONExtractFloat(detail, 'usual_per_day') AS usual_per_day, expected_loss, opened_at, alert_id, state, owner
FROM {database}.sign_open
WHERE type = 'phantom_stock'
COMMENT 'What to count first: positions with stock on record whose shelf is probably empty, the highest odds first';

-- Of an overstock only the excess lies too long, of an expiring position only what will not be sold in time.
CREATE OR REPLACE VIEW {database}.stock_at_rest {on_cluster} (
    {pipeline}, {type}, {location}, {sku}, {name}, {category}, {department}, {supplier},
    units Decimal(18, 3) COMMENT 'Units that do not move: of overstock the excess, of slow_moving and dead_stock what is available now, of expiring what has expired or will probably be left',
    value Nullable(Decimal(18, 3)) COMMENT 'units at unit_cost; null if the catalogue has neither cost nor price',
    holding_cost_month Nullable(Float64) COMMENT 'Money that a month of holding them costs, by holding_cost of the policy; null for expiring, and without a cost',
    cover_days Nullable(Float64) COMMENT 'Of overstock: days until what is available is sold',
    idle_days Nullable(UInt32) COMMENT 'Of slow_moving and dead_stock: days in stock without a sale',
    expires_at Nullable(DateTime64(3, 'UTC')) COMMENT 'Of expiring: until when the worst lot can be sold; null if all of it has expired',
    expired Decimal(18, 3) COMMENT 'Of expiring: units that have expired',
    {opened_at}, {alert_id}, {state}, {owner}
) AS
SELECT
    pipeline, sign.type AS type, location, sku, name, category, department, supplier,
    multiIf(
        type = 'overstock', toDecimal64OrZero(JSONExtractString(detail, 'excess'), 3),
        type = 'expiring', toDecimal64(at_stake, 3),
        greatest(sign.available, 0)) AS units,
    if(isNull(unit_cost), NULL, least(round(toDecimal128(units, 3) * unit_cost, 3), {most})) AS value,
    if(type = 'expiring', NULL, round(at_stake * toFloat64(unit_cost), 2)) AS holding_cost_month,
    if(type = 'overstock', JSONExtract(detail, 'cover_days', 'Nullable(Float64)'), NULL) AS cover_days,
    if(type IN ('slow_moving', 'dead_stock'), JSONExtract(detail, 'idle_days', 'Nullable(UInt32)'), NULL) AS idle_days,
    if(type = 'expiring', parseDateTime64BestEffortOrNull(JSONExtractString(detail, 'worst', 'expiry'), 3, 'UTC'), NULL) AS expires_at,
    toDecimal64OrZero(JSONExtractString(detail, 'expired'), 3) AS expired,
    opened_at, alert_id, state, owner, JSONExtractFloat(detail, 'at_stake') AS at_stake
FROM {database}.sign_open AS sign
WHERE type IN ('overstock', 'slow_moving', 'dead_stock', 'expiring')
COMMENT 'Stock that does not move: overstock, slow-moving, dead and expiring stock with its value and what holding it costs';

-- The opening names the source of the record that was not preceded by another. A ref without an order is found by a timer.
CREATE OR REPLACE VIEW {database}.process_hole {on_cluster} (
    {pipeline}, {location},
    source LowCardinality(String) COMMENT 'Source of the record (a till, a person); empty of a ref without an order, which is found later',
    kind LowCardinality(String) COMMENT 'What was missing: receipt (its ref), adjustment (its reason), return (a sale before it), or unordered (an order for a ref)',
    month Date COMMENT 'Month (UTC) in which the alerts opened',
    alerts UInt64 COMMENT 'Alerts that opened: each is one position until a week has passed without another such record',
    positions UInt64 COMMENT 'Positions that they are about',
    open UInt64 COMMENT 'Of the alerts, those that are open',
    last_at DateTime64(3, 'UTC') COMMENT 'When the latest of them opened'
) AS
SELECT
    pipeline, location, source, kind, toStartOfMonth(opening.opened_at) AS month, uniqExact(alert_id) AS alerts,
    uniqExact(sku) AS positions,
    uniqExactIf(alert_id, (pipeline, alert_id) GLOBAL IN (
        SELECT pipeline, alert_id FROM {database}.alert_latest FINAL WHERE type = 'process_hole' AND entry NOT IN ({ended})
    )) AS open,
    max(opening.opened_at) AS last_at
FROM
(
    SELECT
        pipeline, location, sku, alert_id, opened_at, ifNull(cause_source, '') AS source,
        arrayJoin(arrayConcat(
            JSONExtractKeys(detail, 'holes'),
            if(JSONLength(detail, 'unordered') > 0, ['unordered'], []::Array(String)))) AS kind
    FROM {database}.ledger
    WHERE type = 'process_hole' AND entry = 'OPENED' AND action_id = ''
) AS opening
GROUP BY pipeline, location, source, kind, month
COMMENT 'Records without the one that should come before them, by location, source and kind';

CREATE OR REPLACE VIEW {database}.silent_feed {on_cluster} (
    {pipeline}, {location},
    source String COMMENT 'What sends nothing: a till, or * for all sources of the location',
    since DateTime64(3, 'UTC') COMMENT 'When its last record came, as far as one counts',
    silent_hours Float64 COMMENT 'Hours since then on the clock of the pipeline',
    expected_records Float64 COMMENT 'Records that its rhythm had let expect when the alert opened',
    {opened_at}, {alert_id}, {state}, {owner}
) AS
SELECT
    sign.pipeline AS pipeline, sign.location AS location, substring(sign.sku, {feed}) AS source,
    parseDateTime64BestEffort(JSONExtractString(sign.detail, 'silence', 'since'), 3, 'UTC') AS since,
    round(dateDiff('second', since, greatest(reached.clock, since)) / 3600, 2) AS silent_hours,
    round(arraySum(arrayMap(
        (records, number) -> records * greatest(
            least(start + number * 3600, due) - greatest(start + (number - 1) * 3600, toUnixTimestamp64Milli(since) / 1000), 0) / 3600,
        JSONExtract(sign.detail, 'silence', 'expected', 'Array(Float64)'),
        arrayEnumerate(JSONExtract(sign.detail, 'silence', 'expected', 'Array(Float64)')))), 2) AS expected_records,
    sign.opened_at AS opened_at, sign.alert_id AS alert_id, sign.state AS state, sign.owner AS owner,
    toFloat64(toUnixTimestamp(toStartOfHour(since))) AS start,
    toUnixTimestamp64Milli(parseDateTime64BestEffort(JSONExtractString(sign.detail, 'silence', 'due'), 3, 'UTC')) / 1000 AS due
FROM {database}.sign_open AS sign
GLOBAL INNER JOIN {database}.pipeline_clock AS reached ON sign.pipeline = reached.pipeline
WHERE sign.type = 'silent_feed'
COMMENT 'Feeds that send nothing against their own rhythm; what their location sells is not known until they are back';
