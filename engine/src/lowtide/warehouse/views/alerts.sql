-- How every alert stands: what the engine found, and beside it what people made of it.

-- One row an alert. The columns that never change in an alert are grouping keys, so that a filter on them reaches the ledger before
-- the fold. Columns that may be null are folded in a tuple, because argMax of a single nullable column would skip the nulls and show
-- the number of an older entry. Duplicates do not change an argMax, a min or a max, so FINAL is not needed. The event time decides
-- between two histories of one alert (the same log under two policies). The actions of people are few rows, folded in order of time
-- as `lowtide.actions` does: of two rows of one action the earlier time counts, and of two actions at once the later row holds.
CREATE OR REPLACE VIEW {database}.alert_last {on_cluster} AS
WITH
    action_id = '' AS by_engine,
    bitShiftLeft(toUInt64(seq), 43) + toUInt64(toUnixTimestamp64Milli(ledger.event_time)) AS engine_order
SELECT
    pipeline, alert_id, type, location, sku, opened_at, episode,
    argMaxIf(entry, engine_order, by_engine) AS last_entry,
    argMaxIf(severity, engine_order, by_engine) AS last_severity,
    argMaxIf(ledger.event_time, engine_order, by_engine) AS last_at,
    argMaxIf(reason, engine_order, by_engine) AS last_reason,
    argMaxIf(tuple(
        policy_version, on_hand, available, on_order, in_transit, demand_per_day,
        p_stockout, stockout_p10, stockout_p50, stockout_p90,
        trip_level, exit_level, expected_shortfall, cause_source, cause_id), engine_order, by_engine) AS numbers,
    argMinIf(severity, engine_order, by_engine) AS first_severity,
    argMinIf(tuple(p_stockout), engine_order, by_engine) AS first_p,
    any(supersedes) AS supersedes,
    max(seq) AS entries,
    [{severities}][maxIf(indexOf([{severities}], severity), by_engine)] AS worst_severity,
    uniqExactIf(seq, entry = 'WORSENED') AS worsened,
    uniqExactIf(seq, entry = 'EASED') AS eased,
    uniqExactIf(seq, entry = 'REVISED') AS revised,
    max(entry = 'FLAPPING') AS flapping,
    transform(toString(last_entry), [{ended}], [{ended_statuses}], 'open') AS status,
    if(status = 'open', NULL, last_at) AS closed_at,
    arraySort(groupArrayIf((ledger.event_time, action_id, entry, actor, ledger.owner, ledger.feedback, comment), NOT by_engine)) AS told,
    arrayFilter((one, times) -> times = 1, told, arrayEnumerateUniq(tupleElement(told, 2))) AS actions,
    arrayLast(one -> one.3 NOT IN ('ASSIGNED', 'NOTED'), actions) AS step,
    arrayFirst(one -> one.3 = 'ACKNOWLEDGED', actions) AS taken,
    arrayFirst(one -> one.3 = 'STARTED', actions) AS begun,
    arrayLast(one -> one.3 IN ('RESOLVED', 'REOPENED'), actions) AS settled,
    transform(toString(step.3), ['ACKNOWLEDGED', 'STARTED', 'RESOLVED', 'CLOSED', 'REOPENED'],
        ['acknowledged', 'in_progress', 'resolved', 'closed', 'acknowledged'], 'new') AS state,
    arrayLast(one -> one.5 != '', actions).5 AS owner,
    if(taken.2 = '', NULL, taken.1) AS acknowledged_at,
    taken.4 AS acknowledged_by,
    if(begun.2 = '', NULL, begun.1) AS started_at,
    if(state IN ('resolved', 'closed') AND settled.3 = 'RESOLVED', settled.1, NULL) AS resolved_at,
    if(state = 'closed', step.1, NULL) AS closed_by_at,
    if(state = 'closed', step.6, '') AS feedback,
    arrayExists(one -> one.3 = 'REOPENED', actions) AS reopened,
    arrayLast(one -> one.7 != '', actions).7 AS last_comment
FROM {database}.ledger AS ledger
GROUP BY pipeline, alert_id, type, location, sku, opened_at, episode
HAVING entries > 0
COMMENT 'An inner step: the fold of every alert, without the catalogue. Ask alert_current or alert_history';

-- The skip indexes find one alert among millions before rows are read; using the indexes during the read costs twice as much.
CREATE OR REPLACE VIEW {database}.alert_current {on_cluster} (
    {pipeline}, {alert_id}, {type}, {location}, {sku},
    opened_at DateTime64(3, 'UTC') COMMENT 'event_time of the first entry',
    episode UInt32 COMMENT 'How often this type has opened for the position',
    entry LowCardinality(String) COMMENT 'The engine''s last entry; every number below is the one it carries',
    severity LowCardinality(String) COMMENT 'Severity after the last entry',
    event_time DateTime64(3, 'UTC') COMMENT 'event_time of the last entry',
    reason LowCardinality(String) COMMENT 'Reason of the last entry',
    policy_version LowCardinality(String) COMMENT 'Policy in force',
    {on_hand}, {available}, {on_order}, {in_transit},
    demand_per_day Decimal(18, 3) COMMENT 'Expected demand, units a day',
    p_stockout Nullable(Float64) COMMENT 'Chance of an empty shelf within the horizon',
    stockout_p10 Nullable(UInt16) COMMENT 'First day (1 = today) with a chance of 10 % or more',
    stockout_p50 Nullable(UInt16) COMMENT 'First day with a chance of 50 % or more',
    stockout_p90 Nullable(UInt16) COMMENT 'First day with a chance of 90 % or more',
    trip_level Nullable(Decimal(18, 3)) COMMENT 'Least available units under the line of the severity',
    exit_level Nullable(Decimal(18, 3)) COMMENT 'Least available units that clear the alert',
    expected_shortfall Float64 COMMENT 'Units of demand expected to meet an empty shelf within the horizon, see ledger',
    cause_source LowCardinality(Nullable(String)) COMMENT 'Source of the record that caused the last entry',
    cause_id Nullable(String) COMMENT 'Id of that record',
    supersedes Nullable(String) COMMENT 'The alert that this one replaced',
    {entries}, {status},
    closed_at Nullable(DateTime64(3, 'UTC')) COMMENT 'event_time of the end; null while open',
    name String COMMENT 'Name of the SKU, empty if the catalogue does not have it',
    {category}, {department}, {supplier}, {abc},
    unit_value Decimal(18, 3) COMMENT 'Margin of a unit, else its price, else 1',
    expected_loss Float64 COMMENT 'Money at risk: expected_shortfall x unit_value while open, else 0. Without a catalogue it is units',
    {state}, {owner}, {acknowledged_at}, {acknowledged_by},
    started_at Nullable(DateTime64(3, 'UTC')) COMMENT 'When work on it first began',
    {resolved_at}, {closed_by_at}, {feedback},
    last_comment String COMMENT 'What was written last'
) AS
SELECT
    alert.pipeline AS pipeline, alert.alert_id, alert.type, alert.location, alert.sku AS sku, alert.opened_at, alert.episode,
    last_entry AS entry, last_severity AS severity, last_at AS event_time, last_reason AS reason, numbers.1 AS policy_version,
    numbers.2 AS on_hand, numbers.3 AS available, numbers.4 AS on_order, numbers.5 AS in_transit, numbers.6 AS demand_per_day,
    numbers.7 AS p_stockout, numbers.8 AS stockout_p10, numbers.9 AS stockout_p50, numbers.10 AS stockout_p90,
    numbers.11 AS trip_level, numbers.12 AS exit_level, numbers.13 AS expected_shortfall,
    numbers.14 AS cause_source, numbers.15 AS cause_id,
    alert.supersedes, alert.entries, alert.status, alert.closed_at,
    item.name AS name, item.category AS category, item.department AS department, item.supplier AS supplier, item.abc AS abc,
    coalesce(item.unit_margin, item.unit_price, toDecimal64(1, 3)) AS unit_value,
    if(alert.status = 'open', round(expected_shortfall * toFloat64(unit_value), 2), 0.) AS expected_loss,
    alert.state, alert.owner, alert.acknowledged_at, alert.acknowledged_by, alert.started_at, alert.resolved_at,
    alert.closed_by_at, alert.feedback, alert.last_comment
FROM {database}.alert_last AS alert
GLOBAL LEFT JOIN (SELECT * FROM {database}.catalogue FINAL) AS item ON alert.sku = item.sku
SETTINGS join_use_nulls = 0, use_skip_indexes_on_data_read = 0
COMMENT 'Every alert as it stands: its last entry, what it puts at risk, and what people made of it';

CREATE OR REPLACE VIEW {database}.alert_open {on_cluster} (
    {pipeline}, {alert_id}, {type},
    severity LowCardinality(String) COMMENT 'Severity now',
    {location}, {sku}, {category}, {department}, {supplier}, {opened_at},
    event_time DateTime64(3, 'UTC') COMMENT 'When its last entry was made',
    {expected_loss}
) AS
SELECT
    alert.pipeline AS pipeline, alert.alert_id, alert.type, alert.severity, alert.location, alert.sku AS sku,
    item.category AS category, item.department AS department, item.supplier AS supplier, alert.opened_at, alert.event_time,
    round(alert.expected_shortfall * toFloat64(coalesce(item.unit_margin, item.unit_price, toDecimal64(1, 3))), 2) AS expected_loss
FROM (SELECT * FROM {database}.alert_latest FINAL WHERE entry NOT IN ({ended})) AS alert
GLOBAL LEFT JOIN (SELECT * FROM {database}.catalogue FINAL) AS item ON alert.sku = item.sku
SETTINGS join_use_nulls = 0
COMMENT 'The alerts that are open now, found among positions: the quick way to the list';

CREATE OR REPLACE VIEW {database}.alert_history {on_cluster} (
    {pipeline}, {alert_id}, {type}, {location}, {sku}, {name}, {category}, {department}, {supplier}, {abc}, {opened_at},
    closed_at Nullable(DateTime64(3, 'UTC')) COMMENT 'When the data ended it; null while open',
    {status},
    open_hours Float64 COMMENT 'Hours from the opening to the end, or to the clock of the pipeline while open',
    first_severity LowCardinality(String) COMMENT 'Severity at the opening',
    worst_severity LowCardinality(String) COMMENT 'The gravest it had',
    severity LowCardinality(String) COMMENT 'Severity after the last entry',
    {entries},
    worsened UInt64 COMMENT 'How often it got graver',
    eased UInt64 COMMENT 'How often it got milder',
    revised UInt64 COMMENT 'How often a late or corrected record changed its numbers',
    flapping UInt8 COMMENT '1 if it was marked as opening too often',
    p_at_opening Nullable(Float64) COMMENT 'Chance of an empty shelf as it was said at the opening',
    supersedes Nullable(String) COMMENT 'The alert that this one replaced: of an out_of_stock, the projected_stockout that had warned of it',
    {state}, {owner}, {acknowledged_at}, {acknowledged_by}, {resolved_at}, {closed_by_at},
    reopened UInt8 COMMENT '1 if a person took it up again',
    {feedback},
    minutes_to_acknowledge Nullable(Float64) COMMENT 'From the opening to the first acknowledgement',
    minutes_to_resolve Nullable(Float64) COMMENT 'From the opening to resolved_at',
    out_of_stock_at Nullable(DateTime64(3, 'UTC')) COMMENT 'When the shelf ran out while a projected_stockout was open; else null',
    came_true Nullable(UInt8) COMMENT 'Of a projected_stockout: 1 if the shelf ran out while it was open, within 14 days of its opening, else 0; null while that may still happen, and for other types',
    warning_lead_hours Nullable(Float64) COMMENT 'Hours of warning before the shelf ran out; null unless it came true'
) AS
SELECT
    alert.pipeline AS pipeline, alert.alert_id, alert.type, alert.location, alert.sku AS sku,
    item.name AS name, item.category AS category, item.department AS department, item.supplier AS supplier, item.abc AS abc,
    alert.opened_at, alert.closed_at, alert.status,
    round(dateDiff('second', alert.opened_at, coalesce(alert.closed_at, greatest(reached.clock, alert.opened_at))) / 3600, 2) AS open_hours,
    alert.first_severity, alert.worst_severity, alert.last_severity AS severity,
    alert.entries, alert.worsened, alert.eased, alert.revised, alert.flapping,
    first_p.1 AS p_at_opening, alert.supersedes,
    alert.state, alert.owner, alert.acknowledged_at, alert.acknowledged_by, alert.resolved_at, alert.closed_by_at,
    alert.reopened, alert.feedback,
    round(dateDiff('second', alert.opened_at, alert.acknowledged_at) / 60, 1) AS minutes_to_acknowledge,
    round(dateDiff('second', alert.opened_at, alert.resolved_at) / 60, 1) AS minutes_to_resolve,
    if(alert.type = 'projected_stockout' AND alert.last_reason = 'superseded_by_out_of_stock', alert.closed_at, NULL) AS out_of_stock_at,
    multiIf(
        alert.type != 'projected_stockout', NULL,
        coalesce(out_of_stock_at <= alert.opened_at + toIntervalDay(14), 0), 1,
        alert.status = 'open' AND reached.clock < alert.opened_at + toIntervalDay(14), NULL,
        0) AS came_true,
    if(came_true = 1, round(dateDiff('second', alert.opened_at, out_of_stock_at) / 3600, 2), NULL) AS warning_lead_hours
FROM {database}.alert_last AS alert
GLOBAL LEFT JOIN (SELECT * FROM {database}.catalogue FINAL) AS item ON alert.sku = item.sku
GLOBAL LEFT JOIN {database}.pipeline_clock AS reached ON alert.pipeline = reached.pipeline
SETTINGS join_use_nulls = 0
COMMENT 'Every alert from its opening to its end: how long, how grave, whether it came true, what people did';

-- An action that is repeated after midnight is stored twice, and is still one action: the earliest time counts.
CREATE OR REPLACE VIEW {database}.alert_action {on_cluster} (
    {pipeline}, {alert_id},
    action_id String COMMENT 'Identity of the action',
    acted_at DateTime64(3, 'UTC') COMMENT 'Wall clock when it was done',
    entry LowCardinality(String) COMMENT 'ACKNOWLEDGED, ASSIGNED, STARTED, RESOLVED, CLOSED, REOPENED or NOTED',
    actor LowCardinality(String) COMMENT 'Who did it',
    owner LowCardinality(String) COMMENT 'Who has the alert from now on; empty where the action leaves the owner as it is',
    feedback LowCardinality(String) COMMENT 'right, false or unnecessary; empty where it is not a closing',
    comment String COMMENT 'What the person wrote'
) AS
SELECT
    pipeline, alert_id, action_id, min(event_time) AS acted_at, any(ledger.entry) AS entry, any(ledger.actor) AS actor,
    any(ledger.owner) AS owner, any(ledger.feedback) AS feedback, any(ledger.comment) AS comment
FROM {database}.ledger AS ledger
WHERE action_id != ''
GROUP BY pipeline, alert_id, action_id
COMMENT 'What people did about alerts, one row an action';
