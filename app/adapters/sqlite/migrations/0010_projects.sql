-- How often a project's keypaths were written, what its owner notes of it, and when it was deleted.
ALTER TABLE project ADD COLUMN metadata TEXT NOT NULL DEFAULT '{}';
ALTER TABLE project ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;
ALTER TABLE project ADD COLUMN deleted_at INTEGER;
