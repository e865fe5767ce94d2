"""What comes in: rows of the ledger become the mirror in desk.db, by their blocks and by a full compare."""
