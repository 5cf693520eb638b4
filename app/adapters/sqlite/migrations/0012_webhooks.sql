-- Addresses that are told of changes. `heard` is the tenant's newest revision of which one was told, or had not to be.
CREATE TABLE webhook (
    tenant      TEXT NOT NULL,
    id          TEXT NOT NULL,
    project     TEXT NOT NULL,
    url         TEXT NOT NULL,
    events      TEXT NOT NULL,
    description TEXT,
    headers     TEXT NOT NULL,
    active      INTEGER NOT NULL,
    form        TEXT,
    secret      TEXT NOT NULL,
    heard       INTEGER NOT NULL,
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL,
    PRIMARY KEY (tenant, id)
) WITHOUT ROWID;
CREATE INDEX webhook_age ON webhook (tenant, project, created_at, id);
CREATE INDEX webhook_active ON webhook (tenant, heard, id) WHERE active;

INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('webhook', 'webhook', '1000 5 1'),
    ('webhook', 'webhook_age', '1000 5 2 1 1'),
    ('webhook', 'webhook_active', '1000 5 2 1');
ANALYZE sqlite_schema;
