-- A policy that was applied with its back-test: what it is to do, so that the ledger can be compared with it later.

CREATE TABLE IF NOT EXISTS {local}.policy_promise {on_cluster} (
    version String COMMENT 'The policy, as in policy_version',
    backtest String COMMENT 'Hash of its back-test: the name of the folder',
    pushes_a_day Nullable(Float64) COMMENT 'Pushes a day that are promised; null: not promised',
    loss_a_day Nullable(Float64) COMMENT 'Loss warned of a day that is promised, see docs/tune.md; null: not promised',
    share_met Nullable(Float64) COMMENT 'Share of the warnings that are to come true; null: not promised',
    money LowCardinality(String) COMMENT 'What the loss is in: margin, price or units',
    applied_at DateTime64(3, 'UTC') COMMENT 'When it was applied: the version of the row' CODEC(Delta, ZSTD(1)),
    applied_by String COMMENT 'Who applied it'
) ENGINE = {replicated}ReplacingMergeTree(applied_at)
ORDER BY version
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
COMMENT 'Policies that were applied with a back-test, and what each is to do';
