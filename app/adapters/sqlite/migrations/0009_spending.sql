-- What the language model has cost, a day (in UTC, as 2026-11-21) of an organization at a time.
CREATE TABLE spending (
    tenant TEXT NOT NULL,
    day    TEXT NOT NULL,
    calls  INTEGER NOT NULL,
    tokens INTEGER NOT NULL,
    PRIMARY KEY (tenant, day)
) WITHOUT ROWID;

INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('spending', 'spending', '1000 500 1');
ANALYZE sqlite_schema;
