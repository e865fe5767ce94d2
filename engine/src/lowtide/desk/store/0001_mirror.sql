-- What the desk works with. Times are milliseconds since 1970 UTC; a NULL worth is not known.

CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

-- How far each partition of the ledger was read.
CREATE TABLE cursor (partition_id TEXT PRIMARY KEY, block INTEGER NOT NULL) STRICT, WITHOUT ROWID;

-- The clock of each source partition as its run last published it, and how fast it moved.
CREATE TABLE feed (
    pipeline TEXT NOT NULL, partition TEXT NOT NULL,
    clock INTEGER NOT NULL,
    at INTEGER NOT NULL,        -- the desk's clock when it met this value
    ended INTEGER NOT NULL,
    fast_until INTEGER,         -- when it was last seen to move more than ten times as fast as the desk's clock; NULL: never
    PRIMARY KEY (pipeline, partition)
) STRICT, WITHOUT ROWID;

-- Every alert that is open, or that was told and has ended: the fold of its entries.
CREATE TABLE alert (
    alert_id TEXT PRIMARY KEY, pipeline TEXT NOT NULL, partition TEXT NOT NULL,
    type TEXT NOT NULL, severity TEXT NOT NULL, location TEXT NOT NULL, sku TEXT NOT NULL,
    name TEXT NOT NULL, category TEXT NOT NULL, department TEXT NOT NULL, supplier TEXT NOT NULL, abc TEXT NOT NULL,
    region TEXT NOT NULL, location_name TEXT NOT NULL,
    opened_at INTEGER NOT NULL, last_at INTEGER NOT NULL,   -- event_time of the first and the last entry of the core
    seq INTEGER NOT NULL,                                   -- number of the last entry of the core
    entry TEXT NOT NULL,                                    -- its kind
    on_hand TEXT NOT NULL, available TEXT NOT NULL, on_order TEXT NOT NULL, in_transit TEXT NOT NULL,   -- units, decimal
    demand_per_day TEXT NOT NULL,
    p_stockout REAL, stockout_p50 INTEGER, worth REAL,
    status TEXT NOT NULL,       -- open, cleared, expired, superseded
    state TEXT NOT NULL,        -- new, acknowledged, in_progress, resolved, closed
    owner TEXT NOT NULL,        -- of the last action of a person; empty: nobody
    round INTEGER NOT NULL,     -- seq of the entry that began the round: OPENED, WORSENED; a REOPENED adds 1,000,000
    round_at INTEGER NOT NULL,  -- event_time of that entry
    ended_at INTEGER            -- the desk's clock when it was met as ended; NULL: it is open
) STRICT, WITHOUT ROWID;
CREATE INDEX alert_position ON alert (location, sku, type) WHERE status = 'open';
CREATE INDEX alert_type ON alert (type, sku) WHERE status = 'open';
CREATE INDEX alert_ended ON alert (ended_at) WHERE ended_at IS NOT NULL;

-- What people and the desk did about these alerts, by the identity that the entry has in the ledger.
CREATE TABLE action (
    alert_id TEXT NOT NULL, action_id TEXT NOT NULL, entry TEXT NOT NULL,
    at INTEGER NOT NULL,        -- when it was done: decided_at of what the desk wrote, else event_time
    event_time INTEGER NOT NULL,
    actor TEXT NOT NULL, owner TEXT NOT NULL, feedback TEXT NOT NULL, comment TEXT NOT NULL,
    detail TEXT NOT NULL,       -- JSON
    PRIMARY KEY (alert_id, action_id)
) STRICT, WITHOUT ROWID;

-- What has changed since the last decision: one row an entry that the mirror met for the first time.
CREATE TABLE news (
    n INTEGER PRIMARY KEY AUTOINCREMENT, alert_id TEXT NOT NULL, entry TEXT NOT NULL, seq INTEGER NOT NULL,
    action_id TEXT NOT NULL, event_time INTEGER NOT NULL, severity TEXT NOT NULL, actor TEXT NOT NULL, owner TEXT NOT NULL,
    detail TEXT NOT NULL        -- JSON of an entry with an action_id, else {}
) STRICT;

-- Rows on their way to the warehouse; their identities are those of the rows there, so each may be sent again.
CREATE TABLE ship (
    n INTEGER PRIMARY KEY AUTOINCREMENT, table_name TEXT NOT NULL, row_id TEXT NOT NULL, row TEXT NOT NULL,
    UNIQUE (table_name, row_id)
) STRICT;

-- Rows that the warehouse refuses for what stands in them. They are sent again at the next start.
CREATE TABLE ship_refused (
    table_name TEXT NOT NULL, row_id TEXT NOT NULL, row TEXT NOT NULL,
    why TEXT NOT NULL,          -- the warehouse's words
    PRIMARY KEY (table_name, row_id)
) STRICT, WITHOUT ROWID;

-- Messages on their way. A body is rendered at the first try and is the same at every later one.
CREATE TABLE outbox (
    notification_id TEXT NOT NULL, target TEXT NOT NULL,
    person TEXT NOT NULL, reason TEXT NOT NULL, severity TEXT NOT NULL,
    state TEXT NOT NULL,        -- pending, sending, sent, dead, dropped
    because TEXT NOT NULL,      -- of a dropped one the reason, of a dead one the refusal
    decided_at INTEGER NOT NULL, due_at INTEGER NOT NULL,   -- when it was decided; when the wait of its group ended
    next_at INTEGER NOT NULL, give_up_at INTEGER NOT NULL, tries INTEGER NOT NULL,
    contact INTEGER NOT NULL,   -- place of the target among the person's contacts, from 0
    content TEXT NOT NULL,      -- JSON: what it tells
    body BLOB, sent_at INTEGER,
    code TEXT NOT NULL DEFAULT '',              -- the target's own, of its last answer
    in_doubt INTEGER NOT NULL DEFAULT 0,        -- 1: an earlier try may have arrived
    is_shipped INTEGER NOT NULL DEFAULT 0,      -- 0: its row for the warehouse was not made yet
    PRIMARY KEY (notification_id, target)
) STRICT, WITHOUT ROWID;
CREATE INDEX outbox_next ON outbox (target, next_at) WHERE state IN ('pending', 'sending');
CREATE INDEX outbox_new ON outbox (is_shipped) WHERE is_shipped = 0;
CREATE INDEX outbox_person ON outbox (person, decided_at);

-- Messages of a desk.db that was lost and that no target had taken: what is decided anew under the same id has a higher version.
CREATE TABLE past (
    notification_id TEXT NOT NULL, target TEXT NOT NULL, version INTEGER NOT NULL,
    in_doubt INTEGER NOT NULL,  -- 1: it was on its way, and may have arrived
    PRIMARY KEY (notification_id, target)
) STRICT, WITHOUT ROWID;

CREATE TABLE attempt (
    n INTEGER PRIMARY KEY AUTOINCREMENT, notification_id TEXT NOT NULL, target TEXT NOT NULL, try INTEGER NOT NULL,
    at INTEGER NOT NULL, outcome TEXT NOT NULL, code TEXT NOT NULL, detail TEXT NOT NULL,
    UNIQUE (notification_id, target, try)
) STRICT;
CREATE INDEX attempt_target ON attempt (target, at);
