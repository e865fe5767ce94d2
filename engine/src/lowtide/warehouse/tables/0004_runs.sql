-- What was run, and which records could not be used.

CREATE TABLE IF NOT EXISTS {local}.run {on_cluster} (
    run_id String COMMENT 'Start of the run and six random digits',
    pipeline LowCardinality(String) COMMENT 'Name of the pipeline',
    source String COMMENT 'Name of what was read: the file, folder or topic; of several files the first, and how many more',
    started_at DateTime64(3, 'UTC') COMMENT 'Wall clock at the start' CODEC(Delta, ZSTD(1)),
    ended_at Nullable(DateTime64(3, 'UTC')) COMMENT 'Wall clock at the end; null while it runs, or if it was killed',
    status LowCardinality(String) COMMENT 'running, finished, stopped, grown (the topic has more partitions) or failed; of a run that was killed it stays running',
    policy_version LowCardinality(String) COMMENT 'Policy at the start',
    workers UInt16 COMMENT 'Worker threads of all its processes',
    lowtide_version LowCardinality(String) COMMENT 'Version of Lowtide',
    records UInt64 COMMENT 'Records read by this run',
    accepted UInt64 COMMENT 'Records that had an effect',
    duplicates UInt64 COMMENT 'Records seen before, without effect',
    late UInt64 COMMENT 'Records behind the clock',
    very_late UInt64 COMMENT 'Records behind the clock by more than the late window',
    rejects UInt64 COMMENT 'Records that could not be used',
    counts Map(String, UInt64) COMMENT 'All other counts of the run, such as reject.bad_time',
    version UInt8 COMMENT '0 when the run starts, 1 when it ends: the version of the row'
) ENGINE = {replicated}ReplacingMergeTree(version)
ORDER BY run_id
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
COMMENT 'One row a run';

CREATE TABLE IF NOT EXISTS {local}.reject {on_cluster} (
    pipeline LowCardinality(String) COMMENT 'Name of the pipeline',
    partition LowCardinality(String) COMMENT 'Source partition',
    offset UInt64 COMMENT 'Number of the record in its partition, from 0: in an export its place in the order of event time',
    file LowCardinality(Nullable(String)) COMMENT 'File that the record stands in; NULL for a topic',
    line Nullable(UInt64) COMMENT 'Line of the file in which the record starts, from 1; in Parquet the row, in a JSON document the place of the record',
    reason LowCardinality(String) COMMENT 'Code of the first check that failed',
    field LowCardinality(Nullable(String)) COMMENT 'The field at fault, if it is one',
    message String COMMENT 'What is wrong, for the owner of the data' CODEC(ZSTD(1)),
    record String COMMENT 'The bytes as they came, which need not be text' CODEC(ZSTD(1))
) ENGINE = {replicated}ReplacingMergeTree
ORDER BY (pipeline, partition, offset, reason)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
COMMENT 'Records that could not be used';
