-- Figures that cost seconds, as they were counted last: a desk that has just started tells them with their age, and counts them anew.
CREATE TABLE kept (
    key TEXT PRIMARY KEY,
    as_of INTEGER NOT NULL,         -- the desk's clock when it was counted
    counted REAL NOT NULL,          -- wall clock then, seconds since 1970 UTC
    value TEXT NOT NULL             -- JSON
) STRICT, WITHOUT ROWID;

-- What a few letters may mean is found in these alone: the rows of `alert` are wide. `status` is a column of each, because SQLite looks
-- into the table for a column that only the condition of the index names.
CREATE INDEX alert_name ON alert (sku, name, location, location_name, worth, status) WHERE status = 'open';
CREATE INDEX alert_place ON alert (location, location_name, status) WHERE status = 'open';
CREATE INDEX alert_supplier ON alert (supplier, status) WHERE status = 'open';
