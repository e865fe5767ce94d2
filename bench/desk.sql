-- Alerts that open now; names in braces are filled in by desk.py. No two of 100,000 are at one position, with ten persons or more.
INSERT INTO lowtide.ledger (pipeline, partition, offset, alert_id, seq, entry, type, severity, location, sku, event_time, opened_at,
    episode, cause_source, cause_id, reason, policy_version, on_hand, available, on_order, in_transit, demand_per_day, p_stockout,
    stockout_p50, detail)
SELECT 'bench', 'log/0', number, concat('01J', leftPad(toString(number), 23, '0')), 1, 'OPENED', 'projected_stockout',
    {severity}, concat('store ', toString((intDiv(number, 2) + intDiv(number, 20000)) % {persons})), concat('S', toString(number % 20000)),
    {now}, {now}, 1 + intDiv(number, 20000), 'till-7', toString(number), 'p_stockout_over_line', '0123456789ab', number % 30, number % 30, 0, 0,
    3.1, 0.3 + (number % 70) / 100, 4,
    '{{"horizon_days":8,"demand":{{"rate_per_day":3.1,"dispersion":2.2,"evidence":12.5,"exposure":[0.5,1.5,2.5,3.5,4.5,5.5,6.5,7.5]}},"supply":[],"out_by":[0.01,0.05,0.12,0.25,0.36,0.45,0.5,0.55],"lines":{{"watch":0.3,"warning":0.5,"critical":0.8,"exit_ratio":0.5}},"layers":{{}}}}'
FROM numbers({first}, {count});
