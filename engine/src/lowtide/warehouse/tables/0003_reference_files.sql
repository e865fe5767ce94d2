-- What SKUs, places, suppliers and lanes between places are, and the policies that were in force.

CREATE TABLE IF NOT EXISTS {local}.catalogue {on_cluster} (
    sku String COMMENT 'Stock keeping unit' CODEC(ZSTD(1)),
    name String COMMENT 'Name for people' CODEC(ZSTD(1)),
    category LowCardinality(String) COMMENT 'Category, as the retailer names it; empty if not known',
    department LowCardinality(String) COMMENT 'Department, the level above the category; empty if not known',
    supplier LowCardinality(String) COMMENT 'Supplier who delivers it; empty if not known',
    abc LowCardinality(String) COMMENT 'Class by turnover',
    unit LowCardinality(String) COMMENT 'What a quantity counts, such as piece or kg; empty if not known',
    pack Nullable(Decimal(18, 3)) COMMENT 'Units of a pack: orders are whole packs',
    moq Nullable(Decimal(18, 3)) COMMENT 'Units that an order has at least',
    max_stock Nullable(Decimal(18, 3)) COMMENT 'Units that a place can hold at most',
    unit_cost Nullable(Decimal(18, 3)) COMMENT 'What a unit costs',
    unit_price Nullable(Decimal(18, 3)) COMMENT 'Sales price of a unit',
    unit_margin Nullable(Decimal(18, 3)) COMMENT 'What a unit earns: the column margin of the file, else price less cost',
    shelf_life Nullable(Float64) COMMENT 'Days that it can be sold after it has arrived',
    attributes Map(LowCardinality(String), String) COMMENT 'All other columns of the catalogue, as text'
) ENGINE = {replicated}ReplacingMergeTree
ORDER BY sku
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
COMMENT 'One row a SKU; the one loaded last holds';

CREATE TABLE IF NOT EXISTS {local}.location {on_cluster} (
    location String COMMENT 'Location, as movements name it' CODEC(ZSTD(1)),
    name String COMMENT 'Name for people; empty if not known' CODEC(ZSTD(1)),
    region LowCardinality(String) COMMENT 'Region, on which policies can match; empty if not known',
    manager String COMMENT 'Who is in charge of it; several are separated by a semicolon',
    time_zone LowCardinality(String) COMMENT 'Its time zone; empty if not known',
    hours String COMMENT 'When it is open',
    display_min Nullable(Decimal(18, 3)) COMMENT 'Units of a SKU that stay on display',
    aliases Map(LowCardinality(String), String) COMMENT 'Its names in other systems: the columns alias_* of the file',
    attributes Map(LowCardinality(String), String) COMMENT 'All other columns of the file, as text',
    loaded_at DateTime64(3, 'UTC') COMMENT 'When the file was loaded: the version of the row'
) ENGINE = {replicated}ReplacingMergeTree(loaded_at)
ORDER BY location
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
COMMENT 'One row a location of the locations file; the one loaded last holds';

CREATE TABLE IF NOT EXISTS {local}.supplier {on_cluster} (
    supplier String COMMENT 'Supplier, as the catalogue names it' CODEC(ZSTD(1)),
    name String COMMENT 'Name for people; empty if not known' CODEC(ZSTD(1)),
    order_days LowCardinality(String) COMMENT 'Days on which it takes orders: mon,thu or daily; empty if not known',
    cut_off LowCardinality(String) COMMENT 'Local time until which an order of such a day counts, HH:MM; empty if not known',
    delivery_days LowCardinality(String) COMMENT 'Days on which it delivers: mon,thu or daily; empty if not known',
    calendar LowCardinality(String) COMMENT 'Calendar of its working days; empty if not known',
    lead_time Nullable(Float64) COMMENT 'Days from an order to its delivery',
    expedite_to Nullable(Float64) COMMENT 'Days to a delivery that is sped up',
    expedite_cost Nullable(Decimal(18, 3)) COMMENT 'What it costs to speed a delivery up',
    attributes Map(LowCardinality(String), String) COMMENT 'All other columns of the file, as text',
    loaded_at DateTime64(3, 'UTC') COMMENT 'When the file was loaded: the version of the row'
) ENGINE = {replicated}ReplacingMergeTree(loaded_at)
ORDER BY supplier
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
COMMENT 'One row a supplier of the suppliers file; the one loaded last holds';

CREATE TABLE IF NOT EXISTS {local}.lane {on_cluster} (
    from_location String COMMENT 'Where goods come from: the column from of the file' CODEC(ZSTD(1)),
    to_location String COMMENT 'Where they go: the column to of the file' CODEC(ZSTD(1)),
    hours Nullable(Float64) COMMENT 'Hours that a transfer takes',
    pack Nullable(Decimal(18, 3)) COMMENT 'Units of a pack: a transfer is whole packs',
    cost Nullable(Decimal(18, 3)) COMMENT 'What a transfer costs',
    attributes Map(LowCardinality(String), String) COMMENT 'All other columns of the file, as text',
    loaded_at DateTime64(3, 'UTC') COMMENT 'When the file was loaded: the version of the row'
) ENGINE = {replicated}ReplacingMergeTree(loaded_at)
ORDER BY (from_location, to_location)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
COMMENT 'One row a lane of the lanes file; rows of the newest loaded_at are those of the newest file';

CREATE TABLE IF NOT EXISTS {local}.policy_version {on_cluster} (
    version String COMMENT 'First 12 hex digits of the SHA-256 of the compiled policy',
    policy String COMMENT 'The compiled policy, JSON' CODEC(ZSTD(3)),
    first_run String COMMENT 'run_id of the run that brought it',
    first_seen DateTime64(3, 'UTC') COMMENT 'When that run started' CODEC(Delta, ZSTD(1))
) ENGINE = {replicated}ReplacingMergeTree
ORDER BY version
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
COMMENT 'Every policy that was ever in force';
