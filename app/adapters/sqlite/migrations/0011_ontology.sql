-- Kinds of memories and of relations that a project has of its own.
ALTER TABLE project ADD COLUMN content_types TEXT NOT NULL DEFAULT '[]';
ALTER TABLE project ADD COLUMN relation_types TEXT NOT NULL DEFAULT '[]';
