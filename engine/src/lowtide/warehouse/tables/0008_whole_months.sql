-- A month of the ledger that no row has come to for a day becomes one part. Then FINAL has nothing to fold in it, and a question about
-- two years costs what a question about plain rows costs.

ALTER TABLE {local}.ledger {on_cluster}
    MODIFY SETTING min_age_to_force_merge_seconds = 86400, min_age_to_force_merge_on_partition_only = 1;
