-- Who is signed in, what has changed for pages that look on, and answers that may be asked for again.

-- A session that is lost is a sign-in; nothing else is.
CREATE TABLE session (
    hash BLOB PRIMARY KEY,          -- SHA-256 of the secret in the cookie
    name TEXT NOT NULL,             -- for limits and the audit
    login TEXT NOT NULL,
    stamp TEXT NOT NULL,            -- a mark of the password or subject that opened it; another one ends it
    role TEXT NOT NULL, person TEXT NOT NULL,   -- given by the provider's groups; empty: those of users.yaml
    made_at INTEGER NOT NULL, seen_at INTEGER NOT NULL, ends_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX session_login ON session (login);

-- One row a change that a page shows. `seq` is the id of /live.
CREATE TABLE change (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    subject TEXT NOT NULL,          -- alert, proposal
    id TEXT NOT NULL
) STRICT;
CREATE TRIGGER alert_made AFTER INSERT ON alert BEGIN INSERT INTO change (subject, id) VALUES ('alert', NEW.alert_id); END;
CREATE TRIGGER alert_changed AFTER UPDATE OF state, owner, severity, status, worth, seq ON alert
WHEN OLD.state IS NOT NEW.state OR OLD.owner IS NOT NEW.owner OR OLD.severity IS NOT NEW.severity
    OR OLD.status IS NOT NEW.status OR OLD.worth IS NOT NEW.worth OR OLD.seq IS NOT NEW.seq
BEGIN INSERT INTO change (subject, id) VALUES ('alert', NEW.alert_id); END;
CREATE TRIGGER proposal_made AFTER INSERT ON proposal BEGIN INSERT INTO change (subject, id) VALUES ('proposal', NEW.proposal_id); END;
CREATE TRIGGER proposal_changed AFTER UPDATE OF state, quantity, holder ON proposal
WHEN OLD.state IS NOT NEW.state OR OLD.quantity IS NOT NEW.quantity OR OLD.holder IS NOT NEW.holder
BEGIN INSERT INTO change (subject, id) VALUES ('proposal', NEW.proposal_id); END;

-- Answers to requests with an Idempotency-Key: the same key again gets the same answer.
CREATE TABLE answered (
    caller TEXT NOT NULL, key TEXT NOT NULL,
    request BLOB NOT NULL,          -- SHA-256 of method, path and body
    status INTEGER NOT NULL, headers TEXT NOT NULL, body BLOB NOT NULL, at INTEGER NOT NULL,
    PRIMARY KEY (caller, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX answered_at ON answered (at);
