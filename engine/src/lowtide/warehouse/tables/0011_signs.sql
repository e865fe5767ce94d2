-- Alerts of signs have units at risk of their own: a day of demand, or what the detail calls `at_stake`.

ALTER TABLE {local}.ledger {on_cluster}
    COMMENT COLUMN type 'What it is about: see docs/alerts.md';

ALTER TABLE {local}.ledger {on_cluster}
    MODIFY COLUMN expected_shortfall Nullable(Float64) MATERIALIZED multiIf(
        action_id != '', NULL,
        type IN ('negative_stock', 'sales_spike', 'phantom_stock', 'sales_drought', 'level_shift'), toFloat64(demand_per_day),
        JSONHas(detail, 'at_stake'), JSONExtractFloat(detail, 'at_stake'),
        empty(JSONExtract(detail, 'out_by', 'Array(Float64)')) OR empty(JSONExtract(detail, 'demand', 'exposure', 'Array(Float64)')), NULL,
        round(toFloat64(demand_per_day) * arraySum(arrayMap(
            (p, until, since) -> p * (until - since),
            arrayResize(JSONExtract(detail, 'out_by', 'Array(Float64)'), length(JSONExtract(detail, 'demand', 'exposure', 'Array(Float64)'))),
            JSONExtract(detail, 'demand', 'exposure', 'Array(Float64)'),
            arrayResize(arrayPushFront(JSONExtract(detail, 'demand', 'exposure', 'Array(Float64)'), 0.), length(JSONExtract(detail, 'demand', 'exposure', 'Array(Float64)')))
        )), 3)) COMMENT 'Units at risk; null if not known. Of negative_stock, sales_spike, phantom_stock, sales_drought and level_shift one day of demand_per_day; of other signs at_stake of detail; else the demand expected to meet an empty shelf within the horizon: demand_per_day x the sum over the days t of out_by(t) x (exposure(t) - exposure(t-1)), from detail; null where detail has no projection';
