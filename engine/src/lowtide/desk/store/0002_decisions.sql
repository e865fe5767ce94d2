-- What was decided about each alert, person and group. Times are milliseconds since 1970 UTC.

CREATE TABLE routed (
    alert_id TEXT PRIMARY KEY,
    person TEXT NOT NULL, team TEXT NOT NULL, route TEXT NOT NULL,   -- as ROUTED named them
    followers TEXT NOT NULL,    -- JSON: the teams that see it in their queue and digest
    owner TEXT NOT NULL,        -- the person of the book who hears of it now
    partition TEXT NOT NULL,    -- pipeline and partition of its source, as in `feed`
    grp TEXT,                   -- the group in which it is told; NULL: it has ended
    because TEXT NOT NULL,      -- why it is not pushed now; empty: it was pushed as it stands
    because_of TEXT NOT NULL,   -- which alert, silence or message is the reason
    due_at INTEGER,             -- from when it may be told; NULL: there is nothing to tell
    caught INTEGER NOT NULL,    -- 1: it was held while its partition was catching up
    said_round INTEGER, said_to TEXT NOT NULL, said_in TEXT NOT NULL,  -- round, receiver and id of the last message decided
    told_at INTEGER, told_seq INTEGER, told_severity TEXT NOT NULL,  -- the last message to the owner that was accepted
    told_round INTEGER, told_to TEXT NOT NULL,
    last_step INTEGER NOT NULL, -- of the ladder in this round; 0: none yet
    clock_at INTEGER,           -- since when the clock of its deadline runs; NULL: it stands still
    used_ms INTEGER NOT NULL,   -- business time that the clock ran before
    phase TEXT NOT NULL,        -- which deadline runs: empty, acknowledge, resolve
    phase_round INTEGER NOT NULL, phase_at INTEGER  -- the round of the deadline; when its clock first began
) STRICT, WITHOUT ROWID;
CREATE INDEX routed_grp ON routed (grp, because);
CREATE INDEX routed_owner ON routed (owner);
CREATE INDEX routed_partition ON routed (partition);
CREATE INDEX routed_because ON routed (because);
CREATE INDEX routed_pending ON routed (grp) WHERE due_at IS NOT NULL;
CREATE INDEX routed_caught ON routed (owner) WHERE caught = 1;

-- The steps that were recorded, each once.
CREATE TABLE step (
    alert_id TEXT NOT NULL, round INTEGER NOT NULL, step INTEGER NOT NULL, receiver TEXT NOT NULL, at INTEGER NOT NULL,
    is_done INTEGER NOT NULL,   -- 1: its message was accepted, or it needed none
    PRIMARY KEY (alert_id, round, step)
) STRICT, WITHOUT ROWID;

CREATE TABLE timer (
    timer_id TEXT PRIMARY KEY, due_at INTEGER NOT NULL,
    kind TEXT NOT NULL,         -- deadline, look, digest, review, silence, turn
    subject TEXT NOT NULL,      -- alert_id, person or silence
    detail TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX timer_due ON timer (due_at, timer_id);
CREATE INDEX timer_subject ON timer (subject);

CREATE TABLE grp (
    grp TEXT PRIMARY KEY,       -- hash of person, route and values of group_by
    person TEXT NOT NULL, route TEXT NOT NULL, about TEXT NOT NULL,
    ordinal INTEGER NOT NULL,   -- how often it has opened, from 1
    opened_at INTEGER NOT NULL,
    due_at INTEGER,             -- the earliest of its members that have something to tell; NULL: none has
    last_sent_at INTEGER,
    told INTEGER NOT NULL,      -- 1: a message of this ordinal was decided
    members INTEGER NOT NULL,   -- alerts of it that are open
    pending INTEGER NOT NULL,   -- of these, that have something to tell
    worth REAL,                 -- sum over those that have something to tell
    gravity INTEGER NOT NULL,   -- 0 watch, 1 warning, 2 critical: the gravest of them
    first TEXT NOT NULL,        -- the least alert_id of them
    because TEXT NOT NULL       -- WAITING, OVER_BUDGET, QUIET; empty: nothing to tell
) STRICT, WITHOUT ROWID;
CREATE INDEX grp_waiting ON grp (due_at) WHERE because = 'WAITING';
CREATE INDEX grp_cut ON grp (person, because, worth DESC, due_at, first);
CREATE INDEX grp_critical ON grp (person, because) WHERE gravity = 2 AND because IN ('OVER_BUDGET', 'QUIET');

-- Messages that no group tells: a step, a reminder, the end of a silence. They compete for the budget like groups.
CREATE TABLE nudge (
    nudge_id TEXT PRIMARY KEY,  -- person, reason and minute
    person TEXT NOT NULL, reason TEXT NOT NULL, due_at INTEGER NOT NULL,
    subject TEXT NOT NULL,      -- a silence; empty: alerts, in nudge_alert
    held INTEGER NOT NULL       -- 1: it fell due in quiet hours
) STRICT, WITHOUT ROWID;
CREATE INDEX nudge_person ON nudge (person);

CREATE TABLE nudge_alert (
    nudge_id TEXT NOT NULL, alert_id TEXT NOT NULL, round INTEGER NOT NULL, step INTEGER NOT NULL,
    phase TEXT NOT NULL,        -- which deadline it belongs to: acknowledge, resolve
    PRIMARY KEY (nudge_id, alert_id, round, step)
) STRICT, WITHOUT ROWID;
CREATE INDEX nudge_alert_id ON nudge_alert (alert_id);

-- The pushes of a person within the last hour: the window of the budget. A FLOOD is kept beside them.
CREATE TABLE push (
    person TEXT NOT NULL, at INTEGER NOT NULL, notification_id TEXT NOT NULL, reason TEXT NOT NULL, is_critical INTEGER NOT NULL,
    PRIMARY KEY (person, at, notification_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE silence (
    silence_id TEXT NOT NULL, version INTEGER NOT NULL, matchers TEXT NOT NULL, start_at INTEGER NOT NULL, end_at INTEGER NOT NULL,
    ends_when_idle_ms INTEGER, idle_since INTEGER, author TEXT NOT NULL, reason TEXT NOT NULL, warned INTEGER NOT NULL,
    PRIMARY KEY (silence_id)
) STRICT, WITHOUT ROWID;

-- The version of each silence that was last decided upon.
CREATE TABLE silence_decided (silence_id TEXT PRIMARY KEY, version INTEGER NOT NULL) STRICT, WITHOUT ROWID;

-- Which open alerts an active silence matches.
CREATE TABLE silence_alert (
    silence_id TEXT NOT NULL, alert_id TEXT NOT NULL, PRIMARY KEY (silence_id, alert_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX silence_alert_id ON silence_alert (alert_id);

CREATE TABLE snooze (
    location TEXT NOT NULL, sku TEXT NOT NULL, type TEXT NOT NULL, until INTEGER NOT NULL, person TEXT NOT NULL, severity TEXT NOT NULL,
    PRIMARY KEY (location, sku, type)
) STRICT, WITHOUT ROWID;

-- How each partition of the source stood at the last step.
CREATE TABLE partition (
    partition TEXT PRIMARY KEY, standing TEXT NOT NULL   -- CATCHING_UP, STALE; empty: its alerts may be told
) STRICT, WITHOUT ROWID;
