-- Proposals as they stand: the fold of their entries in the ledger. Times are milliseconds since 1970 UTC, quantities decimal texts.

CREATE TABLE proposal (
    proposal_id TEXT PRIMARY KEY,   -- 26 characters
    list_id TEXT NOT NULL,          -- what it is gathered in: an order of one supplier and location, a count list of a location
    kind TEXT NOT NULL,             -- order, production, transfer, expedite, chase, count
    state TEXT NOT NULL,            -- proposed, submitted, approved, rejected, exported, confirmed, superseded, withdrawn, closed
    version TEXT NOT NULL,          -- 12 hex digits of its numbers: who approves names the version that was shown
    ref TEXT NOT NULL,              -- LT- and the first 10 characters of proposal_id: the movement `order` carries it
    pipeline TEXT NOT NULL, partition TEXT NOT NULL,
    alert_id TEXT NOT NULL,         -- the alert that asked for it; empty: an order day did
    location TEXT NOT NULL, location_name TEXT NOT NULL, region TEXT NOT NULL,
    sku TEXT NOT NULL, name TEXT NOT NULL, category TEXT NOT NULL, department TEXT NOT NULL,   -- empty for a chase
    supplier TEXT NOT NULL, supplier_name TEXT NOT NULL,
    from_location TEXT NOT NULL,    -- of a transfer the donor
    quantity TEXT NOT NULL,         -- units; after an approval what was approved
    proposed_quantity TEXT NOT NULL, unit TEXT NOT NULL,
    unit_cost REAL, cost REAL,      -- NULL: the catalogue does not say
    avoided REAL,                   -- expected loss before less after, in money; in units where there is no margin; NULL: not known
    requested_at INTEGER,           -- when the goods are asked for
    cut_off_at INTEGER,             -- until when the supplier takes the order; NULL: at any time
    owner TEXT NOT NULL,            -- the person of the route
    holder TEXT NOT NULL,           -- who has to do the next step
    team TEXT NOT NULL,
    stage_at INTEGER NOT NULL,      -- since when it is in this state
    due_at INTEGER,                 -- until when it may stay in it; NULL: for ever
    event_time INTEGER NOT NULL,    -- of the cause
    proposed_at INTEGER NOT NULL,
    decided_by TEXT NOT NULL, reason TEXT NOT NULL,   -- of the last APPROVED, REJECTED or SUBMITTED
    exported_to TEXT NOT NULL,      -- csv, json, folder, webhook:NAME or form:NAME
    order_ref TEXT NOT NULL,        -- the ref that the order came with
    superseded_by TEXT NOT NULL,
    marks TEXT NOT NULL,            -- JSON: what a person must know, as codes such as over_max, late, supplier_unknown, over_limit
    detail TEXT NOT NULL            -- JSON: inputs, steps, result
) STRICT, WITHOUT ROWID;
CREATE INDEX proposal_state ON proposal (state, cut_off_at);
CREATE INDEX proposal_position ON proposal (location, sku);
CREATE INDEX proposal_holder ON proposal (holder, state);
CREATE INDEX proposal_list ON proposal (list_id);
CREATE INDEX proposal_alert ON proposal (alert_id) WHERE alert_id != '';

CREATE TABLE proposal_entry (
    proposal_id TEXT NOT NULL, action_id TEXT NOT NULL, entry TEXT NOT NULL,
    at INTEGER NOT NULL, event_time INTEGER NOT NULL,
    actor TEXT NOT NULL, owner TEXT NOT NULL, comment TEXT NOT NULL,
    detail TEXT NOT NULL,           -- JSON
    PRIMARY KEY (proposal_id, action_id)
) STRICT, WITHOUT ROWID;

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
