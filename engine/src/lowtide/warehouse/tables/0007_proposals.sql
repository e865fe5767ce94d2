-- Proposals are entries of the ledger; changes of rules that somebody proposed and somebody else approved have a table.

ALTER TABLE {local}.ledger {on_cluster}
    ADD COLUMN IF NOT EXISTS proposal_id String COMMENT 'The proposal that the entry is about: 26 characters. Empty for entries about an alert' CODEC(ZSTD(1));

ALTER TABLE {local}.ledger {on_cluster}
    MODIFY COLUMN entry COMMENT 'The engine: OPENED, WORSENED, EASED, REVISED, FLAPPING, CLEARED, EXPIRED, SUPERSEDED. People: ACKNOWLEDGED, ASSIGNED, STARTED, RESOLVED, CLOSED, REOPENED, NOTED. The desk: ROUTED, ESCALATED, SNOOZED. Of a proposal: PROPOSED, SUBMITTED, APPROVED, REJECTED, EXPORTED, CONFIRMED, WITHDRAWN',
    MODIFY COLUMN alert_id COMMENT 'Identity of the alert; of a proposal the alert that asked for it, empty if an order day did';

CREATE TABLE IF NOT EXISTS {local}.rule_change {on_cluster} (
    change_id String COMMENT 'The change' CODEC(ZSTD(1)),
    version UInt32 COMMENT 'Number of the step, from 1: the highest holds, the others stay',
    kind LowCardinality(String) COMMENT 'policy or people',
    state LowCardinality(String) COMMENT 'proposed, approved, rejected or applied',
    based_on String COMMENT 'Version of the policy or people in force when it was proposed' CODEC(ZSTD(1)),
    lines String COMMENT 'What it changes, JSON: list of path, before, after' CODEC(ZSTD(3)),
    document String COMMENT 'The whole file after the change' CODEC(ZSTD(3)),
    result String COMMENT 'What a dry run or back-test said, JSON; empty: none was made' CODEC(ZSTD(3)),
    author LowCardinality(String) COMMENT 'Who proposed it; `tune` for a suggestion',
    reason String COMMENT 'Why its author wants the change' CODEC(ZSTD(1)),
    decided_by LowCardinality(String) COMMENT 'Who approved or rejected it; empty before',
    comment String COMMENT 'What that person wrote' CODEC(ZSTD(1)),
    at DateTime64(3, 'UTC') COMMENT 'When this step was written' CODEC(Delta, ZSTD(1))
) ENGINE = {replicated}ReplacingMergeTree
ORDER BY (change_id, version)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
COMMENT 'Changes of rules that somebody proposed, one row a step';
