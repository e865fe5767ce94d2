-- What people do is in the ledger too: rows of their own, which the engine's fold does not see.

ALTER TABLE {local}.ledger {on_cluster}
    ADD COLUMN IF NOT EXISTS action_id String COMMENT 'What a person did: 26 characters, the same for a retry. Empty for the engine''s entries' CODEC(ZSTD(1)),
    ADD COLUMN IF NOT EXISTS actor LowCardinality(String) COMMENT 'Who did it; empty for the engine',
    ADD COLUMN IF NOT EXISTS owner LowCardinality(String) COMMENT 'Who has the alert from now on; empty where the action leaves the owner as it is',
    ADD COLUMN IF NOT EXISTS feedback LowCardinality(String) COMMENT 'right, false or unnecessary, said when the alert is closed; else empty',
    ADD COLUMN IF NOT EXISTS comment String COMMENT 'What the person wrote' CODEC(ZSTD(1)),
    MODIFY ORDER BY (toDate(event_time), location, sku, alert_id, seq, action_id);

ALTER TABLE {local}.ledger {on_cluster}
    COMMENT COLUMN seq 'Number of the entry in its alert, from 1; 0 for what a person did, which action_id tells apart',
    COMMENT COLUMN entry 'The engine: OPENED, WORSENED, EASED, REVISED, FLAPPING, CLEARED, EXPIRED, SUPERSEDED. People: ACKNOWLEDGED, ASSIGNED, STARTED, RESOLVED, CLOSED, REOPENED, NOTED',
    COMMENT COLUMN event_time 'When it happened: the clock of the log for the engine, the wall clock for people';

-- An action repeated across midnight is stored twice, and is still one: the earliest counts.
CREATE OR REPLACE VIEW {database}.alert_action {on_cluster}
(
    pipeline LowCardinality(String) COMMENT 'Name of the pipeline',
    alert_id String COMMENT 'The alert',
    action_id String COMMENT 'Identity of the action',
    acted_at DateTime64(3, 'UTC') COMMENT 'Wall clock when it was done',
    entry LowCardinality(String) COMMENT 'ACKNOWLEDGED, ASSIGNED, STARTED, RESOLVED, CLOSED, REOPENED or NOTED',
    actor LowCardinality(String) COMMENT 'Who did it',
    owner LowCardinality(String) COMMENT 'Who has the alert from now on; empty where the action leaves the owner as it is',
    feedback LowCardinality(String) COMMENT 'right, false or unnecessary; empty where it is not a closing',
    comment String COMMENT 'What the person wrote'
) AS
SELECT
    pipeline, alert_id, action_id, min(event_time) AS acted_at, any(ledger.entry) AS entry, any(ledger.actor) AS actor,
    any(ledger.owner) AS owner, any(ledger.feedback) AS feedback, any(ledger.comment) AS comment
FROM {database}.ledger AS ledger
WHERE action_id != ''
GROUP BY pipeline, alert_id, action_id;
