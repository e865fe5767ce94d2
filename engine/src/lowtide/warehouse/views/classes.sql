-- The classes in force. The row without a location is written after all others of its inputs, so they are there in full.
CREATE OR REPLACE VIEW {database}.position_class {on_cluster} (
    {pipeline}, {location}, {sku},
    abc LowCardinality(String) COMMENT 'Class by value, from the inputs; it takes the place of the one in the catalogue',
    xyz LowCardinality(String) COMMENT 'Class by how even weekly demand is',
    inputs_version LowCardinality(String) COMMENT 'Hash of the inputs'
) AS
SELECT pipeline, location, sku, abc, xyz, inputs_version
FROM {database}.inputs_class FINAL
WHERE location != '' AND (pipeline, inputs_version) GLOBAL IN (
    SELECT pipeline, argMax(inputs_version, loaded_at) FROM {database}.inputs_class WHERE location = '' GROUP BY pipeline
)
COMMENT 'ABC and XYZ class of every position that the inputs in force have';
