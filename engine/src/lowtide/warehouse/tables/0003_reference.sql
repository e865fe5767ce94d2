-- What a SKU is and what a unit of it is worth, and the policies that were in force.

CREATE TABLE IF NOT EXISTS {local}.catalogue {on_cluster} (
    sku String COMMENT 'Stock keeping unit' CODEC(ZSTD(1)),
    name String COMMENT 'Name for people' CODEC(ZSTD(1)),
    category LowCardinality(String) COMMENT 'Category, as the retailer names it; empty if not known',
    department LowCardinality(String) COMMENT 'Department, the level above the category; empty if not known',
    supplier LowCardinality(String) COMMENT 'Supplier who delivers it; empty if not known',
    abc LowCardinality(String) COMMENT 'Class by turnover',
    unit_price Nullable(Decimal(18, 3)) COMMENT 'Sales price of a unit',
    unit_margin Nullable(Decimal(18, 3)) COMMENT 'What a unit earns',
    attributes Map(LowCardinality(String), String) COMMENT 'All other columns of the catalogue, as text'
) ENGINE = {replicated}ReplacingMergeTree
ORDER BY sku
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
COMMENT 'One row a SKU; the one loaded last holds';

CREATE TABLE IF NOT EXISTS {local}.policy_version {on_cluster} (
    version String COMMENT 'First 12 hex digits of the SHA-256 of the compiled policy',
    policy String COMMENT 'The compiled policy, JSON' CODEC(ZSTD(3)),
    first_run String COMMENT 'run_id of the run that brought it',
    first_seen DateTime64(3, 'UTC') COMMENT 'When that run started' CODEC(Delta, ZSTD(1))
) ENGINE = {replicated}ReplacingMergeTree
ORDER BY version
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
COMMENT 'Every policy that was ever in force';
