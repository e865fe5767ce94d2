-- Two years of a chain in three inserts; names in braces are filled in by history.py.

INSERT INTO lowtide.catalogue (sku, name, category, department, supplier, abc, unit_price, unit_margin, attributes)
SELECT toString(1000000 + number), concat('Item ', toString(number)), concat('CATEGORY ', toString(number % 60)),
    concat('DEPARTMENT ', toString(number % 12)), concat('SUPPLIER ', toString(number % 40)), ['A', 'B', 'C'][number % 3 + 1],
    toDecimal64(1 + number % 20, 3), toDecimal64(0.3 + number % 7, 3), map()
FROM numbers({skus});

INSERT INTO lowtide.position (pipeline, partition, offset, location, sku, on_hand, allocated, held, available, on_order, in_transit,
    last_event_time)
SELECT 'chain', 'pos/0', number, concat('store ', toString(number % {stores})), toString(1000000 + intDiv(number, {stores})),
    toInt64(cityHash64(number) % 100) - 2 AS units, 0, 0, units, 0, 0,
    {start} + toIntervalDay({days}) - toIntervalSecond(cityHash64(number, 1) % 200000)
FROM numbers({positions});

-- One alert in the log is 1 to 4 rows: opened, perhaps worse and better, ended. `a` is its number, `p` its position. People do
-- something about one alert in fifty. This insert is repeated for {count} alerts at a time.
INSERT INTO lowtide.ledger (pipeline, partition, offset, alert_id, seq, entry, type, severity, location, sku, event_time, opened_at,
    episode, cause_source, cause_id, reason, policy_version, on_hand, available, on_order, in_transit, demand_per_day, p_stockout,
    stockout_p50, supersedes, detail, action_id, actor, owner, feedback)
WITH
    number + {first} AS a, cityHash64(a) AS h, h % {positions} AS p, intDiv(h, 1000003) % 20 AS fate,
    ['projected_stockout', 'out_of_stock', 'overdue_supply', 'negative_stock', 'projected_stockout'][1 + h % 5] AS kind,
    {start} + toIntervalMillisecond(intDiv(a * {span}, {alerts})) AS since,
    multiIf(a > 0.97 * {alerts} AND fate < 8, ['OPENED'], fate < 10, ['OPENED', 'CLEARED'], fate < 16, ['OPENED', 'WORSENED', 'CLEARED'],
        ['OPENED', 'WORSENED', 'EASED', if(kind = 'projected_stockout', 'SUPERSEDED', 'CLEARED')]) AS engine,
    arrayConcat(engine, if(h % 50 = 0, ['ACKNOWLEDGED', 'RESOLVED', 'CLOSED'], [])) AS entries
SELECT 'chain', 'pos/0', a, concat('01J', leftPad(toString(a), 23, '0')), if(at <= length(engine), at, 0), entry, kind,
    ['watch', 'warning', 'critical'][1 + (h + at) % 3], concat('store ', toString(p % {stores})), toString(1000000 + intDiv(p, {stores})),
    since + toIntervalMinute((at - 1) * (20 + h % 900)), since, 1, if(at = 1, 'till-7', NULL), if(at = 1, toString(h), NULL),
    multiIf(entry = 'SUPERSEDED', 'superseded_by_out_of_stock', at > length(engine), 'person', 'p_stockout_over_line'), '0123456789ab',
    h % 30, h % 30, 0, 0, 3.1, if(kind = 'projected_stockout', 0.3 + (h % 70) / 100, NULL), 4,
    if(kind = 'out_of_stock' AND fate > 12, 'x', NULL), '{"horizon_days":8,"demand":{"rate_per_day":3.1,"dispersion":2.2,"evidence":12.5,"exposure":[0.5,1.5,2.5,3.5,4.5,5.5,6.5,7.5]},"supply":[],"out_by":[0.01,0.05,0.12,0.25,0.36,0.45,0.5,0.55],"lines":{"watch":0.3,"warning":0.5,"critical":0.8,"exit_ratio":0.5},"layers":{}}', if(at > length(engine), hex(sipHash128(a, at)), ''),
    if(at > length(engine), concat('person ', toString(h % 40)), '') AS who, if(entry = 'ACKNOWLEDGED', who, ''),
    if(entry = 'CLOSED', ['right', 'false', 'unnecessary'][1 + h % 3], '')
FROM numbers({count}) ARRAY JOIN entries AS entry, arrayEnumerate(entries) AS at;

-- The desk routed every alert, told one in ten, and set the deadlines of these; people answered as above.
INSERT INTO lowtide.ledger (pipeline, partition, offset, alert_id, seq, entry, type, severity, location, sku, event_time, opened_at, episode,
    reason, policy_version, on_hand, available, on_order, in_transit, demand_per_day, detail, action_id, actor, owner, decided_at, stage)
SELECT pipeline, '', 0, alert_id, 0, 'ROUTED', type, severity, location, sku, opened_at, opened_at, episode, 'desk', policy_version, on_hand,
    available, on_order, in_transit, demand_per_day,
    concat('{"people_version":"0123456789ab","team":"team ', toString(cityHash64(alert_id) % 8), '","route":"r1","row":"member","followers":[],"group":"',
        hex(cityHash64(location, toDate(opened_at))), '"}'),
    hex(sipHash128(alert_id, 'routed')), 'desk', concat('person ', toString(cityHash64(alert_id) % 40)), opened_at + toIntervalMinute(1), 'open'
FROM lowtide.ledger
WHERE seq = 1 AND toYYYYMM(event_time) = {month};

INSERT INTO lowtide.deadline (pipeline, alert_id, round, kind, person, team, severity, told_at, due, confirmed, people_version, decided_at)
SELECT pipeline, alert_id, 1, kind, concat('person ', toString(cityHash64(alert_id) % 40)), concat('team ', toString(cityHash64(alert_id) % 8)), severity,
    opened_at + toIntervalMinute(2), opened_at + toIntervalHour(if(kind = 'acknowledge', 4, 24)), true, '0123456789ab', opened_at + toIntervalMinute(2)
FROM lowtide.ledger ARRAY JOIN ['acknowledge', 'resolve'] AS kind
WHERE seq = 1 AND toYYYYMM(event_time) = {month} AND cityHash64(alert_id, 'told') % 10 = 0;

INSERT INTO lowtide.notification (notification_id, target, person, contact, reason, state, because, severity, alerts, seqs, counted, worth, grp,
    about, step, decided_at, due_at, sent_at, tries, code, people_version, pipeline, version)
SELECT substring(hex(sipHash128(alert_id, 'sent')), 1, 20), 'mail', concat('person ', toString(cityHash64(alert_id) % 40)), 0, 'FIRST', 'sent', '',
    severity, [alert_id], [1], 1, 10., hex(cityHash64(location)), '[]', 1, opened_at, opened_at, opened_at + toIntervalMinute(2), 1, '200', '0123456789ab',
    'chain', 1
FROM lowtide.ledger
WHERE seq = 1 AND toYYYYMM(event_time) = {month} AND cityHash64(alert_id, 'told') % 10 = 0;

-- What every position sold: on eight of the last ninety days, and on twelve of those before. One in twenty is dead.
INSERT INTO lowtide.demand_day (pipeline, partition, offset, location, sku, day, part, demand)
SELECT 'chain', 'pos/0', number, concat('store ', toString(number % {stores})), toString(1000000 + intDiv(number, {stores})),
    toDate32({start} + toIntervalDay({days})) - if(at < 8, 11 * at + number % 11, 91 + 53 * (at - 8) + number % 53), 'on_time', 1 + cityHash64(number, at) % 4
FROM numbers({first}, {count}) ARRAY JOIN range(20) AS at
WHERE number % 20 > 0;

-- One order line a position, of which one in eight is still to come.
INSERT INTO lowtide.supply_event (pipeline, partition, offset, location, sku, ref, kind, event_time, quantity, due)
SELECT 'chain', 'pos/0', 10 * number + at, concat('store ', toString(number % {stores})), toString(1000000 + intDiv(number, {stores})),
    concat('PO-', toString(intDiv(number, 20))), if(at = 0, 'order', 'receipt'),
    {start} + toIntervalHour(cityHash64(number) % (24 * ({days} - 12))) + toIntervalHour(at * (24 + cityHash64(number, 2) % 240)),
    12, if(at = 0, {start} + toIntervalHour(cityHash64(number) % (24 * ({days} - 12)) + 144), NULL)
FROM numbers({first}, {count}) ARRAY JOIN range(if(number % 8 = 0, 1, 2)) AS at;
