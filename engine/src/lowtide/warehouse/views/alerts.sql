-- How every alert stands: what the engine found, and beside it what people made of it.
--
-- A reader's handle ignores the settings of a view, so no view depends on one: what a left join may not find is given a value by
-- ifNull, and rows that may be there twice are folded by max, argMax and uniq, which FINAL does not change.

-- What people made of an alert: their actions, folded in order of time as `lowtide.actions` does. Of two rows of one action the
-- earlier time counts, and of two actions at once the later row holds. What the desk did has its clock as its time. Who was routed to
-- has the alert until somebody else takes it or gets it; other kinds of entries have no effect.
CREATE OR REPLACE VIEW {database}.alert_people {on_cluster} AS
WITH
    arraySort(groupArrayIf(
        (ifNull(ledger.decided_at, ledger.event_time), action_id, entry, actor, ledger.owner, ledger.feedback, comment),
        entry != 'ROUTED')) AS told,
    arrayFilter((one, times) -> times = 1, told, arrayEnumerateUniq(tupleElement(told, 2))) AS actions,
    arrayLast(one -> one.5 != '', actions).5 AS taker,
    arrayLast(one -> one.3 NOT IN ('ASSIGNED', 'NOTED'), actions) AS step,
    arrayFirst(one -> one.3 = 'ACKNOWLEDGED', actions) AS taken,
    arrayFirst(one -> one.3 = 'STARTED', actions) AS begun,
    arrayLast(one -> one.3 IN ('RESOLVED', 'REOPENED'), actions) AS settled
SELECT
    pipeline, alert_id,
    transform(toString(step.3), ['ACKNOWLEDGED', 'STARTED', 'RESOLVED', 'CLOSED', 'REOPENED'],
        ['acknowledged', 'in_progress', 'resolved', 'closed', 'acknowledged'], 'new') AS state,
    if(taker = '', maxIf(ledger.owner, entry = 'ROUTED'), taker) AS owner,
    taker != '' AS handed_over,
    if(taken.2 = '', NULL, taken.1) AS acknowledged_at,
    taken.4 AS acknowledged_by,
    if(begun.2 = '', NULL, begun.1) AS started_at,
    if(state IN ('resolved', 'closed') AND settled.3 = 'RESOLVED', settled.1, NULL) AS resolved_at,
    if(state = 'closed', step.1, NULL) AS closed_by_at,
    if(state = 'closed', step.6, '') AS feedback,
    arrayExists(one -> one.3 = 'REOPENED', actions) AS reopened,
    arrayLast(one -> one.7 != '', actions).7 AS last_comment
FROM {database}.alert_act AS ledger
WHERE entry IN ('ROUTED', {actions})
GROUP BY pipeline, alert_id
COMMENT 'An inner step: what people made of an alert. Ask alert_current';

-- One row an alert. The columns that never change in an alert are grouping keys, so that a filter on them reaches the ledger before
-- the fold. Columns that may be null are folded in a tuple, because argMax of a single nullable column would skip the nulls and show
-- the number of an older entry. The event time decides between two histories of one alert (the same log under two policies).
CREATE OR REPLACE VIEW {database}.alert_last {on_cluster} AS
WITH bitShiftLeft(toUInt64(seq), 43) + toUInt64(toUnixTimestamp64Milli(ledger.event_time)) AS engine_order
SELECT
    pipeline, alert_id, type, location, sku, opened_at, episode,
    argMax(tuple(
        entry, severity, ledger.event_time, reason,
        policy_version, on_hand, available, on_order, in_transit, demand_per_day,
        p_stockout, stockout_p10, stockout_p50, stockout_p90,
        trip_level, exit_level, expected_shortfall, cause_source, cause_id), engine_order) AS numbers,
    argMin(tuple(severity, p_stockout), engine_order) AS first,
    any(supersedes) AS supersedes,
    max(seq) AS entries,
    [{severities}][max(indexOf([{severities}], severity))] AS worst_severity,
    uniqExactIf(seq, entry = 'WORSENED') AS worsened,
    uniqExactIf(seq, entry = 'EASED') AS eased,
    uniqExactIf(seq, entry = 'REVISED') AS revised,
    max(entry = 'FLAPPING') AS flapping,
    transform(toString(numbers.1), [{ended}], [{ended_statuses}], 'open') AS status,
    if(status = 'open', NULL, numbers.3) AS closed_at
FROM {database}.ledger AS ledger
WHERE action_id = ''
GROUP BY pipeline, alert_id, type, location, sku, opened_at, episode
COMMENT 'An inner step: the fold of every alert, without people and catalogue. Ask alert_current or alert_history';

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
    expected_shortfall Nullable(Float64) COMMENT 'Units of demand at risk, see ledger; null if not known',
    cause_source LowCardinality(Nullable(String)) COMMENT 'Source of the record that caused the last entry',
    cause_id Nullable(String) COMMENT 'Id of that record',
    supersedes Nullable(String) COMMENT 'The alert that this one replaced',
    {entries}, {status},
    closed_at Nullable(DateTime64(3, 'UTC')) COMMENT 'event_time of the end; null while open',
    name String COMMENT 'Name of the SKU, empty if the catalogue does not have it',
    {category}, {department}, {supplier}, {abc},
    unit_value Nullable(Decimal(18, 3)) COMMENT 'Margin of a unit, else its price, else null; 1 if the catalogue has no price at all',
    expected_loss Nullable(Float64) COMMENT 'Money at risk: expected_shortfall x unit_value while open, else 0; null if one of them is not known. Without prices it is units',
    {state}, {owner}, {acknowledged_at}, {acknowledged_by},
    started_at Nullable(DateTime64(3, 'UTC')) COMMENT 'When work on it first began',
    {resolved_at}, {closed_by_at}, {feedback},
    last_comment String COMMENT 'What was written last'
) AS
SELECT
    alert.pipeline AS pipeline, alert.alert_id AS alert_id, alert.type, alert.location, alert.sku AS sku, alert.opened_at, alert.episode,
    numbers.1 AS entry, numbers.2 AS severity, numbers.3 AS event_time, numbers.4 AS reason, numbers.5 AS policy_version,
    numbers.6 AS on_hand, numbers.7 AS available, numbers.8 AS on_order, numbers.9 AS in_transit, numbers.10 AS demand_per_day,
    numbers.11 AS p_stockout, numbers.12 AS stockout_p10, numbers.13 AS stockout_p50, numbers.14 AS stockout_p90,
    numbers.15 AS trip_level, numbers.16 AS exit_level, numbers.17 AS expected_shortfall,
    numbers.18 AS cause_source, numbers.19 AS cause_id,
    alert.supersedes, alert.entries, alert.status, alert.closed_at, {item},
    {unit_value} AS unit_value,
    if(alert.status = 'open', round(expected_shortfall * toFloat64(unit_value), 2), 0) AS expected_loss,
    ifNull(nullIf(people.state, ''), 'new') AS state, ifNull(people.owner, '') AS owner,
    people.acknowledged_at, ifNull(people.acknowledged_by, '') AS acknowledged_by, people.started_at, people.resolved_at,
    people.closed_by_at, ifNull(people.feedback, '') AS feedback, ifNull(people.last_comment, '') AS last_comment
FROM {database}.alert_last AS alert
GLOBAL LEFT JOIN {database}.alert_people AS people ON alert.alert_id = people.alert_id AND alert.pipeline = people.pipeline
GLOBAL LEFT JOIN (SELECT * FROM {database}.catalogue FINAL) AS item ON alert.sku = item.sku
COMMENT 'Every alert as it stands: its last entry, what it puts at risk, and what people made of it';

-- The list of what somebody should look at: an alert leaves it when the data end it, and when a person closes it. Its stock is that of
-- the position as last published, not that of the entry, since what a person orders does not change an entry. The few positions are
-- found before FINAL: a SKU is part of the key, so no version of a row is lost.
CREATE OR REPLACE VIEW {database}.alert_open {on_cluster} (
    {pipeline}, {alert_id}, {type},
    severity LowCardinality(String) COMMENT 'Severity now',
    {location}, {sku}, {name}, {category}, {department}, {supplier}, {abc}, {opened_at},
    event_time DateTime64(3, 'UTC') COMMENT 'When its last entry was made',
    on_hand Decimal(18, 3) COMMENT 'Units on hand now',
    available Decimal(18, 3) COMMENT 'Units on hand less allocated and held, now',
    on_order Decimal(18, 3) COMMENT 'Units of open supply now',
    in_transit Decimal(18, 3) COMMENT 'Units of open supply on their way now',
    on_hand_since Decimal(18, 3) COMMENT 'Change of on_hand since the last entry of the alert',
    available_since Decimal(18, 3) COMMENT 'Change of available since then',
    on_order_since Decimal(18, 3) COMMENT 'Change of on_order since then: above 0, something was ordered',
    in_transit_since Decimal(18, 3) COMMENT 'Change of in_transit since then',
    demand_per_day Decimal(18, 3) COMMENT 'Expected demand, units a day, at its last entry',
    p_stockout Nullable(Float64) COMMENT 'Chance of an empty shelf within the horizon, at its last entry',
    stockout_p50 Nullable(UInt16) COMMENT 'First day with a chance of 50 % or more, counted from its last entry; 1 is that day',
    {expected_loss}, {state}, {owner},
    last_comment String COMMENT 'What was written last'
) AS
WITH alert AS (SELECT * FROM {database}.alert_latest FINAL WHERE entry NOT IN ({ended}))
SELECT
    alert.pipeline AS pipeline, alert.alert_id AS alert_id, alert.type, alert.severity, alert.location AS location, alert.sku AS sku, {item},
    alert.opened_at, alert.event_time,
    alert.on_hand + on_hand_since AS on_hand, alert.available + available_since AS available,
    alert.on_order + on_order_since AS on_order, alert.in_transit + in_transit_since AS in_transit,
    if(held.there = 1, ifNull(held.on_hand, 0) - alert.on_hand, 0) AS on_hand_since,
    if(held.there = 1, ifNull(held.available, 0) - alert.available, 0) AS available_since,
    if(held.there = 1, ifNull(held.on_order, 0) - alert.on_order, 0) AS on_order_since,
    if(held.there = 1, ifNull(held.in_transit, 0) - alert.in_transit, 0) AS in_transit_since,
    alert.demand_per_day, alert.p_stockout, alert.stockout_p50,
    round(alert.expected_shortfall * toFloat64({unit_value}), 2) AS expected_loss,
    ifNull(nullIf(people.state, ''), 'new') AS state, ifNull(people.owner, '') AS owner,
    ifNull(people.last_comment, '') AS last_comment
FROM alert
GLOBAL LEFT JOIN (
    SELECT pipeline, location, sku, on_hand, available, on_order, in_transit, 1 AS there
    FROM {database}.position FINAL
    PREWHERE sku GLOBAL IN (SELECT sku FROM alert)
    WHERE (pipeline, location, sku) GLOBAL IN (SELECT pipeline, location, sku FROM alert)
) AS held ON alert.pipeline = held.pipeline AND alert.location = held.location AND alert.sku = held.sku
GLOBAL LEFT JOIN {database}.alert_people AS people ON alert.alert_id = people.alert_id AND alert.pipeline = people.pipeline
GLOBAL LEFT JOIN (SELECT * FROM {database}.catalogue FINAL) AS item ON alert.sku = item.sku
WHERE state != 'closed'
COMMENT 'The alerts that are open now and that nobody has closed, with the stock of now: the quick way to the list';

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
    alert.pipeline AS pipeline, alert.alert_id AS alert_id, alert.type, alert.location, alert.sku AS sku, {item},
    alert.opened_at, alert.closed_at, alert.status,
    ifNull(reached.clock, alert.opened_at) AS clock,
    round(dateDiff('second', alert.opened_at, coalesce(alert.closed_at, greatest(clock, alert.opened_at))) / 3600, 2) AS open_hours,
    first.1 AS first_severity, alert.worst_severity, numbers.2 AS severity,
    alert.entries, alert.worsened, alert.eased, alert.revised, alert.flapping,
    first.2 AS p_at_opening, alert.supersedes,
    ifNull(nullIf(people.state, ''), 'new') AS state, ifNull(people.owner, '') AS owner,
    people.acknowledged_at, ifNull(people.acknowledged_by, '') AS acknowledged_by, people.resolved_at, people.closed_by_at,
    ifNull(people.reopened, 0) AS reopened, ifNull(people.feedback, '') AS feedback,
    round(dateDiff('second', alert.opened_at, people.acknowledged_at) / 60, 1) AS minutes_to_acknowledge,
    round(dateDiff('second', alert.opened_at, people.resolved_at) / 60, 1) AS minutes_to_resolve,
    if(alert.type = 'projected_stockout' AND numbers.4 = 'superseded_by_out_of_stock', alert.closed_at, NULL) AS out_of_stock_at,
    multiIf(
        alert.type != 'projected_stockout', NULL,
        coalesce(out_of_stock_at <= alert.opened_at + toIntervalDay(14), 0), 1,
        alert.status = 'open' AND clock < alert.opened_at + toIntervalDay(14), NULL,
        0) AS came_true,
    if(came_true = 1, round(dateDiff('second', alert.opened_at, out_of_stock_at) / 3600, 2), NULL) AS warning_lead_hours
FROM {database}.alert_last AS alert
GLOBAL LEFT JOIN {database}.alert_people AS people ON alert.alert_id = people.alert_id AND alert.pipeline = people.pipeline
GLOBAL LEFT JOIN (SELECT * FROM {database}.catalogue FINAL) AS item ON alert.sku = item.sku
GLOBAL LEFT JOIN {database}.pipeline_clock AS reached ON alert.pipeline = reached.pipeline
COMMENT 'Every alert from its opening to its end: how long, how grave, whether it came true, what people did';

-- An action that is repeated after midnight is stored twice, and is still one action: the earliest time counts.
CREATE OR REPLACE VIEW {database}.alert_action {on_cluster} (
    {pipeline}, {alert_id},
    action_id String COMMENT 'Identity of the action',
    acted_at DateTime64(3, 'UTC') COMMENT 'Wall clock when it was done; of an alert that a ladder assigned the clock of the desk',
    entry LowCardinality(String) COMMENT 'ACKNOWLEDGED, ASSIGNED, STARTED, RESOLVED, CLOSED, REOPENED or NOTED',
    actor LowCardinality(String) COMMENT 'Who did it; desk where a ladder assigned the alert',
    owner LowCardinality(String) COMMENT 'Who has the alert from now on; empty where the action leaves the owner as it is',
    feedback LowCardinality(String) COMMENT 'right, false or unnecessary; empty where it is not a closing',
    comment String COMMENT 'What the person wrote'
) AS
SELECT
    pipeline, alert_id, action_id, min(ifNull(ledger.decided_at, ledger.event_time)) AS acted_at, any(ledger.entry) AS entry,
    any(ledger.actor) AS actor, any(ledger.owner) AS owner, any(ledger.feedback) AS feedback, any(ledger.comment) AS comment
FROM {database}.alert_act AS ledger
WHERE ledger.entry IN ({actions})
GROUP BY pipeline, alert_id, action_id
COMMENT 'What people did about alerts, one row an action';
