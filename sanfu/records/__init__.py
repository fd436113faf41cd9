"""记录: the append-only, hash-chained event log (also the outbox), stored files, background jobs."""
