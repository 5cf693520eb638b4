-- Memories by their address.
CREATE INDEX memory_keypath ON memory (tenant, project, user, keypath) WHERE keypath IS NOT NULL;

INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('memory', 'memory_keypath', '1000000 1000000 500000 1000 1');
ANALYZE sqlite_schema;
