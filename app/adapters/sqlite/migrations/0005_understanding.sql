-- What was said of a memory, numbered from 1; its usage holds the sum.
CREATE TABLE feedback (
    tenant TEXT NOT NULL,
    memory TEXT NOT NULL,
    number INTEGER NOT NULL,
    value  REAL NOT NULL,
    reason TEXT,
    actor  TEXT NOT NULL,
    at     INTEGER NOT NULL,
    PRIMARY KEY (tenant, memory, number)
) WITHOUT ROWID;

-- Working memory that will have to be forgotten, or has to be by now.
CREATE INDEX memory_expiring ON memory (expires_at, tenant)
    WHERE layer = 'TASK' AND deleted_at IS NULL AND expires_at IS NOT NULL;

INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('feedback', 'feedback', '100000 100000 2 1'),
    ('memory', 'memory_expiring', '1000 2 1');
ANALYZE sqlite_schema;
