-- What was ordered and what came, and how late the suppliers are. The rules of stock.sql hold here too.

-- The same rule as in the engine, whatever the order of arrival: the order row with the latest event time says what was ordered in all,
-- and what has come is taken off. A void of a receipt or shipment is a row with a negative quantity.
CREATE OR REPLACE VIEW {database}.order_line {on_cluster} (
    {pipeline},
    location LowCardinality(String) COMMENT 'Store or warehouse that ordered',
    {sku},
    ref String COMMENT 'Purchase or transfer order',
    supplier LowCardinality(String) COMMENT 'Supplier of the SKU in the catalogue',
    {category},
    state LowCardinality(String) COMMENT 'open: units are still to come; received: all came; short: ended after less had come; cancelled: ended before anything came; unordered: came without an order',
    ordered_at Nullable(DateTime64(3, 'UTC')) COMMENT 'Time of the first order row; null if unordered',
    first_due Nullable(DateTime64(3, 'UTC')) COMMENT 'Due as it was first promised',
    due Nullable(DateTime64(3, 'UTC')) COMMENT 'Due as it was last promised, by an order or a shipment',
    redated UInt8 COMMENT '1 if the last promise is not the first',
    ordered Decimal(18, 3) COMMENT 'Units of the latest order row that is no cancellation',
    received Decimal(18, 3) COMMENT 'Units that came in all, less what was voided',
    outstanding Decimal(18, 3) COMMENT 'Units that are still to come: ordered in all (without an order: shipped) less received; 0 unless open',
    delivered_at Nullable(DateTime64(3, 'UTC')) COMMENT 'When the last ordered unit came; of a short line, when the last that did come; else null',
    days_late Nullable(Float64) COMMENT 'delivered_at less first_due in days; below 0, early',
    overdue UInt8 COMMENT '1 if open and due has passed on the clock of the pipeline, without the grace of the policy'
) AS
WITH
    line AS (
        SELECT
            pipeline, partition, location, sku, ref,
            minOrNullIf(event_time, kind = 'order') AS ordered_at,
            argMinIf(due, (event_time, offset), kind = 'order') AS first_due,
            argMaxIf(due, (event_time, offset), due IS NOT NULL) AS last_due,
            argMaxIf(quantity, (event_time, offset), kind = 'order' AND quantity > 0) AS ordered,
            least(sumIf(quantity, kind = 'shipment'), {most}) AS shipped,
            if(ordered_at IS NULL, shipped, argMaxIf(quantity, (event_time, offset), kind = 'order')) AS wanted,
            arraySort(groupArrayIf((event_time, offset, quantity), kind IN ('receipt', 'transfer_in'))) AS arrivals,
            arrayCumSum(arrival -> arrival.3, arrivals) AS come,
            greatest(least(arraySum(arrival -> arrival.3, arrivals), {most}), -{most}) AS received,
            greatest(wanted - greatest(received, 0), 0) AS outstanding
        FROM {database}.supply_event FINAL
        GROUP BY pipeline, partition, location, sku, ref
    ),
    item AS (SELECT sku, supplier, category FROM {database}.catalogue FINAL)
SELECT
    line.pipeline AS pipeline, location, line.sku AS sku, ref, ifNull(item.supplier, '') AS supplier,
    ifNull(item.category, '') AS category,
    multiIf(
        line.outstanding > 0, 'open',
        line.ordered_at IS NULL, 'unordered',
        line.ordered > 0 AND line.received >= line.ordered, 'received',
        line.received > 0, 'short',
        'cancelled') AS state,
    line.ordered_at AS ordered_at, line.first_due AS first_due, line.last_due AS due,
    ifNull(first_due != due, 0) AS redated,
    line.ordered AS ordered, line.received AS received, line.outstanding AS outstanding,
    multiIf(
        state = 'received', arrayFirst((arrival, sum) -> sum >= line.ordered, arrivals, come).1,
        state = 'short', arrayElement(arrivals, -1).1,
        NULL) AS delivered_at,
    dateDiff('millisecond', first_due, delivered_at) / 86400000 AS days_late,
    ifNull(state = 'open' AND due < reached.clock, 0) AS overdue
FROM line
LEFT JOIN item ON line.sku = item.sku
LEFT JOIN {database}.pipeline_clock AS reached ON line.pipeline = reached.pipeline
COMMENT 'Every order of a position: what was promised, what came, and when';

CREATE OR REPLACE VIEW {database}.supplier_lateness {on_cluster} (
    {pipeline},
    supplier LowCardinality(String) COMMENT 'Supplier; empty for SKUs of which the catalogue does not know one',
    orders UInt64 COMMENT 'Order lines (location, SKU, ref) that were not cancelled',
    delivered UInt64 COMMENT 'Of these, all came, or less came and the rest was ended',
    late UInt64 COMMENT 'Of the delivered, after the due that was promised first',
    late_share Nullable(Float64) COMMENT 'late / delivered',
    days_late_p25 Nullable(Float64) COMMENT 'Days after the first promised due, lower quartile of the delivered; below 0, early',
    days_late_p50 Nullable(Float64) COMMENT 'The same, median',
    days_late_p75 Nullable(Float64) COMMENT 'The same, upper quartile',
    overdue_now UInt64 COMMENT 'Open lines whose last promised due has passed on the clock of the pipeline',
    short_shipped UInt64 COMMENT 'Lines that ended with less than was ordered',
    short_share Nullable(Float64) COMMENT 'short_shipped / delivered',
    redated UInt64 COMMENT 'Lines whose due was changed after it was first promised',
    cancelled UInt64 COMMENT 'Lines cancelled before anything came, not in orders',
    unordered UInt64 COMMENT 'Deliveries that name an order nobody placed, not in orders'
) AS
SELECT
    pipeline, supplier,
    countIf(state IN ('open', 'received', 'short')) AS orders,
    countIf(state IN ('received', 'short')) AS delivered,
    countIf(days_late > 0) AS late,
    late / nullIf(delivered, 0) AS late_share,
    quantileExactInclusiveOrNull(0.25)(days_late) AS days_late_p25,
    quantileExactInclusiveOrNull(0.5)(days_late) AS days_late_p50,
    quantileExactInclusiveOrNull(0.75)(days_late) AS days_late_p75,
    countIf(overdue) AS overdue_now,
    countIf(state = 'short') AS short_shipped,
    short_shipped / nullIf(delivered, 0) AS short_share,
    countIf(line.redated AND state != 'cancelled') AS redated,
    countIf(state = 'cancelled') AS cancelled,
    countIf(state = 'unordered') AS unordered
FROM {database}.order_line AS line
GROUP BY pipeline, supplier
COMMENT 'How late the orders of every supplier come, and what is overdue now';
