-- The ABC and XYZ classes of inputs, so that whoever reads the policy by the warehouse matches its layers as the engine does.

CREATE TABLE IF NOT EXISTS {local}.inputs_class {on_cluster} (
    pipeline LowCardinality(String) COMMENT 'Name of the pipeline',
    inputs_version LowCardinality(String) COMMENT 'Hash of the inputs; empty: the log has none in force',
    location LowCardinality(String) COMMENT 'Store, warehouse or shelf; empty in the row that says since when the inputs hold',
    sku String COMMENT 'Stock keeping unit; empty in the same row' CODEC(ZSTD(1)),
    abc LowCardinality(String) COMMENT 'Class by value',
    xyz LowCardinality(String) COMMENT 'Class by how even weekly demand is',
    loaded_at DateTime64(3, 'UTC') COMMENT 'Wall clock when a run met these inputs: the version of the row' CODEC(Delta, ZSTD(1))
) ENGINE = {replicated}ReplacingMergeTree(loaded_at)
ORDER BY (pipeline, inputs_version, location, sku)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
COMMENT 'The classes of all inputs that were ever in force; the view position_class has those that are';
