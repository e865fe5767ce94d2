-- What the desk decided, whom it told and by which rules; and how far each source partition has come.
--
-- The desk finds new rows of the ledger by their block number, which each row keeps through merges. Rows that are older than the
-- setting have the number of their part's first block.

ALTER TABLE {local}.ledger {on_cluster} MODIFY SETTING enable_block_number_column = 1;

ALTER TABLE {local}.ledger {on_cluster}
    ADD COLUMN IF NOT EXISTS decided_at Nullable(DateTime64(3, 'UTC')) COMMENT 'The clock of the desk when it decided: what the desk wrote has the event_time of the entry that it answers. Null for the engine and for what a person did' CODEC(ZSTD(1)),
    ADD COLUMN IF NOT EXISTS stage LowCardinality(String) COMMENT 'Stage of the work that the entry begins: open, proposed, approved, ordered, shipped, received or closed; empty where it begins none';

ALTER TABLE {local}.ledger {on_cluster}
    MODIFY COLUMN entry COMMENT 'The engine: OPENED, WORSENED, EASED, REVISED, FLAPPING, CLEARED, EXPIRED, SUPERSEDED. People: ACKNOWLEDGED, ASSIGNED, STARTED, RESOLVED, CLOSED, REOPENED, NOTED. The desk: ROUTED, ESCALATED, SNOOZED',
    MODIFY COLUMN seq COMMENT 'Number of the entry in its alert, from 1; 0 for what a person or the desk did, which action_id tells apart',
    MODIFY COLUMN event_time COMMENT 'When it happened: the clock of the log for the engine, the wall clock for people; of the desk the time of the entry that it answers',
    MODIFY COLUMN action_id COMMENT 'What a person or the desk did: 26 characters, the same for a retry. Empty for the engine''s entries',
    MODIFY COLUMN actor COMMENT 'Who did it; desk for the desk, empty for the engine',
    MODIFY COLUMN owner COMMENT 'Who has the alert from now on, of ROUTED the person to whom it was routed; empty where the entry leaves the owner as it is';

CREATE TABLE IF NOT EXISTS {local}.notification {on_cluster} (
    notification_id String COMMENT 'The message: 20 characters, a hash of person, group, reason and what it tells' CODEC(ZSTD(1)),
    target LowCardinality(String) COMMENT 'Target that carries it, by its name in the people file',
    person LowCardinality(String) COMMENT 'Who is told, by the key in the people file',
    contact UInt16 COMMENT 'Place of the target among the contacts of the person, from 0: above 0, the contacts before it have failed',
    reason LowCardinality(String) COMMENT 'Why it is sent: FIRST, NEW_IN_GROUP, WORSENED, REMINDER, STEP, ALL_ENDED, DIGEST, REVIEW, FLOOD, CATCH_UP, QUIET_END or TEST',
    state LowCardinality(String) COMMENT 'pending, sending, sent, dead (refused for good, or given up) or dropped (no longer true before it was sent)',
    because String COMMENT 'Of a dropped one the reason, of a dead one the refusal; else empty' CODEC(ZSTD(1)),
    severity LowCardinality(String) COMMENT 'The gravest of what it tells; empty for a digest or review',
    alerts Array(String) COMMENT 'The alerts that it names: these are told' CODEC(ZSTD(1)),
    seqs Array(UInt32) COMMENT 'Of each of them the number of the entry that is told' CODEC(ZSTD(1)),
    counted UInt32 COMMENT 'Alerts that it counts, those that it names included',
    worth Nullable(Float64) COMMENT 'Expected loss of all that it counts, as far as known; null if none is known' CODEC(ZSTD(1)),
    grp String COMMENT 'Group of alerts that it is about; empty for a digest and the like' CODEC(ZSTD(1)),
    about String COMMENT 'What all alerts of the group share, JSON' CODEC(ZSTD(1)),
    step UInt16 COMMENT 'Step of the ladder, from 1; 0 if it is not a step',
    decided_at DateTime64(3, 'UTC') COMMENT 'The clock of the desk when it was decided' CODEC(Delta, ZSTD(1)),
    due_at DateTime64(3, 'UTC') COMMENT 'When it was due: the wait of its group had ended' CODEC(Delta, ZSTD(1)),
    sent_at Nullable(DateTime64(3, 'UTC')) COMMENT 'When the target accepted it; null before' CODEC(ZSTD(1)),
    tries UInt32 COMMENT 'How often it was tried',
    code LowCardinality(String) COMMENT 'The target''s own code in its last answer',
    people_version LowCardinality(String) COMMENT 'People file in force; its text is in people_version',
    pipeline LowCardinality(String) COMMENT 'Name of the pipeline whose alerts it tells; empty if there are several',
    version UInt64 COMMENT 'The row with the highest holds' CODEC(ZSTD(1))
) ENGINE = {replicated}ReplacingMergeTree(version)
ORDER BY (notification_id, target)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
COMMENT 'Every message to a person, one row a target: why it was sent, what it tells, and what became of it';

CREATE TABLE IF NOT EXISTS {local}.deadline {on_cluster} (
    pipeline LowCardinality(String) COMMENT 'Name of the pipeline',
    alert_id String COMMENT 'The alert' CODEC(ZSTD(1)),
    round UInt32 COMMENT 'Number of the entry that began the round of the ladder; of a reopening the seq of the last entry and 1,000,000',
    kind LowCardinality(String) COMMENT 'acknowledge or resolve',
    person LowCardinality(String) COMMENT 'Who was told, and has to answer',
    team LowCardinality(String) COMMENT 'Team of the route; empty if the route names a person',
    severity LowCardinality(String) COMMENT 'Severity whose ladder it is',
    told_at DateTime64(3, 'UTC') COMMENT 'When the owner was told: the deadline is counted from then' CODEC(Delta, ZSTD(1)),
    due DateTime64(3, 'UTC') COMMENT 'When it ends, in business time of the ladder''s calendar' CODEC(Delta, ZSTD(1)),
    confirmed Bool COMMENT 'Whether the holidays up to then are confirmed',
    people_version LowCardinality(String) COMMENT 'People file in force; its text is in people_version',
    decided_at DateTime64(3, 'UTC') COMMENT 'The clock of the desk when it was set, or moved by a silence: the row with the latest holds' CODEC(Delta, ZSTD(1))
) ENGINE = {replicated}ReplacingMergeTree(decided_at)
ORDER BY (pipeline, alert_id, round, kind)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
COMMENT 'The time by which an alert that was told must be acknowledged, and resolved: one row a round of the ladder and kind';

CREATE TABLE IF NOT EXISTS {local}.silence {on_cluster} (
    silence_id String COMMENT 'The silence' CODEC(ZSTD(1)),
    version UInt32 COMMENT 'Number of the change, from 1: the highest holds, the others stay',
    matchers String COMMENT 'What it silences, JSON: column to a list of values, as in a route, and severity' CODEC(ZSTD(1)),
    start_at DateTime64(3, 'UTC') COMMENT 'When it begins' CODEC(Delta, ZSTD(1)),
    end_at DateTime64(3, 'UTC') COMMENT 'When it ends, at most 30 days later' CODEC(Delta, ZSTD(1)),
    ends_when_idle_s Nullable(UInt32) COMMENT 'It ends early after so many seconds in which nothing matched; null: it does not',
    author LowCardinality(String) COMMENT 'Who made it',
    reason String COMMENT 'Why it was made' CODEC(ZSTD(1)),
    ended_by LowCardinality(String) COMMENT 'Who ended it early; desk if it had nothing to silence any more; else empty',
    at DateTime64(3, 'UTC') COMMENT 'When this version was written' CODEC(Delta, ZSTD(1))
) ENGINE = {replicated}ReplacingMergeTree
ORDER BY (silence_id, version)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
COMMENT 'Silences, one row a version: nothing about what they match is sent, and its deadlines wait';

CREATE TABLE IF NOT EXISTS {local}.people_version {on_cluster} (
    version String COMMENT 'First 12 hex digits of the SHA-256 of the people file and its lists',
    document String COMMENT 'The file and its lists, JSON' CODEC(ZSTD(3)),
    applied_at DateTime64(3, 'UTC') COMMENT 'When it was put in force: the one applied last is in force' CODEC(Delta, ZSTD(1)),
    applied_by LowCardinality(String) COMMENT 'Who put it in force'
) ENGINE = {replicated}ReplacingMergeTree
ORDER BY (applied_at, version)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
COMMENT 'Every people file that was in force, one row each time that it was applied';

CREATE TABLE IF NOT EXISTS {local}.audit {on_cluster} (
    at DateTime64(3, 'UTC') COMMENT 'When it happened' CODEC(Delta, ZSTD(1)),
    actor LowCardinality(String) COMMENT 'Who did it: a person, token:NAME, or desk',
    what LowCardinality(String) COMMENT 'What was done, as a code' CODEC(ZSTD(1)),
    subject String COMMENT 'To what it was done' CODEC(ZSTD(1)),
    detail String COMMENT 'More about it, JSON' CODEC(ZSTD(1)),
    result LowCardinality(String) COMMENT 'done, or why it was refused'
) ENGINE = {replicated}ReplacingMergeTree
ORDER BY (at, actor, what, subject, result)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
COMMENT 'Who changed people, silences and messages, or was refused. Rows are only ever added';

CREATE TABLE IF NOT EXISTS {local}.desk_generation {on_cluster} (
    number UInt64 COMMENT 'Number of the start of a desk: the highest may send, all others stop',
    nonce String COMMENT 'Random text of this start, which tells two with one number apart' CODEC(ZSTD(1)),
    host LowCardinality(String) COMMENT 'Name of the machine',
    pid UInt32 COMMENT 'Number of the process on that machine',
    renewed_at DateTime64(3, 'UTC') COMMENT 'Wall clock when the desk last showed that it lives' CODEC(Delta, ZSTD(1)),
    ended Bool COMMENT 'Whether it ended by itself; of a desk that was killed it stays false',
    version UInt64 COMMENT 'Wall clock of the row in milliseconds: the row with the highest holds' CODEC(Delta, ZSTD(1))
) ENGINE = {replicated}ReplacingMergeTree(version)
ORDER BY (number, nonce)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
COMMENT 'Every start of a desk, and which of them is alive';

CREATE TABLE IF NOT EXISTS {local}.feed_clock {on_cluster} (
    pipeline LowCardinality(String) COMMENT 'Name of the pipeline',
    partition LowCardinality(String) COMMENT 'Source partition (file, folder or topic partition)',
    clock DateTime64(3, 'UTC') COMMENT 'How far its records have come: the clock of the log' CODEC(Delta, ZSTD(1)),
    at DateTime64(3, 'UTC') COMMENT 'Wall clock when the run said so: the row with the latest holds' CODEC(Delta, ZSTD(1)),
    ended Bool COMMENT 'Whether that run has come to its end or was stopped; false after a failure, since another run goes on'
) ENGINE = {replicated}ReplacingMergeTree(at)
ORDER BY (pipeline, partition)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
COMMENT 'The clock of every source partition, as its run last said it: every 5 seconds while records come, and at its end';
