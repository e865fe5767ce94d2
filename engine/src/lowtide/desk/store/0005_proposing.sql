-- What the desk keeps while it proposes. Times are milliseconds since 1970 UTC.

-- The order days whose proposals were made: each once, also by a desk that was off.
CREATE TABLE proposal_plan (
    supplier TEXT NOT NULL, day TEXT NOT NULL,   -- local day of the supplier, ISO
    at INTEGER NOT NULL,        -- when they were due to be made
    PRIMARY KEY (supplier, day)
) STRICT, WITHOUT ROWID;

-- Alerts that ask for proposals at once, since they opened or worsened; a row is deleted when it was answered.
CREATE TABLE proposal_ask (
    alert_id TEXT PRIMARY KEY,
    round INTEGER NOT NULL,     -- of the entry that asks
    event_time INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- When the numbers of a waiting proposal were last reckoned again.
CREATE TABLE proposal_look (
    proposal_id TEXT PRIMARY KEY, at INTEGER NOT NULL,
    version TEXT NOT NULL       -- of the row of its position then
) STRICT, WITHOUT ROWID;

-- Who is to hear that lines of a list have waited for too long: step 1 is the holder, step 2 the lead.
CREATE TABLE proposal_call (
    list_id TEXT NOT NULL, state TEXT NOT NULL, holder TEXT NOT NULL, step INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    done_at INTEGER,            -- NULL: nobody has heard of it
    PRIMARY KEY (list_id, state, holder, step)
) STRICT, WITHOUT ROWID;
CREATE INDEX proposal_call_due ON proposal_call (due_at) WHERE done_at IS NULL;

-- The lists that a nudge is about.
CREATE TABLE nudge_list (
    nudge_id TEXT NOT NULL, list_id TEXT NOT NULL, state TEXT NOT NULL, holder TEXT NOT NULL, step INTEGER NOT NULL,
    PRIMARY KEY (nudge_id, list_id, state, holder, step)
) STRICT, WITHOUT ROWID;

CREATE INDEX proposal_waiting ON proposal (kind, location, sku) WHERE state IN ('proposed', 'submitted', 'approved', 'exported');
CREATE INDEX proposal_ended ON proposal (stage_at) WHERE state NOT IN ('proposed', 'submitted', 'approved', 'exported');
