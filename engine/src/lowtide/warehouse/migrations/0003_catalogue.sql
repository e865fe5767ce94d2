-- What a unit is worth, so that alerts can be ordered by money instead of units.

CREATE TABLE IF NOT EXISTS {local}.catalogue {on_cluster}
(
    sku String COMMENT 'Stock keeping unit' CODEC(ZSTD(1)),
    name String COMMENT 'Name for people' CODEC(ZSTD(1)),
    category LowCardinality(String) COMMENT 'Category',
    department LowCardinality(String) COMMENT 'Department',
    supplier LowCardinality(String) COMMENT 'Supplier',
    abc LowCardinality(String) COMMENT 'Class by turnover',
    unit_price Nullable(Decimal(18, 3)) COMMENT 'Sales price of a unit',
    unit_margin Nullable(Decimal(18, 3)) COMMENT 'What a unit earns',
    attributes Map(LowCardinality(String), String) COMMENT 'All other columns of the catalogue, as text'
)
ENGINE = {replicated}ReplacingMergeTree
ORDER BY sku
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
COMMENT 'One row a SKU; the one loaded last holds';

CREATE OR REPLACE VIEW {database}.alert_current {on_cluster}
(
    pipeline LowCardinality(String) COMMENT 'Name of the pipeline',
    alert_id String COMMENT 'The alert',
    type LowCardinality(String) COMMENT 'Kind of alert',
    location LowCardinality(String) COMMENT 'Store, warehouse or shelf',
    sku String COMMENT 'Stock keeping unit',
    opened_at DateTime64(3, 'UTC') COMMENT 'event_time of the first entry',
    episode UInt32 COMMENT 'How often this type has opened for the position',
    entry LowCardinality(String) COMMENT 'The last entry; every number below is the one it carries',
    severity LowCardinality(String) COMMENT 'Severity after the last entry',
    event_time DateTime64(3, 'UTC') COMMENT 'event_time of the last entry',
    reason LowCardinality(String) COMMENT 'Reason of the last entry',
    policy_version LowCardinality(String) COMMENT 'Policy in force',
    on_hand Decimal(18, 3) COMMENT 'Units on hand',
    available Decimal(18, 3) COMMENT 'Units on hand less allocated and held',
    on_order Decimal(18, 3) COMMENT 'Units of open supply',
    in_transit Decimal(18, 3) COMMENT 'Units of open supply on their way',
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
    entries UInt32 COMMENT 'Number of entries',
    status LowCardinality(String) COMMENT 'open, cleared, expired or superseded',
    closed_at Nullable(DateTime64(3, 'UTC')) COMMENT 'event_time of the end; null while open',
    name String COMMENT 'Name of the SKU, empty if the catalogue does not have it',
    category LowCardinality(String) COMMENT 'Category of the SKU',
    department LowCardinality(String) COMMENT 'Department of the SKU',
    supplier LowCardinality(String) COMMENT 'Supplier of the SKU',
    abc LowCardinality(String) COMMENT 'Class of the SKU',
    unit_value Decimal(18, 3) COMMENT 'Margin of a unit, else its price, else 1',
    expected_loss Float64 COMMENT 'Money at risk: expected_shortfall x unit_value while open, else 0. Without a catalogue it is units'
) AS
SELECT
    alert.*,
    catalogue.name AS name, catalogue.category AS category, catalogue.department AS department,
    catalogue.supplier AS supplier, catalogue.abc AS abc,
    coalesce(catalogue.unit_margin, catalogue.unit_price, toDecimal64(1, 3)) AS unit_value,
    if(alert.status = 'open', round(alert.expected_shortfall * toFloat64(unit_value), 2), 0.) AS expected_loss
FROM {database}.alert_last AS alert
LEFT JOIN (SELECT * FROM {database}.catalogue FINAL) AS catalogue ON alert.sku = catalogue.sku;
