-- A run says at each checkpoint that it lives. So a run that was killed does not look like one that runs: the next run of its pipeline
-- finds it and ends its row.

ALTER TABLE {local}.run {on_cluster}
    ADD COLUMN IF NOT EXISTS seen_at Nullable(DateTime64(3, 'UTC')) COMMENT 'Wall clock of its last sign of life: at each checkpoint, and each minute; null of a run of an older version' AFTER ended_at;

ALTER TABLE {local}.run {on_cluster}
    COMMENT COLUMN status 'running, finished, stopped, grown (the topic has more partitions), failed, or killed: a later run found it without an end';

ALTER TABLE {local}.run {on_cluster}
    COMMENT COLUMN version '0 while the run lives, 1 when it has ended: the version of the row';
