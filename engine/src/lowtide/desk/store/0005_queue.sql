-- The queue in the three orders in which people read it. Triggers keep it: an alert is in it once it is routed, while the data
-- have not ended it and nobody has closed it.

ALTER TABLE routed ADD COLUMN deadline_at INTEGER;  -- when the deadline that runs now ends; NULL: none runs

-- Smaller ranks come first. Each index costs a write for each alert, so a team and the other orders of an owner have none.
CREATE TABLE queue (
    alert_id TEXT PRIMARY KEY,
    owner TEXT NOT NULL, team TEXT NOT NULL,    -- who hears of it now, and the team of the route
    loss_rank REAL NOT NULL,                    -- the worth, negative; 1 where it is not known, behind all others
    due_rank INTEGER NOT NULL,                  -- deadline_at; where none runs the greatest number
    opened_rank INTEGER NOT NULL                -- opened_at, negative: the newest first
) STRICT, WITHOUT ROWID;
CREATE INDEX queue_loss ON queue (loss_rank);
CREATE INDEX queue_due ON queue (due_rank);
CREATE INDEX queue_opened ON queue (opened_rank);
CREATE INDEX queue_owner ON queue (owner, loss_rank);
CREATE INDEX routed_followed ON routed (alert_id) WHERE followers != '[]';

INSERT INTO queue
SELECT a.alert_id, r.owner, r.team, ifnull(-a.worth, 1), 9223372036854775807, -a.opened_at
FROM alert AS a JOIN routed AS r ON r.alert_id = a.alert_id
WHERE a.status = 'open' AND a.state != 'closed';

CREATE TRIGGER queue_routed AFTER INSERT ON routed BEGIN
    INSERT OR REPLACE INTO queue
    SELECT NEW.alert_id, NEW.owner, NEW.team, ifnull(-a.worth, 1), ifnull(NEW.deadline_at, 9223372036854775807), -a.opened_at
    FROM alert AS a WHERE a.alert_id = NEW.alert_id AND a.status = 'open' AND a.state != 'closed';
END;
CREATE TRIGGER queue_rerouted AFTER UPDATE OF owner, team, deadline_at ON routed
WHEN NEW.owner != OLD.owner OR NEW.team != OLD.team OR NEW.deadline_at IS NOT OLD.deadline_at BEGIN
    UPDATE queue SET owner = NEW.owner, team = NEW.team, due_rank = ifnull(NEW.deadline_at, 9223372036854775807)
    WHERE alert_id = NEW.alert_id;
END;
CREATE TRIGGER queue_unrouted AFTER DELETE ON routed BEGIN DELETE FROM queue WHERE alert_id = OLD.alert_id; END;

-- The mirror writes an alert anew when it changes.
CREATE TRIGGER queue_of_alert AFTER INSERT ON alert WHEN NEW.status = 'open' AND NEW.state != 'closed' BEGIN
    INSERT INTO queue
    SELECT NEW.alert_id, r.owner, r.team, ifnull(-NEW.worth, 1), ifnull(r.deadline_at, 9223372036854775807), -NEW.opened_at
    FROM routed AS r WHERE r.alert_id = NEW.alert_id
    ON CONFLICT (alert_id) DO UPDATE SET loss_rank = excluded.loss_rank WHERE queue.loss_rank != excluded.loss_rank;
END;
CREATE TRIGGER queue_without_alert AFTER INSERT ON alert WHEN NEW.status != 'open' OR NEW.state = 'closed' BEGIN
    DELETE FROM queue WHERE alert_id = NEW.alert_id;
END;
CREATE TRIGGER queue_of_changed_alert AFTER UPDATE OF status, state, worth ON alert
WHEN NEW.status = 'open' AND NEW.state != 'closed' BEGIN
    INSERT INTO queue
    SELECT NEW.alert_id, r.owner, r.team, ifnull(-NEW.worth, 1), ifnull(r.deadline_at, 9223372036854775807), -NEW.opened_at
    FROM routed AS r WHERE r.alert_id = NEW.alert_id
    ON CONFLICT (alert_id) DO UPDATE SET loss_rank = excluded.loss_rank WHERE queue.loss_rank != excluded.loss_rank;
END;
CREATE TRIGGER queue_without_changed_alert AFTER UPDATE OF status, state ON alert
WHEN NEW.status != 'open' OR NEW.state = 'closed' BEGIN
    DELETE FROM queue WHERE alert_id = NEW.alert_id;
END;
CREATE TRIGGER queue_without_forgotten AFTER DELETE ON alert BEGIN DELETE FROM queue WHERE alert_id = OLD.alert_id; END;
