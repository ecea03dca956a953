"""Who looked at what and who changed what: append-only, hash-chained."""
