-- `castra events` of one VM or of some types finds the newest that fit, or that none do, without
-- reading the whole log. Ascending, as seq is; a query orders by both columns.
CREATE INDEX IF NOT EXISTS ix_events_vm ON events (vm, seq);
CREATE INDEX IF NOT EXISTS ix_events_type ON events (type, seq);
