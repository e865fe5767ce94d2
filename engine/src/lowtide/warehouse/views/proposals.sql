-- Proposals as they stand, and the board of alerts by how far the work on them is. Their entries are rows of the ledger with a
-- `proposal_id`, folded as `lowtide.propose.life` says.

CREATE OR REPLACE VIEW {database}.proposal_current {on_cluster} (
    {pipeline},
    proposal_id String COMMENT 'The proposal',
    ref String COMMENT 'LT- and the first 10 characters of its id: the order carries it',
    list_id String COMMENT 'What it is gathered in: an order of one supplier and location, a count list',
    kind LowCardinality(String) COMMENT 'order, production, transfer, expedite, chase or count',
    state LowCardinality(String) COMMENT 'proposed, submitted, approved, rejected, exported, confirmed, superseded, withdrawn or closed',
    alert_id String COMMENT 'The alert that asked for it; empty if an order day did',
    location LowCardinality(String) COMMENT 'Where the goods are wanted; empty for a chase',
    sku String COMMENT 'Stock keeping unit; empty for a chase',
    supplier LowCardinality(String) COMMENT 'From whom; empty for a transfer and a count',
    from_location LowCardinality(String) COMMENT 'Of a transfer the donor',
    quantity Decimal(18, 3) COMMENT 'Units; after an approval what was approved',
    proposed_quantity Decimal(18, 3) COMMENT 'Units as proposed',
    cost Nullable(Float64) COMMENT 'What it costs; null if not known',
    avoided Nullable(Float64) COMMENT 'Expected loss without it less with it, in avoided_in; null if not known',
    avoided_in LowCardinality(String) COMMENT 'margin, price or units',
    requested_at Nullable(DateTime64(3, 'UTC')) COMMENT 'When the goods are asked for',
    cut_off_at Nullable(DateTime64(3, 'UTC')) COMMENT 'Until when the supplier takes the order; null: at any time',
    owner LowCardinality(String) COMMENT 'Who had to decide it first',
    holder LowCardinality(String) COMMENT 'Who has to do the next step; empty: nobody any more',
    proposed_at DateTime64(3, 'UTC') COMMENT 'Clock of the desk when it was made',
    decided_at Nullable(DateTime64(3, 'UTC')) COMMENT 'When it was approved or rejected',
    decided_by LowCardinality(String) COMMENT 'Who did',
    exported_at Nullable(DateTime64(3, 'UTC')) COMMENT 'When it was last exported',
    exported_to LowCardinality(String) COMMENT 'csv, json, folder, form:NAME or webhook:NAME',
    order_ref String COMMENT 'What the movement carries that confirmed it; empty before',
    confirmed_at Nullable(DateTime64(3, 'UTC')) COMMENT 'When a movement that carries its ref was met',
    reason LowCardinality(String) COMMENT 'Why it was rejected or withdrawn; else empty',
    stage_at DateTime64(3, 'UTC') COMMENT 'Since when it is in its state'
) AS
WITH
    told AS (
        SELECT
            pipeline, proposal_id, location, sku,
            anyIf(alert_id, entry = 'PROPOSED') AS alert_id, anyIf(owner, entry = 'PROPOSED') AS owner,
            anyIf(detail, entry = 'PROPOSED') AS detail,
            minIf(at, entry = 'PROPOSED') AS proposed_at,
            arraySort(groupUniqArrayIf((at, action_id, entry, actor, told.owner, told.detail), entry != 'PROPOSED')) AS later
        FROM (
            SELECT
                pipeline, proposal_id, location, sku, alert_id, owner, entry, actor, action_id, detail,
                ifNull(decided_at, event_time) AS at
            FROM {database}.ledger WHERE proposal_id != ''
        ) AS told
        GROUP BY pipeline, proposal_id, location, sku
        HAVING proposed_at > toDateTime64('1971-01-01 00:00:00', 3, 'UTC')
    ),
    step AS (
        SELECT
            *,
            arrayFirst(one -> one.3 IN ('APPROVED', 'REJECTED'), later) AS decided,
            if(decided.3 = 'APPROVED' AND decided.5 != '', decided.5, decided.4) AS goes_on,
            arrayLast(one -> one.3 = 'REJECTED', later) AS rejected,
            arrayLast(one -> one.3 = 'SUBMITTED', later) AS submitted,
            arrayLast(one -> one.3 = 'EXPORTED', later) AS exported,
            arrayFirst(one -> one.3 = 'CONFIRMED', later) AS confirmed,
            arrayFirst(one -> one.3 = 'WITHDRAWN', later) AS withdrawn
        FROM told
    ),
    successor AS (
        SELECT assumeNotNull(supersedes) AS proposal_id, min(ifNull(decided_at, event_time)) AS at
        FROM {database}.ledger WHERE proposal_id != '' AND ifNull(supersedes, '') != '' GROUP BY proposal_id
    )
SELECT
    step.pipeline AS pipeline, step.proposal_id AS proposal_id, JSONExtractString(detail, 'proposal', 'ref') AS ref,
    JSONExtractString(detail, 'proposal', 'list_id') AS list_id, JSONExtractString(detail, 'proposal', 'kind') AS kind,
    multiIf(
        confirmed.3 != '', 'confirmed',
        decided.3 = 'REJECTED', 'rejected',
        rejected.3 != '' AND exported.3 = '', 'rejected',
        withdrawn.3 != '' AND decided.3 = '', if(JSONExtractString(withdrawn.6, 'why') = 'alert_ended', 'closed', 'withdrawn'),
        withdrawn.3 != '' AND JSONExtractString(withdrawn.6, 'why') != 'alert_ended', 'withdrawn',
        exported.3 != '', 'exported',
        decided.3 = 'APPROVED', 'approved',
        successor.proposal_id != '', 'superseded',
        submitted.3 != '', 'submitted',
        'proposed') AS state,
    step.alert_id AS alert_id, step.location AS location, step.sku AS sku,
    JSONExtractString(detail, 'proposal', 'supplier') AS supplier,
    JSONExtractString(detail, 'proposal', 'from_location') AS from_location,
    if(decided.3 = 'APPROVED' AND JSONHas(decided.6, 'quantity'), toDecimal64OrZero(JSONExtractString(decided.6, 'quantity'), 3), proposed_quantity) AS quantity,
    toDecimal64OrZero(JSONExtractString(detail, 'proposal', 'quantity'), 3) AS proposed_quantity,
    if(decided.3 = 'APPROVED', JSONExtract(decided.6, 'cost', 'Nullable(Float64)'), JSONExtract(detail, 'proposal', 'cost', 'Nullable(Float64)')) AS cost,
    JSONExtract(detail, 'proposal', 'avoided', 'Nullable(Float64)') AS avoided,
    JSONExtractString(detail, 'proposal', 'avoided_in') AS avoided_in,
    toDateTime64(parseDateTime64BestEffortOrNull(JSONExtractString(detail, 'proposal', 'requested_at'), 3, 'UTC'), 3, 'UTC') AS requested_at,
    toDateTime64(parseDateTime64BestEffortOrNull(JSONExtractString(detail, 'proposal', 'cut_off_at'), 3, 'UTC'), 3, 'UTC') AS cut_off_at,
    step.owner AS owner,
    multiIf(
        state = 'proposed', owner,
        state = 'submitted', submitted.5,
        state IN ('approved', 'exported'), if(goes_on IN ('', 'desk') OR startsWith(goes_on, 'token:'), owner, goes_on),
        '') AS holder,
    step.proposed_at AS proposed_at, if(decided.3 = '', NULL, decided.1) AS decided_at, decided.4 AS decided_by,
    if(exported.3 = '', NULL, exported.1) AS exported_at, JSONExtractString(exported.6, 'to') AS exported_to,
    JSONExtractString(confirmed.6, 'order_ref') AS order_ref, if(confirmed.3 = '', NULL, confirmed.1) AS confirmed_at,
    multiIf(
        state = 'rejected', JSONExtractString(rejected.6, 'reason'),
        state IN ('withdrawn', 'closed'), JSONExtractString(withdrawn.6, 'why'), '') AS reason,
    multiIf(
        state IN ('proposed', 'submitted'), proposed_at,
        state = 'approved', decided.1,
        state = 'rejected', rejected.1,
        state = 'exported', exported.1,
        state = 'confirmed', confirmed.1,
        state = 'superseded', successor.at,
        withdrawn.1) AS stage_at
FROM step
LEFT JOIN successor ON step.proposal_id = successor.proposal_id
COMMENT 'Every proposal as it stands: what it asks for, who holds it, how it ended';

CREATE OR REPLACE VIEW {database}.stage {on_cluster} (
    {pipeline}, {alert_id}, {type}, {location}, {sku},
    stage LowCardinality(String) COMMENT 'open, proposed, approved, ordered, shipped, received or closed',
    stage_at DateTime64(3, 'UTC') COMMENT 'Since when',
    holder LowCardinality(String) COMMENT 'Who has to do the next step; supplier:NAME once it is ordered; empty: nobody',
    {expected_loss},
    proposal_id String COMMENT 'The proposal that brought the alert to this stage; empty before a proposal is made',
    ref String COMMENT 'Its ref, or that of its list, as the order carries it',
    ordered_at Nullable(DateTime64(3, 'UTC')) COMMENT 'When the order came',
    shipped_at Nullable(DateTime64(3, 'UTC')) COMMENT 'When its first shipment came',
    received_at Nullable(DateTime64(3, 'UTC')) COMMENT 'When its first goods came'
) AS
WITH
    line AS (
        SELECT
            location, sku, ref, minIf(event_time, kind = 'order') AS ordered, minIf(event_time, kind = 'shipment') AS shipped,
            minIf(event_time, kind IN ('receipt', 'transfer_in')) AS received
        FROM {database}.supply_event WHERE startsWith(ref, 'LT-') AND quantity > 0 GROUP BY location, sku, ref
    ),
    -- What a proposal is about, and what an alert waits for, as texts that are compared: the alert itself, its position, or of
    -- an overdue delivery its position among the lines of a chase.
    chase AS (
        SELECT proposal_id, groupUniqArray(concat('chase ', pipeline, '\x1f', JSONExtractString(late, 'location'), '\x1f', JSONExtractString(late, 'sku'))) AS places
        FROM (
            SELECT pipeline, proposal_id, arrayJoin(JSONExtractArrayRaw(detail, 'inputs', 'lines')) AS late
            FROM {database}.ledger
            WHERE proposal_id != '' AND entry = 'PROPOSED' AND JSONExtractString(detail, 'proposal', 'kind') = 'chase'
        )
        GROUP BY proposal_id
    ),
    made AS (
        SELECT
            made.proposal_id AS proposal_id, if(order_ref = '', ref, order_ref) AS carried, state, holder, stage_at,
            transform(state, ['proposed', 'submitted', 'approved', 'exported', 'confirmed'], [1, 1, 2, 2, 3], 0) AS step,
            arrayJoin(arrayConcat(
                if(alert_id = '', [], [concat('alert ', alert_id)]),
                if(sku = '' OR kind = 'count', [], [concat('place ', pipeline, '\x1f', location, '\x1f', sku)]),
                chase.places)) AS about
        FROM {database}.proposal_current AS made
        GLOBAL LEFT JOIN chase ON chase.proposal_id = made.proposal_id
        WHERE state IN ('proposed', 'submitted', 'approved', 'exported', 'confirmed')
    ),
    waiting AS (
        SELECT
            alert_id, opened_at,
            arrayJoin(arrayConcat(
                [concat('alert ', alert_id)],
                if(status != 'open' OR state = 'closed', [], [concat(if(type = 'overdue_supply', 'chase ', 'place '), pipeline, '\x1f', location, '\x1f', sku)]))) AS about
        FROM {database}.alert_current
    ),
    work AS (
        SELECT
            waiting.alert_id AS alert_id,
            argMax(tuple(made.proposal_id, made.carried, made.state, made.holder, made.stage_at), (made.step, made.stage_at, made.proposal_id)) AS best
        FROM waiting GLOBAL INNER JOIN made ON made.about = waiting.about
        WHERE startsWith(waiting.about, 'alert ') OR made.state != 'confirmed' OR made.stage_at >= waiting.opened_at
        GROUP BY waiting.alert_id
    ),
    toDateTime64('1971-01-01 00:00:00', 3, 'UTC') AS never
SELECT
    alert.pipeline AS pipeline, alert.alert_id AS alert_id, alert.type AS type, alert.location AS location, alert.sku AS sku,
    multiIf(
        alert.status != 'open' OR alert.state = 'closed', 'closed',
        best.3 = '', 'open',
        best.3 IN ('proposed', 'submitted'), 'proposed',
        best.3 IN ('approved', 'exported'), 'approved',
        line.received > never, 'received',
        line.shipped > never, 'shipped',
        'ordered') AS stage,
    multiIf(
        stage = 'closed', coalesce(least(alert.closed_at, alert.closed_by_at), alert.closed_at, alert.closed_by_at, alert.event_time),
        stage = 'open', alert.opened_at,
        stage = 'received', line.received,
        stage = 'shipped', line.shipped,
        best.5) AS stage_at,
    multiIf(
        stage IN ('closed', 'received'), '',
        stage = 'open', alert.owner,
        stage IN ('ordered', 'shipped'), concat('supplier:', alert.supplier),
        best.4) AS holder,
    alert.expected_loss AS expected_loss, best.1 AS proposal_id, if(line.ref != '', line.ref, best.2) AS ref,
    if(line.ordered > never, line.ordered, NULL) AS ordered_at, if(line.shipped > never, line.shipped, NULL) AS shipped_at,
    if(line.received > never, line.received, NULL) AS received_at
FROM {database}.alert_current AS alert
GLOBAL LEFT JOIN work ON work.alert_id = alert.alert_id
LEFT JOIN line ON line.location = alert.location AND line.sku = alert.sku AND line.ref = best.2
COMMENT 'The board: every alert by how far the work on it is, since when, and who holds it';
