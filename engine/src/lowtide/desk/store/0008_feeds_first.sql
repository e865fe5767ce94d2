-- A silent feed stands before all others in the order of losses: what else is said of its location may be wrong while it lasts, and
-- nobody knows what it costs.

UPDATE queue SET loss_rank = -1e15 WHERE alert_id IN (SELECT alert_id FROM alert WHERE type = 'silent_feed' AND status = 'open');

DROP TRIGGER queue_routed;
CREATE TRIGGER queue_routed AFTER INSERT ON routed BEGIN
    INSERT OR REPLACE INTO queue
    SELECT NEW.alert_id, NEW.owner, NEW.team, CASE a.type WHEN 'silent_feed' THEN -1e15 ELSE ifnull(-a.worth, 1) END, ifnull(NEW.deadline_at, 9223372036854775807), -a.opened_at
    FROM alert AS a WHERE a.alert_id = NEW.alert_id AND a.status = 'open' AND a.state != 'closed';
END;
DROP TRIGGER queue_of_alert;
CREATE TRIGGER queue_of_alert AFTER INSERT ON alert WHEN NEW.status = 'open' AND NEW.state != 'closed' BEGIN
    INSERT INTO queue
    SELECT NEW.alert_id, r.owner, r.team, CASE NEW.type WHEN 'silent_feed' THEN -1e15 ELSE ifnull(-NEW.worth, 1) END, ifnull(r.deadline_at, 9223372036854775807), -NEW.opened_at
    FROM routed AS r WHERE r.alert_id = NEW.alert_id
    ON CONFLICT (alert_id) DO UPDATE SET loss_rank = excluded.loss_rank WHERE queue.loss_rank != excluded.loss_rank;
END;
DROP TRIGGER queue_of_changed_alert;
CREATE TRIGGER queue_of_changed_alert AFTER UPDATE OF status, state, worth ON alert
WHEN NEW.status = 'open' AND NEW.state != 'closed' BEGIN
    INSERT INTO queue
    SELECT NEW.alert_id, r.owner, r.team, CASE NEW.type WHEN 'silent_feed' THEN -1e15 ELSE ifnull(-NEW.worth, 1) END, ifnull(r.deadline_at, 9223372036854775807), -NEW.opened_at
    FROM routed AS r WHERE r.alert_id = NEW.alert_id
    ON CONFLICT (alert_id) DO UPDATE SET loss_rank = excluded.loss_rank WHERE queue.loss_rank != excluded.loss_rank;
END;
